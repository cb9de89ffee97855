package io.reeve.session;

import com.typesafe.config.Config;
import io.reeve.settings.Keys;
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

  static final String PATH = "reeve.session";

  /** The tuning in {@code config}, which holds {@code reeve.session}. */
  public static SessionTuning from(Config config) {
    var keys = new Keys(config, PATH);
    return new SessionTuning(
        keys.positive("hello-within"),
        keys.positive("attach-within"),
        keys.positive("register-again"),
        keys.positive("settle-again"),
        keys.positive("credit-within"),
        keys.durationFrom("credit-again", Duration.ofSeconds(1)),
        keys.count("batches-max", 1, 100_000));
  }
}
