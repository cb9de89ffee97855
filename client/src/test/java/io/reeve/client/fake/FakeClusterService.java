package io.reeve.client.fake;

import io.grpc.stub.StreamObserver;
import io.reeve.v1.ClusterServiceGrpc;
import io.reeve.v1.ListNodesRequest;
import io.reeve.v1.ListNodesResponse;

/** Lists the nodes that the test has put there. */
final class FakeClusterService extends ClusterServiceGrpc.ClusterServiceImplBase {

  private volatile ListNodesResponse nodes = ListNodesResponse.getDefaultInstance();

  void nodes(ListNodesResponse nodes) {
    this.nodes = nodes;
  }

  @Override
  public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> answer) {
    answer.onNext(nodes);
    answer.onCompleted();
  }
}
