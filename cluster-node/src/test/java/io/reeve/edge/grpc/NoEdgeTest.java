package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reeve.grpc.health.v1.HealthCheckRequest;
import io.reeve.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.reeve.grpc.health.v1.HealthGrpc;
import io.reeve.v1.ClusterServiceGrpc;
import io.reeve.v1.DeadLetterServiceGrpc;
import io.reeve.v1.GetScheduleRequest;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.ListDeadLettersRequest;
import io.reeve.v1.ListNodesRequest;
import io.reeve.v1.ScheduleServiceGrpc;
import io.reeve.v1.TaskServiceGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The port of a node that serves neither clients nor workers. */
class NoEdgeTest {

  private final EdgeFixture server = EdgeFixture.withoutEdge();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void callsOfClientsAreToldToGoToAnotherNode() {
    var tasks = TaskServiceGrpc.newBlockingStub(server.channel());
    var schedules = ScheduleServiceGrpc.newBlockingStub(server.channel());
    var deadLetters = DeadLetterServiceGrpc.newBlockingStub(server.channel());
    var cluster = ClusterServiceGrpc.newBlockingStub(server.channel());

    assertThat(refusal(() -> tasks.getTask(GetTaskRequest.getDefaultInstance())))
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(refusal(() -> schedules.getSchedule(GetScheduleRequest.getDefaultInstance())))
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(
            refusal(() -> deadLetters.listDeadLetters(ListDeadLettersRequest.getDefaultInstance())))
        .isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(refusal(() -> cluster.listNodes(ListNodesRequest.getDefaultInstance())))
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void healthSaysHowTheNodeIs() {
    assertThat(health("")).isEqualTo(ServingStatus.SERVING);
    assertThat(health(HealthEdge.LIVE)).isEqualTo(ServingStatus.SERVING);

    server.health.serving(false);

    assertThat(health("")).isEqualTo(ServingStatus.NOT_SERVING);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"reeve.v1.TaskService", "reeve.v1.ScheduleService", "reeve.v1.WorkerService"})
  void healthKnowsNoServiceThatIsNotThere(String service) {
    assertThat(refusal(() -> health(service))).isEqualTo(Status.Code.NOT_FOUND);
  }

  private ServingStatus health(String service) {
    return HealthGrpc.newBlockingStub(server.channel())
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  private static Status.Code refusal(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call).getStatus().getCode();
  }
}
