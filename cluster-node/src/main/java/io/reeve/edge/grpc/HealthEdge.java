package io.reeve.edge.grpc;

import io.reeve.edge.NodeHealth;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Expect;
import io.reeve.edge.calls.Reason;
import io.reeve.grpc.health.v1.Health;
import io.reeve.grpc.health.v1.HealthCheckRequest;
import io.reeve.grpc.health.v1.HealthCheckResponse;
import io.reeve.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.reeve.v1.ClusterService;
import io.reeve.v1.DeadLetterService;
import io.reeve.v1.QueueService;
import io.reeve.v1.ScheduleService;
import io.reeve.v1.TaskService;
import io.reeve.v1.WorkerService;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.OverflowStrategy;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.SourceQueueWithComplete;

/**
 * The standard health protocol. The node as a whole, named by the empty text, and each service
 * serve while they are meant to and what they stand on works; {@link #LIVE} serves as long as the
 * process answers. Nothing is probed unless somebody asks.
 */
final class HealthEdge implements Health {

  /** Not a service: says that the process lives, whatever it can do. */
  static final String LIVE = "live";

  /** The services for clients and workers, which a node may be without. */
  static final Set<String> SERVICES =
      Set.of(
          TaskService.name,
          DeadLetterService.name,
          ScheduleService.name,
          WorkerService.name,
          ClusterService.name,
          QueueService.name);

  private final Set<String> services;
  private final NodeHealth node;
  private final Duration watchInterval;
  private final Set<SourceQueueWithComplete<Integer>> watchers = ConcurrentHashMap.newKeySet();

  /**
   * @param services by name, those that the node has
   * @param watchInterval how often what a watch stands on is probed
   */
  HealthEdge(Set<String> services, NodeHealth node, Duration watchInterval) {
    this.services = Set.copyOf(services);
    this.node = node;
    this.watchInterval = watchInterval;
    node.onChange(() -> watchers.forEach(watcher -> watcher.offer(0)));
  }

  /** Ends every watch. */
  void close() {
    watchers.forEach(SourceQueueWithComplete::complete);
  }

  @Override
  public CompletionStage<HealthCheckResponse> check(HealthCheckRequest request) {
    if (isUnknown(request.getService())) {
      return CompletableFuture.failedFuture(
          new EdgeRefusal(
              Reason.UNKNOWN_SERVICE,
              "expected a service of this node, got " + Expect.quoted(request.getService())));
    }
    return status(request.getService());
  }

  /** An unknown service is answered, not refused, as the protocol has it: it may come yet. */
  @Override
  public Source<HealthCheckResponse, NotUsed> watch(HealthCheckRequest request) {
    if (isUnknown(request.getService())) {
      return Source.single(answer(ServingStatus.SERVICE_UNKNOWN)).concat(Source.maybe());
    }
    return Source.<Integer>queue(1, OverflowStrategy.dropHead())
        .mapMaterializedValue(
            queue -> {
              watchers.add(queue);
              queue.watchCompletion().whenComplete((done, failure) -> watchers.remove(queue));
              return NotUsed.getInstance();
            })
        .merge(Source.tick(Duration.ZERO, watchInterval, 0), true)
        .mapAsync(1, look -> status(request.getService()))
        .dropRepeated();
  }

  private boolean isUnknown(String name) {
    return !name.isEmpty() && !name.equals(LIVE) && !services.contains(name);
  }

  private CompletionStage<HealthCheckResponse> status(String service) {
    return works(service)
        .thenApply(works -> answer(works ? ServingStatus.SERVING : ServingStatus.NOT_SERVING));
  }

  private CompletionStage<Boolean> works(String service) {
    if (service.equals(LIVE)) {
      return CompletableFuture.completedFuture(true);
    }
    if (service.equals(ClusterService.name)) {
      // It tells what is amiss, so it stands on nothing else.
      return CompletableFuture.completedFuture(node.serving());
    }
    return service.equals(TaskService.name) ? node.tasks() : node.ready();
  }

  private static HealthCheckResponse answer(ServingStatus status) {
    return HealthCheckResponse.newBuilder().setStatus(status).build();
  }
}
