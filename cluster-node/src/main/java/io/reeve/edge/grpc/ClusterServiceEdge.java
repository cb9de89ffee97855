package io.reeve.edge.grpc;

import io.reeve.v1.ClusterService;
import io.reeve.v1.ListNodesRequest;
import io.reeve.v1.ListNodesResponse;
import java.util.concurrent.CompletionStage;

/** Tells who is in the cluster; changes nothing. */
final class ClusterServiceEdge implements ClusterService {

  private final ClusterNodes nodes;

  ClusterServiceEdge(ClusterNodes nodes) {
    this.nodes = nodes;
  }

  @Override
  public CompletionStage<ListNodesResponse> listNodes(ListNodesRequest in) {
    return nodes.list();
  }
}
