package io.reeve.edge.grpc;

import com.typesafe.config.ConfigFactory;
import io.reeve.edge.v1.TaskServiceViewHandlerFactory;
import io.reeve.edge.v1.WorkerServiceViewHandlerFactory;
import io.reeve.grpc.health.v1.Health;
import io.reeve.grpc.health.v1.HealthHandlerFactory;
import io.reeve.partition.Partitions;
import io.reeve.v1.ClusterService;
import io.reeve.v1.ClusterServiceHandlerFactory;
import io.reeve.v1.TaskService;
import io.reeve.v1.WorkerService;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.grpc.Trailers;
import org.apache.pekko.grpc.javadsl.ServerReflection;
import org.apache.pekko.grpc.javadsl.ServiceHandler;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.SystemMaterializer;

/**
 * The gRPC server of a node: the public services, health and reflection on one port, behind the
 * guards that the libraries do not bring.
 *
 * <p>It is up and says NOT_SERVING before the node is ready. It leaves in steps, so that the node's
 * shutdown can order them: {@link #leave}, {@link #unbind}, {@link #terminate}, {@link
 * #stopSessions}.
 */
public final class GrpcServer {

  /** More than this for long is an attack (CVE-2023-44487), and ends the connection. */
  private static final int RESETS_PER_SECOND = 100;

  /** How soon a watch of health learns that the store or the dispatcher is away. */
  private static final Duration HEALTH_WATCH_INTERVAL = Duration.ofSeconds(5);

  private final EdgeSettings settings;
  private final HealthEdge health;
  private final ActorRef<Sessions.Command> sessions;
  private final AtomicInteger openSessions;
  private final ServerBinding binding;

  private GrpcServer(
      EdgeSettings settings,
      HealthEdge health,
      ActorRef<Sessions.Command> sessions,
      AtomicInteger openSessions,
      ServerBinding binding) {
    this.settings = settings;
    this.health = health;
    this.sessions = sessions;
    this.openSessions = openSessions;
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
   * @param readiness asked by health checks
   */
  public record Backing(
      Partitions partitions,
      RequestRouting routing,
      SessionFactory sessions,
      Readiness readiness,
      ClusterNodes nodes) {}

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
    var partitions = backing.partitions();
    var health = new HealthEdge(backing.readiness(), HEALTH_WATCH_INTERVAL);
    var openSessions = new AtomicInteger();
    var sessions =
        spawner.spawn(
            Sessions.create(backing.sessions(), settings.workers().sessionsMax(), openSessions),
            "sessions");
    var watches =
        new TaskWatches(
            spawner.spawn(TaskWatches.guardian(partitions, settings.watches()), "watches"),
            settings.watches());
    var tasks =
        new TaskServiceEdge(partitions, backing.routing(), settings, system.scheduler(), watches);
    var workers =
        new WorkerServiceEdge(
            system,
            sessions,
            settings,
            new WorkerMessages(
                partitions.count(),
                settings.workers().capacityMax(),
                settings.tasks().resultBytesMax()),
            new ServerMessages(new ServerMessages.NodeName(nodeName, version), settings, clock));
    var cluster = new ClusterServiceEdge(backing.nodes());
    var handler = handler(system, settings, tasks, workers, cluster, health);
    var guard = new FrameGuard(settings.server().messageBytesMax());
    Function<HttpRequest, CompletionStage<HttpResponse>> guarded =
        request -> handler.apply(guard.guarded(request));
    return Http.get(system)
        .newServerAt(settings.server().host(), settings.server().port())
        .withSettings(serverSettings(system, settings.server()))
        .bind(guarded)
        .thenApply(binding -> new GrpcServer(settings, health, sessions, openSessions, binding));
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return binding.localAddress();
  }

  /** Tells health checks that the node serves, or that it does not. */
  public void serving(boolean serving) {
    health.serving(serving);
  }

  /** Sessions of workers that are open. */
  public int openSessions() {
    return openSessions.get();
  }

  /**
   * Tells workers to go elsewhere. Calls are still answered.
   *
   * @param endpoints of other servers, as {@code host:port}; empty: none is known
   */
  public void leave(String reason, List<String> endpoints) {
    health.serving(false);
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
    health.close();
    return binding.terminate(settings.server().drainWithin()).thenApply(done -> Done.getInstance());
  }

  /** Ends the sessions themselves; their leases stay for the workers to resume. */
  public void stopSessions() {
    sessions.tell(new Sessions.StopAll());
  }

  private static Function<HttpRequest, CompletionStage<HttpResponse>> handler(
      ActorSystem<?> system,
      EdgeSettings settings,
      TaskServiceEdge tasks,
      WorkerServiceEdge workers,
      ClusterServiceEdge cluster,
      HealthEdge health) {
    var materializer = SystemMaterializer.get(system).materializer();
    var handlers = new ArrayList<Function<HttpRequest, CompletionStage<HttpResponse>>>();
    handlers.add(
        WorkerServiceViewHandlerFactory.partial(
            workers, WorkerService.name, materializer, GrpcServer::statuses, system));
    handlers.add(
        TaskServiceViewHandlerFactory.partial(
            tasks, TaskService.name, materializer, GrpcServer::statuses, system));
    handlers.add(
        ClusterServiceHandlerFactory.partial(
            cluster, ClusterService.name, materializer, GrpcServer::statuses, system));
    handlers.add(
        HealthHandlerFactory.partial(
            health, Health.name, materializer, GrpcServer::statuses, system));
    if (settings.server().reflection()) {
      // The public descriptions, not those of the server's own view.
      handlers.add(
          ServerReflection.create(
              List.of(
                  TaskService.description,
                  WorkerService.description,
                  ClusterService.description,
                  Health.description),
              system));
    }
    @SuppressWarnings({"unchecked", "rawtypes"}) // A generic array cannot be made otherwise.
    Function<HttpRequest, CompletionStage<HttpResponse>>[] all = handlers.toArray(Function[]::new);
    return ServiceHandler.concatOrNotFound(all);
  }

  @SuppressWarnings("deprecation") // The generated handlers take this type and no other.
  private static org.apache.pekko.japi.Function<Throwable, Trailers> statuses(
      org.apache.pekko.actor.ActorSystem system) {
    return GrpcStatuses::trailers;
  }

  private static ServerSettings serverSettings(ActorSystem<?> system, EdgeSettings.Server server) {
    var http2 = "pekko.http.server.http2.";
    var parsing = "pekko.http.server.parsing.";
    var config =
        ConfigFactory.parseMap(
                Map.ofEntries(
                    Map.entry("pekko.http.server.enable-http2", true),
                    Map.entry("pekko.http.server.server-header", ""),
                    Map.entry("pekko.http.server.request-timeout", "infinite"),
                    Map.entry("pekko.http.server.verbose-error-messages", false),
                    Map.entry("pekko.http.server.max-connections", server.connectionsMax()),
                    Map.entry(
                        "pekko.http.server.idle-timeout", server.idleTimeout().toMillis() + " ms"),
                    Map.entry(parsing + "max-header-value-length", server.headerBytesMax()),
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
