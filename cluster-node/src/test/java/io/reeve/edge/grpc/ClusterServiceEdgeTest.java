package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Duration;
import io.grpc.StatusRuntimeException;
import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.Demand;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.edge.calls.Reason;
import io.reeve.edge.grpc.worker.EdgeWorkers;
import io.reeve.grpc.health.v1.HealthCheckRequest;
import io.reeve.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.reeve.grpc.health.v1.HealthGrpc;
import io.reeve.v1.ClusterServiceGrpc;
import io.reeve.v1.GetDemandRequest;
import io.reeve.v1.GetDemandResponse;
import io.reeve.v1.ListNodesRequest;
import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.ListWorkersRequest;
import io.reeve.v1.Node;
import io.reeve.v1.Worker;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterServiceEdgeTest {

  private final EdgeFixture edge = EdgeFixture.start();
  private final ClusterServiceGrpc.ClusterServiceBlockingStub client =
      ClusterServiceGrpc.newBlockingStub(edge.channel());

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void listsTheNodes() {
    var nodes =
        ListNodesResponse.newBuilder().addNodes(Node.newBuilder().setAddress("crane:7355")).build();
    edge.nodes = () -> CompletableFuture.completedFuture(nodes);

    assertThat(client.listNodes(ListNodesRequest.getDefaultInstance())).isEqualTo(nodes);
  }

  @Test
  void listsTheWorkers() {
    EdgeWorkers.connect(edge.roster, "wren", System.nanoTime());

    var workers = client.listWorkers(ListWorkersRequest.getDefaultInstance()).getWorkersList();

    assertThat(workers).extracting(Worker::getWorkerId).containsExactly("wren");
  }

  @Test
  void whatIsNotAnsweredInTimeMayBeAskedAgain() {
    edge.nodes = () -> CompletableFuture.failedFuture(new TimeoutException("played"));

    var refusal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> client.listNodes(ListNodesRequest.getDefaultInstance()));

    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo(Reason.NO_ANSWER.name());
    assertThat(EdgeFixture.retryInfo(refusal)).isPresent();
  }

  @Test
  void tellsHowManyWorkersAreWanted() {
    var asked = new AtomicReference<WorkerKind>();
    edge.wanted =
        kind -> {
          asked.set(kind);
          return shown(1, new Demand(1, 4, 3, 20, 2, 1_500_000_000L, 9, 3, 1));
        };

    var demand = client.getDemand(GetDemandRequest.newBuilder().addQueues("mail").build());

    assertThat(asked.get()).isEqualTo(new WorkerKind(Set.of("mail"), Set.of()));
    assertThat(demand)
        .isEqualTo(
            GetDemandResponse.newBuilder()
                .setWorkers(1)
                .setSlots(4)
                .setHeld(3)
                .setReady(20)
                .setUnserved(2)
                .setHoldTime(Duration.newBuilder().setSeconds(1).setNanos(500_000_000))
                .setWantedSlots(9)
                .setWantedWorkers(3)
                .setUnheardPartitions(1)
                .build());
  }

  @Test
  void tellsNothingOfHowLongTasksTakeBeforeOneRan() {
    edge.wanted = kind -> shown(1, new Demand(0, 0, 0, 0, 0, 0, 0, 0, 0));

    assertThat(client.getDemand(GetDemandRequest.getDefaultInstance()))
        .isEqualTo(GetDemandResponse.getDefaultInstance());
  }

  @Test
  void nobodyKnowsWhatIsWantedWhileNoDispatcherWorks() {
    assertThat(reason(GetDemandRequest.getDefaultInstance())).isEqualTo(Reason.NO_ANSWER.name());

    edge.wanted = kind -> shown(0, new Demand(0, 0, 0, 0, 0, 0, 0, 0, 4));
    assertThat(reason(GetDemandRequest.getDefaultInstance())).isEqualTo(Reason.NO_ANSWER.name());
  }

  @Test
  void namesThatNoWorkerCouldServeAreRefused() {
    var badName = GetDemandRequest.newBuilder().addQueues("not a name").build();
    var anyAndMore = GetDemandRequest.newBuilder().addKinds("*").addKinds("mail").build();

    assertThat(reason(badName)).isEqualTo(Reason.INVALID_REQUEST.name());
    assertThat(reason(anyAndMore)).isEqualTo(Reason.INVALID_REQUEST.name());
  }

  private String reason(GetDemandRequest request) {
    return EdgeFixture.errorInfo(
            catchThrowableOfType(StatusRuntimeException.class, () -> client.getDemand(request)))
        .getReason();
  }

  private static CompletionStage<Dispatcher.DemandShown> shown(long epoch, Demand demand) {
    return CompletableFuture.completedFuture(new Dispatcher.DemandShown(epoch, demand));
  }

  @Test
  void healthKnowsTheService() {
    var health = HealthGrpc.newBlockingStub(edge.channel());
    var request = HealthCheckRequest.newBuilder().setService("reeve.v1.ClusterService").build();

    assertThat(health.check(request).getStatus()).isEqualTo(ServingStatus.SERVING);
  }
}
