package io.reeve.dispatch;

import com.typesafe.config.Config;
import io.reeve.domain.dispatch.DemandRules;
import io.reeve.domain.dispatch.Rules;
import io.reeve.domain.rules.QueueRules;
import io.reeve.settings.Keys;
import java.time.Duration;
import java.util.Map;

/** Everything the dispatcher can be tuned by; read from {@code reeve.dispatcher}. */
public record DispatcherSettings(
    Rules rules,
    Duration greetBackoffMin,
    Duration greetBackoffMax,
    Duration epochBackoffMin,
    Duration epochBackoffMax,
    Duration transitMax,
    Duration auditInterval,
    Duration answerWithin,
    DemandRules demand,
    Queues queues) {

  /** The node that asks waits for little longer. */
  private static final Duration HEEDED_WITHIN_MAX = Duration.ofSeconds(1);

  /**
   * Of those who set rules for queues.
   *
   * @param heededWithin how long a call waits for the partitions
   * @param callsMax calls that may wait at one time
   */
  public record Queues(QueueRules.Bounds bounds, Duration heededWithin, int callsMax) {}

  /** The settings in {@code config}, which holds {@code reeve.dispatcher}. */
  public static DispatcherSettings from(Config config) {
    var keys = new Keys(config, "reeve.dispatcher");
    var rules =
        new Rules(
            normalEvery(keys),
            keys.count("grant-max", 1, 10_000),
            keys.count("spread-min", 1, 10_000),
            keys.flag("standing-grants"),
            keys.count("refusals-max", 1, 1_000),
            keys.positive("refusal-pause").toNanos(),
            Map.of());
    var greet = keys.below("greet-backoff");
    var epoch = keys.below("epoch-backoff");
    var demand = keys.below("demand");
    var queues = keys.below("queues");
    return new DispatcherSettings(
        rules,
        greet.positive("min"),
        backoffMax(greet),
        epoch.positive("min"),
        backoffMax(epoch),
        keys.positive("transit-max"),
        keys.durationFrom("audit-interval", Duration.ofSeconds(1)),
        keys.positive("answer-within"),
        new DemandRules(
            demand.positive("clear-within").toNanos(),
            demand.count("slots-per-worker", 1, 1_000_000)),
        new Queues(
            new QueueRules.Bounds(
                queues.count("kept-max", 1, 100_000), queues.count("paused-max", 1, 1_000)),
            queues.duration("heeded-within", Duration.ofMillis(1), HEEDED_WITHIN_MAX),
            queues.count("calls-max", 1, 10_000)));
  }

  private static Duration backoffMax(Keys backoff) {
    return backoff.durationFrom("max", backoff.positive("min"));
  }

  /** How long to wait for an answer to the greeting that follows one that waited so long. */
  Duration greetBackoffAfter(Duration before) {
    var doubled = before.multipliedBy(2);
    return doubled.compareTo(greetBackoffMax) > 0 ? greetBackoffMax : doubled;
  }

  private static int normalEvery(Keys keys) {
    var every = keys.count("normal-every", 0, 1_000);
    keys.demand("normal-every", every != 1, "0 or 2 to 1000", "1");
    return every;
  }
}
