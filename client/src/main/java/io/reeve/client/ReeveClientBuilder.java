package io.reeve.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link ReeveClient}, and the one place of the library that makes clocks and random
 * ids. Connections are plaintext.
 */
public final class ReeveClientBuilder {

  private static final String DEFAULT_ENDPOINT = "127.0.0.1:7460";
  private static final int DEFAULT_MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

  private List<Endpoint> endpoints = Endpoint.parseAll(DEFAULT_ENDPOINT);
  private Duration callTimeout = Duration.ofSeconds(30);
  private Duration tryTimeout = Duration.ofSeconds(15);
  private int triesMax = 12;
  private Duration backoffInitial = Duration.ofMillis(100);
  private Duration backoffMax = Duration.ofSeconds(5);
  private Duration keepAliveInterval = Duration.ofSeconds(30);
  private Duration keepAliveTimeout = Duration.ofSeconds(10);
  private Duration closeTimeout = Duration.ofSeconds(2);
  private int messageBytesMax = DEFAULT_MESSAGE_BYTES_MAX;
  private @Nullable Executor executor;
  private Supplier<String> requestIds = () -> UUID.randomUUID().toString();
  private LongSupplier nanoTime = System::nanoTime;
  private RandomGenerator random = new SharedRandom();

  ReeveClientBuilder() {}

  /** Servers, {@code host:port} each, separated by commas; the first is used until it fails. */
  public ReeveClientBuilder endpoints(String endpoints) {
    return endpoints(Endpoint.parseAll(endpoints));
  }

  public ReeveClientBuilder endpoints(List<Endpoint> endpoints) {
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("expected at least one endpoint, got none");
    }
    this.endpoints = List.copyOf(endpoints);
    return this;
  }

  /** How long a call may take, all its tries and waits included; default 30 s. */
  public ReeveClientBuilder callTimeout(Duration timeout) {
    callTimeout = positive(timeout, "callTimeout");
    return this;
  }

  /**
   * How long one try may take before it counts as lost; default 15 s. Must be longer than the
   * server takes to give up a write (10 s, its {@code reeve.grpc.write-timeout}): its own answer
   * says why, a deadline does not.
   */
  public ReeveClientBuilder tryTimeout(Duration timeout) {
    tryTimeout = positive(timeout, "tryTimeout");
    return this;
  }

  /**
   * Tries of a call in all, and failures in a row that a watch without a timeout survives; default
   * 12. 1 means that no call is repeated.
   */
  public ReeveClientBuilder triesMax(int tries) {
    triesMax = tries;
    return this;
  }

  /** Bounds of the wait before the second try, and of any wait; default 100 ms and 5 s. */
  public ReeveClientBuilder backoff(Duration initial, Duration max) {
    backoffInitial = initial;
    backoffMax = max;
    return this;
  }

  /**
   * How often a connection in use is probed, and how long its answer may take; default 30 s and 10
   * s.
   */
  public ReeveClientBuilder keepAlive(Duration interval, Duration timeout) {
    keepAliveInterval = positive(interval, "keepAlive interval");
    keepAliveTimeout = positive(timeout, "keepAlive timeout");
    return this;
  }

  /** The largest answer that is accepted; default 16 MiB. */
  public ReeveClientBuilder messageBytesMax(int bytes) {
    messageBytesMax = bytes;
    return this;
  }

  /**
   * Runs the completion of futures and the readers of watches; default a pool shared by the
   * process. {@code Runnable::run} saves a thread hop for callers that never block.
   */
  public ReeveClientBuilder executor(Executor executor) {
    this.executor = executor;
    return this;
  }

  /** Makes the request ids of submissions that come without; default random UUIDs. */
  public ReeveClientBuilder requestIds(Supplier<String> ids) {
    requestIds = ids;
    return this;
  }

  /** The clock of deadlines and the dice of backoffs, for tests. */
  ReeveClientBuilder timeAndChance(LongSupplier nanoTime, RandomGenerator random) {
    this.nanoTime = nanoTime;
    this.random = random;
    return this;
  }

  /** Opens no connection yet: the first call does. */
  public ReeveClient build() {
    var timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              var thread = new Thread(task, "reeve-client-timer");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    var calls =
        new Calls(
            new Endpoints(
                endpoints,
                endpoints.stream().map(this::channel).toList(),
                backoffInitial,
                nanoTime),
            new RetryRule(triesMax, backoffInitial, backoffMax),
            callTimeout,
            tryTimeout,
            timer,
            nanoTime,
            random);
    return new ReeveClient(calls, timer, requestIds, closeTimeout);
  }

  private ManagedChannel channel(Endpoint endpoint) {
    var builder =
        NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
            .usePlaintext()
            // Calls are retried here, where the endpoint and the request id are known.
            .disableRetry()
            .maxInboundMessageSize(messageBytesMax)
            .keepAliveTime(keepAliveInterval.toNanos(), TimeUnit.NANOSECONDS)
            .keepAliveTimeout(keepAliveTimeout.toNanos(), TimeUnit.NANOSECONDS);
    if (executor != null) {
      builder.executor(executor);
    }
    return builder.build();
  }

  private static Duration positive(Duration duration, String name) {
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException("expected " + name + " above zero, got " + duration);
    }
    return duration;
  }

  /** The calling thread's own generator at each call, so that threads do not share state. */
  private static final class SharedRandom implements RandomGenerator {
    @Override
    public long nextLong() {
      return ThreadLocalRandom.current().nextLong();
    }
  }
}
