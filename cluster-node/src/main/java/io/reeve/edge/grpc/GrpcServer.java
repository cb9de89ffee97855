package io.reeve.edge.grpc;

import com.typesafe.config.ConfigFactory;
import io.reeve.edge.ClusterView;
import io.reeve.edge.EdgeSettings;
import io.reeve.edge.NodeHealth;
import io.reeve.edge.QueueView;
import io.reeve.edge.bounds.Descriptors;
import io.reeve.edge.bounds.Door;
import io.reeve.edge.bounds.Doors;
import io.reeve.edge.bounds.Room;
import io.reeve.edge.calls.QueueCalls;
import io.reeve.edge.calls.RequestRouting;
import io.reeve.edge.calls.TaskPage;
import io.reeve.edge.grpc.guard.CallGuard;
import io.reeve.edge.grpc.guard.FrameGuard;
import io.reeve.edge.grpc.status.GrpcStatuses;
import io.reeve.edge.grpc.status.Refusals;
import io.reeve.edge.grpc.task.TaskWatches;
import io.reeve.edge.grpc.task.WatchCalls;
import io.reeve.edge.grpc.worker.SessionFactory;
import io.reeve.edge.grpc.worker.Sessions;
import io.reeve.edge.grpc.worker.WorkerRoster;
import io.reeve.edge.grpc.worker.WorkerServiceEdge;
import io.reeve.edge.v1.DeadLetterServiceViewHandlerFactory;
import io.reeve.edge.v1.TaskServiceViewHandlerFactory;
import io.reeve.edge.v1.WorkerServiceViewHandlerFactory;
import io.reeve.grpc.health.v1.Health;
import io.reeve.grpc.health.v1.HealthHandlerFactory;
import io.reeve.partition.Partitions;
import io.reeve.v1.ClusterService;
import io.reeve.v1.ClusterServiceHandlerFactory;
import io.reeve.v1.DeadLetterService;
import io.reeve.v1.QueueService;
import io.reeve.v1.QueueServiceHandlerFactory;
import io.reeve.v1.ScheduleService;
import io.reeve.v1.ScheduleServiceHandlerFactory;
import io.reeve.v1.TaskService;
import io.reeve.v1.WorkerService;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.grpc.ServiceDescription;
import org.apache.pekko.grpc.javadsl.ServerReflection;
import org.apache.pekko.grpc.javadsl.ServiceHandler;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;

/**
 * The gRPC server of a node: the public services, health and reflection on one port, behind the
 * guards that the libraries do not bring. A node that is no edge has health and reflection only;
 * calls of anything else are answered with UNIMPLEMENTED.
 *
 * <p>It is up and says NOT_SERVING before the node is ready. It leaves in steps, so that the node's
 * shutdown can order them: {@link #leave}, {@link #unbind}, {@link #terminate}, {@link
 * #stopSessions}.
 */
public final class GrpcServer {

  /** More than this for long is an attack (CVE-2023-44487), and ends the connection. */
  private static final int RESETS_PER_SECOND = 100;

  /** Methods whose callers send a stream of messages. */
  private static final Set<String> STREAMING =
      Set.of(
          "/" + WorkerService.name + "/Connect",
          "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
          "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo");

  /** Bytes of an answer for which there has to be room before it is made. */
  private static final Map<String, Long> EXPECTED =
      Map.of(
          "/" + TaskService.name + "/ListTasks",
          TaskPage.BYTES_MAX,
          "/" + DeadLetterService.name + "/ListDeadLetters",
          TaskPage.BYTES_MAX,
          "/" + ScheduleService.name + "/ListSchedules",
          TaskPage.BYTES_MAX);

  /** Connections that the door has closed and the library has not yet seen off. */
  private static final int CLOSING = 256;

  private static final long READ_AHEAD_MIN = 64 * 1024;
  private static final long READ_AHEAD_MAX = 512 * 1024;

  /** Calls of one connection that read ahead in full at once; the others share what is left. */
  private static final int READ_AHEAD_STREAMS = 4;

  /** How soon a watch of health learns that the store or the dispatcher is away. */
  private static final Duration HEALTH_WATCH_INTERVAL = Duration.ofSeconds(5);

