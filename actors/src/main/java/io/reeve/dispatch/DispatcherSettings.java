package io.reeve.dispatch;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.reeve.domain.dispatch.DemandRules;
import io.reeve.domain.dispatch.Rules;
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
    DemandRules demand) {

  private static final String PATH = "reeve.dispatcher.";

  /** The settings in {@code config}, which holds {@code reeve.dispatcher}. */
  public static DispatcherSettings from(Config config) {
    var c = config.getConfig("reeve.dispatcher");
    var rules =
        new Rules(
            normalEvery(c),
            within(c, "grant-max", 1, 10_000),
            within(c, "spread-min", 1, 10_000),
            c.getBoolean("standing-grants"),
            within(c, "refusals-max", 1, 1_000),
            positive(c, "refusal-pause").toNanos(),
            Map.of());
    var settings =
        new DispatcherSettings(
            rules,
            positive(c, "greet-backoff.min"),
            positive(c, "greet-backoff.max"),
            positive(c, "epoch-backoff.min"),
            positive(c, "epoch-backoff.max"),
            positive(c, "transit-max"),
            atLeastOneSecond(c, "audit-interval"),
            positive(c, "answer-within"),
            new DemandRules(
                positive(c, "demand.clear-within").toNanos(),
                within(c, "demand.slots-per-worker", 1, 1_000_000)));
    ordered("greet-backoff", settings.greetBackoffMin, settings.greetBackoffMax);
    ordered("epoch-backoff", settings.epochBackoffMin, settings.epochBackoffMax);
    return settings;
  }

  /** How long to wait for an answer to the greeting that follows one that waited so long. */
  Duration greetBackoffAfter(Duration before) {
    var doubled = before.multipliedBy(2);
    return doubled.compareTo(greetBackoffMax) > 0 ? greetBackoffMax : doubled;
  }

  private static int normalEvery(Config c) {
    var every = within(c, "normal-every", 0, 1_000);
    if (every == 1) {
      throw new ConfigException.BadValue(PATH + "normal-every", "expected 0 or 2 to 1000, got 1");
    }
    return every;
  }

  private static int within(Config c, String key, int min, int max) {
    var value = c.getInt(key);
    if (value < min || value > max) {
      throw new ConfigException.BadValue(
          PATH + key, "expected " + min + " to " + max + ", got " + value);
    }
    return value;
  }

  private static Duration positive(Config c, String key) {
    var value = c.getDuration(key);
    if (value.isZero() || value.isNegative()) {
      throw new ConfigException.BadValue(PATH + key, "expected more than 0, got " + value);
    }
    return value;
  }

  private static Duration atLeastOneSecond(Config c, String key) {
    var value = c.getDuration(key);
    if (value.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new ConfigException.BadValue(PATH + key, "expected 1 s or more, got " + value);
    }
    return value;
  }

  private static void ordered(String key, Duration min, Duration max) {
    if (min.compareTo(max) > 0) {
      throw new ConfigException.BadValue(
          PATH + key, "expected min up to max, got " + min + " and " + max);
    }
  }
}
