package io.reeve.domain.task;

import io.reeve.domain.TimeBounds;
import java.time.Duration;

/**
 * When and how often a failed task runs again.
 *
 * @param attemptsMax attempts in all, the first included; at least 1
 * @param backoffInitial wait before the second attempt
 * @param backoffMax upper bound of a wait, jitter not counted
 * @param backoffMultiplier factor from one wait to the next; at least 1
 * @param backoffJitter share by which a wait may be shorter or longer; 0 to 1
 */
public record RetryPolicy(
    int attemptsMax,
    Duration backoffInitial,
    Duration backoffMax,
    double backoffMultiplier,
    double backoffJitter) {

  public RetryPolicy {
    if (attemptsMax < 1) {
      throw new IllegalArgumentException("expected attemptsMax of 1 or more, got " + attemptsMax);
    }
    if (backoffInitial.isNegative() || backoffMax.isNegative()) {
      throw new IllegalArgumentException("expected waits of 0 or more");
    }
    if (!(backoffMultiplier >= 1.0)) {
      throw new IllegalArgumentException(
          "expected backoffMultiplier of 1 or more, got " + backoffMultiplier);
    }
    if (!(backoffJitter >= 0.0 && backoffJitter <= 1.0)) {
      throw new IllegalArgumentException("expected backoffJitter of 0 to 1, got " + backoffJitter);
    }
  }

  /** Whether a task whose {@code attempt} failed may run again. */
  public boolean permitsAttemptAfter(int attempt) {
    return attempt < attemptsMax;
  }

  /**
   * How long to wait after {@code attempt} (from 1) failed.
   *
   * @param random uniform in [0, 1); decides the jitter, once, and the result is stored
   */
  public Duration backoffAfter(int attempt, double random) {
    var plainMs =
        Math.min(
            TimeBounds.duration(backoffInitial) * Math.pow(backoffMultiplier, attempt - 1.0),
            (double) TimeBounds.duration(backoffMax));
    var ms = Math.round(plainMs * (1 + backoffJitter * (2 * random - 1)));
    return Duration.ofMillis(TimeBounds.duration(ms));
  }
}