  private final EdgeSettings settings;
  private final NodeHealth node;
  private final HealthEdge health;
  private final ActorRef<Sessions.Command> sessions;
  private final AtomicInteger openSessions;
  private final Runnable endWatches;
  private final Optional<EdgeServices> services;
  private final Room room;
  private final Door door;
  private final ServerBinding binding;

  private GrpcServer(
      EdgeSettings settings,
      NodeHealth node,
      HealthEdge health,
      ActorRef<Sessions.Command> sessions,
      AtomicInteger openSessions,
      Runnable endWatches,
      Optional<EdgeServices> services,
      Room room,
      Door door,
      ServerBinding binding) {
    this.settings = settings;
    this.node = node;
    this.health = health;
    this.sessions = sessions;
    this.openSessions = openSessions;
    this.endWatches = endWatches;
    this.services = services;
    this.room = room;
    this.door = door;
    this.binding = binding;
  }

  /** Starts actors by the node's guardian, so that they have a parent with a name. */
  public interface Spawner {
    <T> ActorRef<T> spawn(org.apache.pekko.actor.typed.Behavior<T> behavior, String name);
  }

  /**
   * What the services stand on.
   *
   * @param routing of submissions to {@code partitions}
   * @param sessions makes those of workers
   * @param roster of the workers of this node
   * @param health of the node, asked by health checks
   * @param cluster for whoever asks who is in it
   * @param queues for whoever sets their rules
   * @param edge whether clients and workers are served
   * @param room for the bytes in flight of all edges of the node
   * @param nanoTime monotonic
   */
  public record Backing(
      Partitions partitions,
      RequestRouting routing,
      SessionFactory sessions,
      WorkerRoster roster,
      NodeHealth health,
      ClusterView cluster,
      QueueView queues,
      boolean edge,
      Room room,
      LongSupplier nanoTime) {}

  /** What answers calls of one service, and its description for reflection. */
  private record Served(
      ServiceDescription description,
      Function<HttpRequest, CompletionStage<HttpResponse>> handler) {}

  /**
   * Binds the port of {@code settings}.
   *
   * @param nodeName told to workers, for people; version alike
   */
  public static CompletionStage<GrpcServer> bind(
      ActorSystem<?> system,
      Spawner spawner,
      EdgeSettings settings,
      Backing backing,
      String nodeName,
      String version,
      Clock clock) {
    var health =
        new HealthEdge(
            backing.edge() ? HealthEdge.SERVICES : Set.of(),
            backing.health(),
            HEALTH_WATCH_INTERVAL);
    var openSessions = new AtomicInteger();
    var sessions =
        spawner.spawn(
            Sessions.create(
                backing.sessions(),
                settings.workers().sessionsMax(),
                backing.roster(),
                openSessions),
            "sessions");
    var served = new ArrayList<Served>();
    Runnable endWatches = () -> {};
    Optional<EdgeServices> services = Optional.empty();
    Function<HttpRequest, CompletionStage<HttpResponse>> handler;
    if (backing.edge()) {
      var workers =
          new WorkerServiceEdge(
              system, sessions, settings, backing.partitions().count(), nodeName, version, clock);
      served.add(workers(system, workers));
      var watches = watches(spawner, settings, backing);
      endWatches = watches::leave;
      var tasks = EdgeServices.tasks(system, watches, settings, backing, clock);
      var clients = EdgeServices.of(system, tasks, settings, backing, clock);
      services = Optional.of(clients);
      served.addAll(served(system, clients));
      served.add(queues(system, backing));
      served.add(health(system, health));
      handler =
          new WatchCalls(
              tasks, materializer(system), system, handler(system, settings, backing, served));
    } else {
      served.add(health(system, health));
      handler = handler(system, settings, backing, served);
    }
    var ended = endWatches;
    var forOthers = services;
    var room = backing.room();
    var door = door(settings, room, backing.nanoTime());
    var guard = new CallGuard(door, frames(settings), handler, STREAMING, EXPECTED, system);
    return Doors.behind(
            door,
            () ->
                Http.get(system)
                    .newServerAt(settings.server().host(), settings.server().port())
                    .withSettings(serverSettings(system, settings, door, room))
                    .bind(guard::answer))
        .thenApply(
            binding ->
                new GrpcServer(
                    settings,
                    backing.health(),
                    health,
                    sessions,
                    openSessions,
                    ended,
                    forOthers,
                    room,
                    door,
                    binding));
  }

