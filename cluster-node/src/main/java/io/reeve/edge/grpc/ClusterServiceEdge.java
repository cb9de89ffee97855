package io.reeve.edge.grpc;

import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.edge.ClusterView;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Expect;
import io.reeve.edge.calls.Reason;
import io.reeve.edge.calls.WireTime;
import io.reeve.v1.ClusterService;
import io.reeve.v1.GetDemandRequest;
import io.reeve.v1.GetDemandResponse;
import io.reeve.v1.ListNodesRequest;
import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.ListWorkersRequest;
import io.reeve.v1.ListWorkersResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Tells who is in the cluster, how its workers are and what its work asks for; changes nothing. */
final class ClusterServiceEdge implements ClusterService {

  private final ClusterView cluster;

  ClusterServiceEdge(ClusterView cluster) {
    this.cluster = cluster;
  }

  @Override
  public CompletionStage<ListNodesResponse> listNodes(ListNodesRequest in) {
    return cluster.nodes();
  }

  @Override
  public CompletionStage<ListWorkersResponse> listWorkers(ListWorkersRequest in) {
    return cluster.workers();
  }

  @Override
  public CompletionStage<GetDemandResponse> getDemand(GetDemandRequest in) {
    var kind =
        new WorkerKind(names("queues", in.getQueuesList()), names("kinds", in.getKindsList()));
    return cluster.demand(kind).thenApply(ClusterServiceEdge::demand);
  }

  private static Set<String> names(String field, List<String> names) {
    return names.isEmpty() ? Set.of() : Set.copyOf(Expect.served(field, names));
  }

  private static GetDemandResponse demand(Dispatcher.DemandShown shown) {
    if (shown.epoch() == 0) {
      throw new EdgeRefusal(
          Reason.NO_ANSWER, "expected a running dispatcher, got one that is starting");
    }
    var demand = shown.demand();
    var answer =
        GetDemandResponse.newBuilder()
            .setWantedWorkers(demand.wantedWorkers())
            .setWantedSlots(demand.wantedSlots())
            .setWorkers(demand.workers())
            .setSlots(demand.slots())
            .setHeld(demand.held())
            .setReady(demand.ready())
            .setUnserved(demand.unserved())
            .setUnheardPartitions(demand.unheardPartitions());
    if (demand.holdTimeNanos() > 0) {
      answer.setHoldTime(WireTime.duration(Duration.ofNanos(demand.holdTimeNanos())));
    }
    return answer.build();
  }
}
