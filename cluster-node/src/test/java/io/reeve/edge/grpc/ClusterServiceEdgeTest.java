package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.StatusRuntimeException;
import io.reeve.grpc.health.v1.HealthCheckRequest;
import io.reeve.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.reeve.grpc.health.v1.HealthGrpc;
import io.reeve.v1.ClusterServiceGrpc;
import io.reeve.v1.ListNodesRequest;
import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.Node;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
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
  void healthKnowsTheService() {
    var health = HealthGrpc.newBlockingStub(edge.channel());
    var request = HealthCheckRequest.newBuilder().setService("reeve.v1.ClusterService").build();

    assertThat(health.check(request).getStatus()).isEqualTo(ServingStatus.SERVING);
  }
}
