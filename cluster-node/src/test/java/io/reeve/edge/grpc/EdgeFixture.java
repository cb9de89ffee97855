package io.reeve.edge.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.ReadyTask;
import io.reeve.domain.dispatch.StreamExplanation;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.edge.ClusterView;
import io.reeve.edge.EdgeSettings;
import io.reeve.edge.NodeHealth;
import io.reeve.edge.PlayedReadiness;
import io.reeve.edge.bounds.Room;
import io.reeve.edge.calls.RequestRouting;
import io.reeve.edge.grpc.worker.WorkerRoster;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import io.reeve.session.Session;
import io.reeve.session.WorkerCard;
import io.reeve.session.WorkerStream;
import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.ListWorkersResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;

/**
 * A gRPC server on a free port of loopback, with a probe in the place of the partitions and a
 * session that only notes what it is told.
 */
public final class EdgeFixture implements AutoCloseable {

  public static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  static final Duration REQUESTS_KEPT = Duration.ofHours(24);

  public final ActorTestKit kit;
  public final TestProbe<ShardingEnvelope<Partition.Command>> partitions;
  final NodeHealth health = new NodeHealth(new PlayedReadiness());
  public final GrpcServer server;
  public final EdgeSettings settings;
  final WorkerRoster roster;
  final LinkedBlockingQueue<OpenSession> sessions = new LinkedBlockingQueue<>();

  /** The dispatcher as far as rules of queues go. */
  final PlayedQueues queues = new PlayedQueues();

  /** What the fixture knows of other nodes. */
  volatile Supplier<CompletionStage<ListNodesResponse>> nodes =
      () -> CompletableFuture.completedFuture(ListNodesResponse.getDefaultInstance());

  /** What the fixture knows of the work. */
  volatile Function<WorkerKind, CompletionStage<Dispatcher.DemandShown>> wanted =
      kind -> CompletableFuture.failedFuture(new TimeoutException("played"));

  /** What the dispatcher says of ready tasks. */
  volatile Streams streams = task -> Optional.empty();

  /** The dispatcher answers once it is done. */
  volatile CompletableFuture<Void> dispatcherAnswers = CompletableFuture.completedFuture(null);

  interface Streams {
    Optional<StreamExplanation> of(ReadyTask task);
  }

  private final List<ManagedChannel> channels = new ArrayList<>();

  /**
   * Callers wait on threads of their own: the server's futures go on in the common pool, which has
   * one thread on a small machine.
   */
  private final ExecutorService callers = Executors.newCachedThreadPool();

  /** A session as the fixture plays it. */
  record OpenSession(
      Session.Hello hello,
      WorkerStream stream,
      LinkedBlockingQueue<Session.FromWorker> said,
      ActorRef<Session.FromWorker> ref) {

    Session.FromWorker next() throws InterruptedException {
      return Objects.requireNonNull(said.poll(5, TimeUnit.SECONDS), "expected a message in 5 s");
    }
  }

  /** Makes the session fail, as a bug would. */
  static final String POISON = "poison";

  public static EdgeFixture start() {
    return start("");
  }

  /**
   * @param overrides settings in HOCON
   */
  public static EdgeFixture start(String overrides) {
    return new EdgeFixture(config(overrides), PartitionCounts.always(4), true);
  }

  /** The server of a node that serves neither clients nor workers. */
  public static EdgeFixture withoutEdge() {
    return new EdgeFixture(config(""), PartitionCounts.always(4), false);
  }

  /** A server whose partitions became more. */
  static EdgeFixture grown(PartitionCounts counts) {
    return new EdgeFixture(config(""), counts, true);
  }

  public static Config config(String overrides) {
    return ConfigFactory.parseString(overrides)
        .withFallback(
            ConfigFactory.parseString(
                "reeve.grpc.port = 0, reeve.grpc.read-timeout = 300ms,"
                    + " reeve.grpc.write-timeout = 500ms, reeve.grpc.drain-within = 500ms,"
                    + " pekko.actor.provider = local"))
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve();
  }

