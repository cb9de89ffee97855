package io.reeve.node;

import io.reeve.domain.partition.PartitionCounts;
import io.reeve.edge.NodeHealth;
import io.reeve.edge.bounds.Room;
import io.reeve.edge.calls.RequestRouting;
import io.reeve.edge.grpc.GrpcServer;
import io.reeve.edge.http.HttpServer;
import io.reeve.edge.http.Metrics;
import io.reeve.edge.http.api.Api;
import io.reeve.node.cluster.Role;
import io.reeve.node.metrics.DeadLetterMetrics;
import io.reeve.node.metrics.DemandMetrics;
import io.reeve.node.metrics.EdgeMetrics;
import io.reeve.node.metrics.HttpMetrics;
import io.reeve.node.metrics.JournalMetrics;
import io.reeve.node.metrics.LeadershipMetrics;
import io.reeve.node.metrics.ProcessMetrics;
import io.reeve.node.metrics.ReadinessMetrics;
import io.reeve.node.metrics.TaskMetrics;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.SystemMaterializer;

/**
 * The servers of a node: gives them what they stand on, binds their ports, and has them leave in
 * order. For the thread of the guardian.
 */
final class NodeEdges {

  /** A stream that has no first event yet is refused this long before its request is late. */
  private static final Duration BEFORE_LATE = Duration.ofSeconds(1);

  private final ActorSystem<?> system;
  private final NodeSettings settings;
  private final Parts parts;
  private final NodeActors actors;
  private final String version;
  private final NodeHealth health;
  private final Metrics metrics = new Metrics();
  private final Room room;
  private final Api api;

  NodeEdges(
      ActorSystem<?> system,
      NodeSettings settings,
      Parts parts,
      NodeActors actors,
      String version) {
    this.system = system;
    this.settings = settings;
    this.parts = parts;
    this.actors = actors;
    this.version = version;
    this.health =
        new NodeHealth(
            new NodeReadiness(
                system, parts.storeProbe(system), actors.dispatcher(), parts.nanoTime()));
    var edge = settings.edge();
    this.room = Room.ofHeap(edge.bounds().inFlightShare(), edge.server().messageBytesMax());
    this.api =
        new Api(
            settings.http().api(),
            settings.http().requestTimeout().minus(BEFORE_LATE),
            SystemMaterializer.get(system).materializer());
    metrics.add(new ProcessMetrics());
    metrics.add(new ReadinessMetrics(health));
    metrics.add(new LeadershipMetrics(actors.leadership()));
    metrics.add(new DemandMetrics(actors));
    metrics.add(new DeadLetterMetrics(parts.deadForgotten()));
    metrics.add(new TaskMetrics(parts.figures(), parts.clock()));
    metrics.add(new JournalMetrics(parts.figures()));
  }

  /** Whether this node serves, for whoever asks. */
  void serving(boolean serving) {
    health.serving(serving);
  }

  /** Binds the HTTP server; empty where the settings want none. */
  Optional<CompletionStage<HttpServer>> bindHttp() {
    var http = settings.http();
    return http.port().isEmpty()
        ? Optional.empty()
        : Optional.of(
            HttpServer.bind(
                system,
                http,
                http.port().getAsInt(),
                new HttpServer.Backing(health, metrics, api, version, room, parts.nanoTime())));
  }

  /**
   * Binds the gRPC server.
   *
   * @param counts of partitions, which the store keeps from now on
   */
  CompletionStage<GrpcServer> bindGrpc(PartitionCounts counts) {
    return GrpcServer.bind(
        system,
        actors,
        settings.edge(),
        new GrpcServer.Backing(
            actors.partitions(),
            new RequestRouting(counts, parts.requestsKept(), parts.clock()),
            parts.sessions(system, actors.partitions(), actors.dispatcher()),
            actors.roster(),
            health,
            actors,
            actors,
            isEdge(),
            room,
            parts.nanoTime()),
        settings.name(),
        version,
        parts.clock());
  }

  /**
   * This server is bound.
   *
   * @param silence called by any thread when the partitions are about to stop
   */
  void bound(GrpcServer server, Runnable silence) {
    metrics.add(new EdgeMetrics(server));
    api.open(server.services());
    Departure.of(server, actors.elsewhere(), silence).addTo(system);
  }

  /** This server is bound. */
  void bound(HttpServer server) {
    metrics.add(new HttpMetrics(server, api));
    Departure.of(server, settings.edge().server().drainWithin()).addTo(system);
  }

  /** The node is ready: health says so, and other nodes learn where it serves. */
  void open(GrpcServer server) {
    serving(true);
    if (isEdge()) {
      actors.serves(
          Advertised.endpoint(
              settings.edge().server().advertise(), server.address(), settings.cluster().host()),
          server::openSessions);
    }
  }

  private boolean isEdge() {
    return settings.cluster().roles().contains(Role.EDGE);
  }
}
