package io.reeve.worker.settings;

import io.reeve.worker.restart.Backoff;
import java.time.Duration;

/**
 * How the stream to the server is kept; from {@code reeve.worker.link}.
 *
 * @param heartbeatInterval unless the server says otherwise
 * @param welcomeWithin how long a server may take to connect and to answer the hello
 * @param silenceMax unless the server says otherwise
 * @param reconnect waits between attempts to connect, with full jitter
 * @param refusalsMax refusals in a row that no repetition heals, after which the pool gives up; 0
 *     for never
 * @param receivedDelay how long an acknowledgement of assignments may wait for company
 * @param progressInterval how often progress of attempts is sent at most
 * @param batchMax settlements in one batch at most
 * @param batchesUnacknowledged batches of settlements on their way at most
 * @param messageMax bytes of one message from the server at most
 */
public record LinkSettings(
    Duration heartbeatInterval,
    Duration welcomeWithin,
    Duration silenceMax,
    Backoff reconnect,
    int refusalsMax,
    Duration receivedDelay,
    Duration progressInterval,
    int batchMax,
    int batchesUnacknowledged,
    Duration settlementPatience,
    int slowBatchesMax,
    int messageMax) {

  private static final Duration TICK = Duration.ofMillis(1);
  private static final Duration HOUR = Duration.ofHours(1);

  static LinkSettings from(Keys keys) {
    var initial = keys.time("reconnect.backoff-initial", TICK, HOUR);
    var heartbeat = keys.time("heartbeat-interval", Duration.ofMillis(10), HOUR);
    return new LinkSettings(
        heartbeat,
        keys.time("welcome-within", TICK, HOUR),
        keys.time("silence-max", heartbeat.multipliedBy(2), HOUR.multipliedBy(24)),
        new Backoff(
            initial,
            keys.time("reconnect.backoff-max", initial, HOUR),
            keys.real("reconnect.backoff-multiplier", 1, 100),
            0),
        keys.whole("refusals-max", 0, 1_000_000),
        keys.time("received-delay", Duration.ZERO, Duration.ofSeconds(10)),
        keys.time("progress-interval", TICK, HOUR),
        keys.whole("settlement-batch-max", 1, 10_000),
        keys.whole("settlement-batches-unacknowledged", 1, 64),
        keys.time("settlement-patience", TICK, HOUR),
        keys.whole("settlement-batches-slow-max", 0, 190),
        (int) keys.bytes("message-max", 64 * 1024, 1 << 30));
  }
}