  private EdgeFixture(Config config, PartitionCounts counts, boolean open) {
    kit = ActorTestKit.create("edge", config);
    partitions = kit.createTestProbe();
    settings = EdgeSettings.from(config);
    roster =
        new WorkerRoster(settings.roster(), System::nanoTime, Clock.fixed(NOON, ZoneOffset.UTC));
    server =
        GrpcServer.bind(
                kit.system(),
                spawner(),
                settings,
                new GrpcServer.Backing(
                    new Partitions(counts.now(), partitions.getRef()),
                    new RequestRouting(counts, REQUESTS_KEPT, Clock.fixed(NOON, ZoneOffset.UTC)),
                    this::session,
                    roster,
                    health,
                    new Told(),
                    queues,
                    open,
                    Room.ofHeap(
                        settings.bounds().inFlightShare(), settings.server().messageBytesMax()),
                    System::nanoTime),
                "node-1",
                "1.2.3",
                Clock.fixed(NOON, ZoneOffset.UTC))
            .toCompletableFuture()
            .join();
    health.serving(true);
  }

  /** The cluster as a test plays it. */
  private final class Told implements ClusterView {

    @Override
    public CompletionStage<ListNodesResponse> nodes() {
      return nodes.get();
    }

    @Override
    public CompletionStage<ListWorkersResponse> workers() {
      return CompletableFuture.completedFuture(
          ListWorkersResponse.newBuilder().addAllWorkers(roster.sessions()).build());
    }

    @Override
    public CompletionStage<Dispatcher.DemandShown> demand(WorkerKind kind) {
      return wanted.apply(kind);
    }

    @Override
    public CompletionStage<Optional<StreamExplanation>> explain(ReadyTask task, Duration within) {
      return dispatcherAnswers.thenApply(now -> streams.of(task));
    }
  }

  private GrpcServer.Spawner spawner() {
    return new GrpcServer.Spawner() {
      @Override
      public <T> ActorRef<T> spawn(Behavior<T> behavior, String name) {
        return kit.spawn(behavior, name);
      }
    };
  }

  private Behavior<Session.FromWorker> session(WorkerStream stream, WorkerCard card) {
    var said = new LinkedBlockingQueue<Session.FromWorker>();
    return Behaviors.receive(
        (context, message) -> {
          if (message instanceof Session.Hello hello) {
            sessions.add(new OpenSession(hello, stream, said, context.getSelf()));
            return Behaviors.same();
          }
          if (message instanceof Session.Goodbye goodbye && goodbye.reason().equals(POISON)) {
            throw new IllegalStateException("a bug, on purpose");
          }
          said.add(message);
          return message instanceof Session.Goodbye ? Behaviors.stopped() : Behaviors.same();
        });
  }

  OpenSession nextSession() throws InterruptedException {
    return Objects.requireNonNull(sessions.poll(5, TimeUnit.SECONDS), "expected a session in 5 s");
  }

  /** A new connection. */
  public ManagedChannel channel() {
    var channel =
        NettyChannelBuilder.forAddress(server.address())
            .usePlaintext()
            .maxInboundMessageSize(64 << 20)
            .build();
    channels.add(channel);
    return channel;
  }

  /** The next command to a partition, which must be of this type. */
  public <T extends Partition.Command> Asked<T> asked(Class<T> type) {
    var envelope = partitions.receiveMessage(Duration.ofSeconds(5));
    return new Asked<>(Integer.parseInt(envelope.entityId()), type.cast(envelope.message()));
  }

  public record Asked<T>(int partition, T command) {}

  // ---- Reading refusals -------------------------------------------------------------------------

  public static Status status(StatusRuntimeException e) {
    return Objects.requireNonNull(StatusProto.fromThrowable(e), "expected a google.rpc.Status");
  }

  public static ErrorInfo errorInfo(StatusRuntimeException e) {
    return detail(e, ErrorInfo.class).orElseThrow();
  }

  public static Optional<RetryInfo> retryInfo(StatusRuntimeException e) {
    return detail(e, RetryInfo.class);
  }

  public static String field(StatusRuntimeException e) {
    return detail(e, BadRequest.class).orElseThrow().getFieldViolations(0).getField();
  }

  private static <T extends Message> Optional<T> detail(StatusRuntimeException e, Class<T> type) {
    return status(e).getDetailsList().stream()
        .filter(any -> any.is(type))
        .map(
            any -> {
              try {
                return any.unpack(type);
              } catch (InvalidProtocolBufferException broken) {
                throw new IllegalStateException(broken);
              }
            })
        .findFirst();
  }

  /** Makes a call that waits for its answer, which the test has yet to give. */
  public <T> CompletableFuture<T> calling(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, callers);
  }

  @Override
  public void close() {
    callers.shutdownNow();
    channels.forEach(ManagedChannel::shutdownNow);
    server.terminate().toCompletableFuture().join();
    kit.shutdownTestKit();
  }
}
