package io.reeve.client.fake;

import io.grpc.stub.StreamObserver;
import io.reeve.v1.ClusterServiceGrpc;
import io.reeve.v1.GetDemandRequest;
import io.reeve.v1.GetDemandResponse;
import io.reeve.v1.ListNodesRequest;
import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.ListWorkersRequest;
import io.reeve.v1.ListWorkersResponse;

/** Tells what the test has put there. */
final class FakeClusterService extends ClusterServiceGrpc.ClusterServiceImplBase {

  private volatile ListNodesResponse nodes = ListNodesResponse.getDefaultInstance();
  private volatile GetDemandResponse demand = GetDemandResponse.getDefaultInstance();
  private volatile GetDemandRequest asked = GetDemandRequest.getDefaultInstance();

  private volatile ListWorkersResponse workers = ListWorkersResponse.getDefaultInstance();

  void nodes(ListNodesResponse nodes) {
    this.nodes = nodes;
  }

  void demand(GetDemandResponse demand) {
    this.demand = demand;
  }

  /** What was last asked for. */
  GetDemandRequest demandAsked() {
    return asked;
  }

  @Override
  public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> answer) {
    answer.onNext(nodes);
    answer.onCompleted();
  }

  @Override
  public void getDemand(GetDemandRequest request, StreamObserver<GetDemandResponse> answer) {
    asked = request;
    answer.onNext(demand);
    answer.onCompleted();
  }

  void workers(ListWorkersResponse workers) {
    this.workers = workers;
  }

  @Override
  public void listWorkers(ListWorkersRequest request, StreamObserver<ListWorkersResponse> answer) {
    answer.onNext(workers);
    answer.onCompleted();
  }
}
