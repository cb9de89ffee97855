package io.reeve.worker.link;

import com.google.protobuf.Duration;
import io.reeve.v1.Welcome;
import io.reeve.worker.settings.LinkSettings;

/**
 * What the server decided for one session; its word wins over the worker's settings, which fill in
 * what it left open.
 *
 * @param id names the session in logs
 * @param resumeToken gives the right to resume its leases
 * @param heartbeatInterval between two heartbeats
 * @param silenceMax silence of the server beyond this makes it dead
 * @param receivedDelay how long an acknowledgement of assignments may wait
 * @param resumeWithin how long the leases outlive a broken stream
 * @param resultMax bytes of a result
 * @param batchBytesMax bytes of the settlements of one message
 * @param batchesMax batches of settlements that may be unacknowledged at one time
 * @param node who serves the session
 */
record Welcomed(
    String id,
    String resumeToken,
    java.time.Duration heartbeatInterval,
    java.time.Duration silenceMax,
    java.time.Duration receivedDelay,
    java.time.Duration resumeWithin,
    int resultMax,
    int batchBytesMax,
    int batchesMax,
    String node) {

  private static final java.time.Duration HEARTBEAT_MIN = java.time.Duration.ofMillis(10);
  private static final int ENVELOPE_BYTES = 64;

  /** Of servers that do not say. */
  private static final int BATCHES_DEFAULT = 256;

  private static final int MESSAGE_DEFAULT = 4 * 1024 * 1024;

  static Welcomed of(Welcome welcome, LinkSettings settings) {
    var heartbeat =
        welcome.hasHeartbeatInterval()
            ? max(HEARTBEAT_MIN, time(welcome.getHeartbeatInterval()))
            : settings.heartbeatInterval();
    var silence =
        welcome.hasSilenceMax()
            ? max(heartbeat.multipliedBy(2), time(welcome.getSilenceMax()))
            : settings.silenceMax();
    var received =
        welcome.hasReceivedWithin()
            ? min(settings.receivedDelay(), time(welcome.getReceivedWithin()).dividedBy(4))
            : settings.receivedDelay();
    var message = welcome.getMessageBytesMax() > 0 ? welcome.getMessageBytesMax() : MESSAGE_DEFAULT;
    return new Welcomed(
        welcome.getSessionId(),
        welcome.getResumeToken(),
        heartbeat,
        silence,
        received,
        time(welcome.getResumeWithin()),
        welcome.getResultBytesMax() > 0 ? welcome.getResultBytesMax() : Integer.MAX_VALUE,
        Math.max(1, message - ENVELOPE_BYTES),
        welcome.getBatchesMax() > 0 ? welcome.getBatchesMax() : BATCHES_DEFAULT,
        welcome.getNode());
  }

  private static java.time.Duration time(Duration duration) {
    return java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }

  private static java.time.Duration max(java.time.Duration a, java.time.Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private static java.time.Duration min(java.time.Duration a, java.time.Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }
}