  private static Door door(EdgeSettings settings, Room room, LongSupplier nanoTime) {
    var bounds = settings.bounds();
    return new Door(
        new Door.Settings(
            "reeve.grpc",
            settings.server().connectionsMax(),
            bounds.descriptorsReserve(),
            bounds.firstCallWithin(),
            false),
        room,
        Descriptors.ofThisProcess(),
        nanoTime);
  }

  private static FrameGuard.Bounds frames(EdgeSettings settings) {
    return new FrameGuard.Bounds(
        settings.server().messageBytesMax(),
        settings.bounds().messageWithin(),
        settings.workers().lingerAfterEnd());
  }

  private static TaskWatches watches(Spawner spawner, EdgeSettings settings, Backing backing) {
    return new TaskWatches(
        spawner.spawn(TaskWatches.guardian(backing.partitions(), settings.watches()), "watches"));
  }

  /** The services of clients. */
  private static List<Served> served(ActorSystem<?> system, EdgeServices services) {
    var materializer = materializer(system);
    return List.of(
        new Served(
            TaskService.description,
            TaskServiceViewHandlerFactory.partial(
                services.tasks(), TaskService.name, materializer, GrpcStatuses::mapper, system)),
        new Served(
            DeadLetterService.description,
            DeadLetterServiceViewHandlerFactory.partial(
                services.deadLetters(),
                DeadLetterService.name,
                materializer,
                GrpcStatuses::mapper,
                system)),
        new Served(
            ScheduleService.description,
            ScheduleServiceHandlerFactory.partial(
                services.schedules(),
                ScheduleService.name,
                materializer,
                GrpcStatuses::mapper,
                system)),
        new Served(
            ClusterService.description,
            ClusterServiceHandlerFactory.partial(
                services.cluster(),
                ClusterService.name,
                materializer,
                GrpcStatuses::mapper,
                system)));
  }

  private static Served workers(ActorSystem<?> system, WorkerServiceEdge workers) {
    return new Served(
        WorkerService.description,
        WorkerServiceViewHandlerFactory.partial(
            workers, WorkerService.name, materializer(system), GrpcStatuses::mapper, system));
  }

  private static Served queues(ActorSystem<?> system, Backing backing) {
    return new Served(
        QueueService.description,
        QueueServiceHandlerFactory.partial(
            new QueueServiceEdge(new QueueCalls(backing.queues())),
            QueueService.name,
            materializer(system),
            GrpcStatuses::mapper,
            system));
  }

  private static Served health(ActorSystem<?> system, HealthEdge health) {
    return new Served(
        Health.description,
        HealthHandlerFactory.partial(
            health, Health.name, materializer(system), GrpcStatuses::mapper, system));
  }

  private static Materializer materializer(ActorSystem<?> system) {
    return SystemMaterializer.get(system).materializer();
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return binding.localAddress();
  }

  /** Sessions of workers that are open. */
  public int openSessions() {
    return openSessions.get();
  }

  /** The services of clients, for other edges of this node; empty where it serves none. */
  public Optional<EdgeServices> services() {
    return services;
  }

  /** Bytes of requests and unread answers that are in flight, and how many there may be. */
  public Room room() {
    return room;
  }

  /** Connections that are open. */
  public int connections() {
    return door.connections();
  }

  /** The calls and streams that were refused. */
  public Refusals refusals() {
    return GrpcStatuses.refusals();
  }

  /**
   * Tells workers to go elsewhere. Calls are still answered.
   *
   * @param endpoints of other servers, as {@code host:port}; empty: none is known
   */
  public void leave(String reason, List<String> endpoints) {
    node.serving(false);
    sessions.tell(new Sessions.Leave(reason, List.copyOf(endpoints)));
  }

  /** Takes no new connections. */
  public CompletionStage<Done> unbind() {
    return binding.unbind();
  }

