package io.reeve.worker.settings;

import io.reeve.worker.restart.Backoff;
import io.reeve.worker.restart.RestartPolicy;
import io.reeve.worker.restart.RestartRule;
import java.time.Duration;

/**
 * How attempts run and how slots are kept alive; from {@code reeve.worker.slot}.
 *
 * @param threads what kind of thread runs the handlers
 * @param cancelGrace how long a handler may take to end once cancelled
 * @param watchInterval how often deadlines and graces are looked at
 * @param restart how a slot is restarted
 */
public record SlotSettings(
    Threads threads, Duration cancelGrace, Duration watchInterval, RestartRule restart) {

  /** What kind of thread runs the handlers. */
  public enum Threads {
    /** Virtual where the JVM has them, else platform threads. */
    AUTO,
    PLATFORM,
    VIRTUAL
  }

  private static final Duration TICK = Duration.ofMillis(1);
  private static final Duration DAY = Duration.ofDays(1);

  static SlotSettings from(Keys keys) {
    return new SlotSettings(
        keys.choice("threads", Threads.class),
        keys.time("cancel-grace", TICK, DAY),
        keys.time("watch-interval", TICK, Duration.ofMinutes(1)),
        restart(keys.below("restart")));
  }

  private static RestartRule restart(Keys keys) {
    var initial = keys.time("backoff-initial", TICK, DAY);
    return new RestartRule(
        keys.choice("policy", RestartPolicy.class),
        new Backoff(
            initial,
            keys.time("backoff-max", initial, DAY),
            keys.real("backoff-multiplier", 1, 100),
            keys.real("backoff-jitter", 0, 1)),
        keys.time("healthy-after", TICK, DAY),
        keys.whole("limit", 0, 10_000),
        keys.time("window", TICK, DAY));
  }
}
