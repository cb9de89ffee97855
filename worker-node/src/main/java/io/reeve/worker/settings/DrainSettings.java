package io.reeve.worker.settings;

import java.time.Duration;

/**
 * How a worker comes to its end; from {@code reeve.worker.drain}.
 *
 * @param policy what becomes of running attempts
 * @param finishWithin how long running attempts may take to end by themselves
 * @param settleWithin how long the last settlements may take to be acknowledged
 */
public record DrainSettings(Policy policy, Duration finishWithin, Duration settleWithin) {

  /** What becomes of attempts that run when the worker is to end. */
  public enum Policy {
    /** They may finish within the bound; then they are handed back. */
    FINISH,
    /** They are cancelled and handed back at once. */
    HAND_BACK
  }

  private static final Duration DAY = Duration.ofDays(1);

  static DrainSettings from(Keys keys) {
    return new DrainSettings(
        keys.choice("policy", Policy.class),
        keys.time("finish-within", Duration.ZERO, DAY),
        keys.time("settle-within", Duration.ofMillis(1), DAY));
  }
}