  /**
   * Ends every worker's stream, waits for open calls within the bound, then closes what is left.
   */
  public CompletionStage<Done> terminate() {
    sessions.tell(new Sessions.CompleteAll());
    endWatches.run();
    health.close();
    return binding.terminate(settings.server().drainWithin()).thenApply(done -> Done.getInstance());
  }

  /** Ends the sessions themselves; their leases stay for the workers to resume. */
  public void stopSessions() {
    sessions.tell(new Sessions.StopAll());
  }

  private static Function<HttpRequest, CompletionStage<HttpResponse>> handler(
      ActorSystem<?> system, EdgeSettings settings, Backing backing, List<Served> served) {
    var handlers = new ArrayList<Function<HttpRequest, CompletionStage<HttpResponse>>>();
    served.forEach(service -> handlers.add(service.handler()));
    if (settings.server().reflection()) {
      // The public descriptions, not those of the server's own view.
      var descriptions = served.stream().map(Served::description).toList();
      handlers.add(ServerReflection.create(descriptions, system));
    }
    handlers.add(new Unserved(system, materializer(system), backing.edge()));
    @SuppressWarnings({"unchecked", "rawtypes"}) // A generic array cannot be made otherwise.
    Function<HttpRequest, CompletionStage<HttpResponse>>[] all = handlers.toArray(Function[]::new);
    return ServiceHandler.concatOrNotFound(all);
  }

  /**
   * Bytes that the library reads ahead of us for one call, as far as the room allows: each session
   * of a worker may hold as many while it is held back.
   */
  private static long readAhead(EdgeSettings settings, Room room) {
    var share = room.max() / settings.workers().sessionsMax();
    return Math.max(READ_AHEAD_MIN, Math.min(share, READ_AHEAD_MAX));
  }

  private static ServerSettings serverSettings(
      ActorSystem<?> system, EdgeSettings settings, Door door, Room room) {
    var server = settings.server();
    var readAhead = readAhead(settings, room);
    var http2 = "pekko.http.server.http2.";
    var parsing = "pekko.http.server.parsing.";
    var config =
        ConfigFactory.parseMap(
                Map.ofEntries(
                    Map.entry("pekko.http.server.enable-http2", true),
                    Map.entry("pekko.http.server.server-header", ""),
                    Map.entry("pekko.http.server.request-timeout", "infinite"),
                    Map.entry("pekko.http.server.verbose-error-messages", false),
                    Map.entry("pekko.http.server.remote-address-attribute", true),
                    // HTTP/1.0 has no Host; what comes by it is told that gRPC is spoken here.
                    Map.entry("pekko.http.server.default-host-header", "localhost"),
                    // The door bounds them; those that it closes may be counted for a moment yet.
                    Map.entry("pekko.http.server.max-connections", door.connectionsMax() + CLOSING),
                    Map.entry(
                        "pekko.http.server.idle-timeout", server.idleTimeout().toMillis() + " ms"),
                    Map.entry(parsing + "max-header-value-length", server.headerBytesMax()),
                    // What callers get wrong is theirs to read, in the answer.
                    Map.entry(parsing + "error-logging-verbosity", "off"),
                    Map.entry(http2 + "incoming-stream-level-buffer-size", readAhead),
                    Map.entry(
                        http2 + "incoming-connection-level-buffer-size",
                        READ_AHEAD_STREAMS * readAhead),
                    Map.entry(http2 + "max-concurrent-streams", server.streamsPerConnectionMax()),
                    Map.entry(http2 + "ping-interval", server.pingInterval().toMillis() + " ms"),
                    Map.entry(http2 + "ping-timeout", server.pingTimeout().toMillis() + " ms"),
                    Map.entry(http2 + "frame-type-throttle.frame-types", List.of("reset")),
                    Map.entry(http2 + "frame-type-throttle.cost", RESETS_PER_SECOND),
                    // All calls of a connection may meet their deadline at once, without malice.
                    Map.entry(
                        http2 + "frame-type-throttle.burst",
                        RESETS_PER_SECOND + server.streamsPerConnectionMax()),
                    Map.entry(http2 + "frame-type-throttle.interval", "1s")))
            .withFallback(system.settings().config());
    return ServerSettings.create(config);
  }
}
