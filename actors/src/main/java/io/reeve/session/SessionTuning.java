package io.reeve.session;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;

/**
 * What a session can be tuned by beside what it tells the worker; read from {@code reeve.session}.
 *
 * @param helloWithin how long a stream may stay without a hello
 * @param attachWithin how long a resuming worker waits for partitions that do not answer
 * @param registerAgain how long to wait for the dispatcher before asking again
 * @param settleAgain how long to wait for a partition before a settlement is sent again
 * @param creditWithin how soon the dispatcher learns what arrived
 * @param creditAgain how often the dispatcher is told the credit though nothing changed
 * @param batchesMax settlement batches on their way, at most
 */
public record SessionTuning(
    Duration helloWithin,
    Duration attachWithin,
    Duration registerAgain,
    Duration settleAgain,
    Duration creditWithin,
    Duration creditAgain,
    int batchesMax) {

  static final String PATH = "reeve.session.";

  /** The tuning in {@code config}, which holds {@code reeve.session}. */
  public static SessionTuning from(Config config) {
    return new SessionTuning(
        positive(config, "hello-within"),
        positive(config, "attach-within"),
        positive(config, "register-again"),
        positive(config, "settle-again"),
        positive(config, "credit-within"),
        atLeastOneSecond(config, "credit-again"),
        within(config, "batches-max", 1, 100_000));
  }

  static int within(Config config, String key, int min, int max) {
    var value = config.getInt(PATH + key);
    if (value < min || value > max) {
      throw new ConfigException.BadValue(
          PATH + key, "expected " + min + " to " + max + ", got " + value);
    }
    return value;
  }

  private static Duration atLeastOneSecond(Config config, String key) {
    var value = config.getDuration(PATH + key);
    if (value.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new ConfigException.BadValue(PATH + key, "expected 1 s or more, got " + value);
    }
    return value;
  }

  static Duration positive(Config config, String key) {
    var value = config.getDuration(PATH + key);
    if (value.isZero() || value.isNegative()) {
      throw new ConfigException.BadValue(PATH + key, "expected more than 0, got " + value);
    }
    return value;
  }
}
