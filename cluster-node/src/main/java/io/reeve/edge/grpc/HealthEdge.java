package io.reeve.edge.grpc;

import io.reeve.grpc.health.v1.Health;
import io.reeve.grpc.health.v1.HealthCheckRequest;
import io.reeve.grpc.health.v1.HealthCheckResponse;
import io.reeve.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.OverflowStrategy;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.SourceQueueWithComplete;

/**
 * The standard health protocol, for the node as a whole and for each service. All of them serve or
 * none does: they stand on the same partitions.
 */
final class HealthEdge implements Health {

  private final Set<String> services;
  private final Set<SourceQueueWithComplete<HealthCheckResponse>> watchers =
      ConcurrentHashMap.newKeySet();
  private volatile ServingStatus status = ServingStatus.NOT_SERVING;

  HealthEdge(Set<String> services) {
    this.services = services;
  }

  /** Says from now on that the node serves, or that it does not. */
  void serving(boolean serving) {
    status = serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    watchers.forEach(watcher -> watcher.offer(answer(status)));
  }

  /** Ends every watch. */
  void close() {
    watchers.forEach(SourceQueueWithComplete::complete);
  }

  @Override
  public CompletionStage<HealthCheckResponse> check(HealthCheckRequest request) {
    if (!services.contains(request.getService())) {
      return CompletableFuture.failedFuture(
          new EdgeRefusal(
              Reason.UNKNOWN_SERVICE,
              "expected a service of this node, got " + Expect.quoted(request.getService())));
    }
    return CompletableFuture.completedFuture(answer(status));
  }

  /** An unknown service is answered, not refused, as the protocol has it: it may come yet. */
  @Override
  public Source<HealthCheckResponse, NotUsed> watch(HealthCheckRequest request) {
    if (!services.contains(request.getService())) {
      return Source.single(answer(ServingStatus.SERVICE_UNKNOWN)).concat(Source.maybe());
    }
    return Source.<HealthCheckResponse>queue(1, OverflowStrategy.dropHead())
        .mapMaterializedValue(
            queue -> {
              watchers.add(queue);
              queue.watchCompletion().whenComplete((done, failure) -> watchers.remove(queue));
              queue.offer(answer(status));
              return NotUsed.getInstance();
            });
  }

  private static HealthCheckResponse answer(ServingStatus status) {
    return HealthCheckResponse.newBuilder().setStatus(status).build();
  }
}
