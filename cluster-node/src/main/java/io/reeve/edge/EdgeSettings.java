package io.reeve.edge;

import com.typesafe.config.Config;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.settings.Keys;
import java.time.Duration;

/**
 * Everything the gRPC edge can be tuned by; read from {@code reeve.grpc} and {@code reeve.task}.
 */
public record EdgeSettings(
    Server server,
    Bounds bounds,
    Tasks tasks,
    Asks asks,
    Watches watches,
    Workers workers,
    Roster roster) {

  /**
   * @param port 0: any that is free
   * @param advertise what others are told, as {@code host:port}; empty: where it listens
   */
  public record Server(
      String host,
      int port,
      String advertise,
      int messageBytesMax,
      int headerBytesMax,
      int connectionsMax,
      int streamsPerConnectionMax,
      Duration idleTimeout,
      Duration pingInterval,
      Duration pingTimeout,
      boolean reflection,
      Duration drainWithin) {}

  /**
   * What callers may take of the process.
   *
   * @param inFlightShare of the heap, for requests and for answers that are not read yet
   * @param messageWithin how soon a message has to be complete, read or written
   * @param firstCallWithin how soon a connection has to make its first call
   * @param descriptorsReserve file descriptors that connections leave for everything else
   */
  public record Bounds(
      double inFlightShare,
      Duration messageWithin,
      Duration firstCallWithin,
      int descriptorsReserve) {}

  /** Limits and defaults of tasks. */
  public record Tasks(
      int payloadBytesMax,
      int resultBytesMax,
      int perCallMax,
      Duration executionTimeout,
      RetryPolicy retry) {}

  /**
   * @param writeAttempts how often a write that may be repeated is asked in all, within its
   *     time-out
   * @param readAttempts how often a read is asked in all
   * @param listScanMax tasks that one partition looks at for one page
   * @param locate how long a partition may take to say where a task stands, before it counts as
   *     away
   * @param explain how long the dispatcher may take to say why a task does not start, before there
   *     is none
   * @param explainsMax questions to the dispatcher at the same time
   */
  public record Asks(
      Duration write,
      int writeAttempts,
      Duration read,
      int readAttempts,
      int listScanMax,
      Duration locate,
      Duration explain,
      int explainsMax) {}

  /**
   * @param refresh how often a watch is registered anew, which heals it after a partition moved
   */
  public record Watches(int max, Duration refresh) {}

  /**
   * @param buffered messages to one worker that wait for it to read
   * @param bufferedBytes of payloads in them
   * @param messagesPerSecond beyond which a worker's stream is slowed down
   */
  public record Workers(
      int sessionsMax,
      int capacityMax,
      int buffered,
      int bufferedBytes,
      int messagesPerSecond,
      Duration helloWithin,
      Duration lingerAfterEnd) {}

  /**
   * The list of workers.
   *
   * @param rememberedMax workers without a session that are remembered
   * @param rememberedFor how long
   * @param listBytesMax of a list, between nodes and to clients
   */
  public record Roster(int rememberedMax, Duration rememberedFor, int listBytesMax) {}

  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;

  public static EdgeSettings from(Config config) {
    var grpc = new Keys(config, "reeve.grpc");
    var task = new Keys(config, "reeve.task");
    var settings =
        new EdgeSettings(
            server(grpc),
            bounds(grpc),
            tasks(task),
            asks(grpc),
            watches(grpc),
            workers(grpc.below("worker"), new Keys(config, "reeve.session")),
            roster(grpc.below("worker")));
    var payloads = settings.tasks.payloadBytesMax() + settings.tasks.resultBytesMax() + 64 * KIB;
    grpc.demand(
        "message-size-max",
        settings.server.messageBytesMax() >= payloads,
        "at least reeve.task.payload-size-max and result-size-max and 64 KiB together ("
            + payloads
            + " bytes), since a task must fit into one message",
        settings.server.messageBytesMax() + " bytes");
    return settings;
  }

  private static Server server(Keys keys) {
    var pingInterval = keys.duration("ping-interval", Duration.ofSeconds(2), Duration.ofHours(1));
    var pingTimeout = keys.duration("ping-timeout", Duration.ofSeconds(1), pingInterval);
    keys.demand(
        "ping-timeout",
        // With the same as the interval, each ping would begin the wait anew: nobody is cut off.
        pingInterval.toMillis() % pingTimeout.toMillis() == 0
            && pingTimeout.compareTo(pingInterval) < 0,
        "a divisor of ping-interval (" + pingInterval.toMillis() + " ms)",
        pingTimeout.toMillis() + " ms");
    var idleTimeout = keys.duration("idle-timeout", Duration.ofSeconds(2), Duration.ofDays(1));
    keys.demand(
        "idle-timeout",
        idleTimeout.compareTo(pingInterval) > 0,
        "more than ping-interval (" + pingInterval.toMillis() + " ms)",
        idleTimeout.toMillis() + " ms");
    return new Server(
        keys.text("host"),
        keys.count("port", 0, 65_535),
        advertise(keys),
        keys.bytes("message-size-max", 64 * KIB, 64 * MIB),
        keys.bytes("header-size-max", KIB, MIB),
        keys.count("connections-max", 1, 100_000),
        keys.count("streams-per-connection-max", 1, 10_000),
        idleTimeout,
        pingInterval,
        pingTimeout,
        keys.flag("reflection"),
        keys.duration("drain-within", Duration.ofMillis(100), Duration.ofMinutes(1)));
  }

  private static Bounds bounds(Keys keys) {
    return new Bounds(
        keys.number("in-flight-share", 0.01, 0.5),
        keys.duration("message-within", Duration.ofMillis(100), Duration.ofHours(1)),
        keys.duration("first-call-within", Duration.ofMillis(100), Duration.ofHours(1)),
        keys.count("descriptors-reserve", 0, 100_000));
  }

  private static String advertise(Keys keys) {
    var text = keys.text("advertise");
    keys.demand(
        "advertise",
        text.isEmpty() || Keys.isHostAndPort(text),
        "nothing, or host:port such as node-1.example:7460",
        text);
    return text;
  }

  private static Tasks tasks(Keys keys) {
    var retry = keys.below("retry");
    return new Tasks(
        keys.bytes("payload-size-max", KIB, 32 * MIB),
        keys.bytes("result-size-max", KIB, 16 * MIB),
        keys.count("per-call-max", 1, 100_000),
        keys.duration("execution-timeout", Duration.ofMillis(1), Duration.ofDays(365)),
        new RetryPolicy(
            retry.count("attempts-max", 1, 1000),
            retry.duration("backoff-initial", Duration.ZERO, Duration.ofDays(1)),
            retry.duration("backoff-max", Duration.ZERO, Duration.ofDays(7)),
            retry.number("backoff-multiplier", 1, 100),
            retry.number("backoff-jitter", 0, 1)));
  }

  private static Asks asks(Keys keys) {
    return new Asks(
        keys.duration("write-timeout", Duration.ofMillis(50), Duration.ofMinutes(5)),
        keys.count("write-attempts", 1, 10),
        keys.duration("read-timeout", Duration.ofMillis(50), Duration.ofMinutes(5)),
        keys.count("read-attempts", 1, 10),
        keys.count("list-scan-max", 1, 1_000_000),
        keys.duration("explain-partition-within", Duration.ofMillis(10), Duration.ofMinutes(1)),
        keys.duration("explain-dispatcher-within", Duration.ofMillis(10), Duration.ofMinutes(1)),
        keys.count("explains-max", 1, 1_000));
  }

  private static Watches watches(Keys keys) {
    return new Watches(
        keys.count("watches-max", 1, 1_000_000),
        keys.duration("watch-refresh", Duration.ofMillis(100), Duration.ofHours(1)));
  }

  private static Workers workers(Keys keys, Keys session) {
    return new Workers(
        keys.count("sessions-max", 1, 100_000),
        session.count("capacity-max", 1, 1_000_000),
        keys.count("buffer", 8, 100_000),
        keys.bytes("buffer-size-max", MIB, 1024 * MIB),
        keys.count("messages-per-second", 10, 1_000_000),
        session.duration("hello-within", Duration.ofMillis(1), Duration.ofHours(1)),
        keys.duration("linger-after-end", Duration.ofMillis(100), Duration.ofMinutes(1)));
  }

  private static Roster roster(Keys keys) {
    return new Roster(
        keys.count("remembered-max", 0, 100_000),
        keys.duration("remembered-for", Duration.ofSeconds(1), Duration.ofDays(7)),
        keys.bytes("list-size-max", 64 * KIB, 6 * MIB));
  }
}
