package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reeve.partition.Clients;
import io.reeve.partition.Schedules;
import io.reeve.v1.CancelTaskRequest;
import io.reeve.v1.DeleteScheduleRequest;
import io.reeve.v1.ScheduleServiceGrpc;
import io.reeve.v1.SubmitTaskRequest;
import io.reeve.v1.TaskServiceGrpc;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** How long the edge waits for a partition to make a write durable, and how often it asks. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WriteTimeoutTest {

  private static final int ATTEMPTS = 3;
  private static final Duration TIMEOUT = Duration.ofMillis(600);
  private static final Duration CLIENTS_DEADLINE = Duration.ofSeconds(60);

  private final EdgeFixture edge =
      EdgeFixture.start(
          "reeve.grpc { write-timeout = 600ms, write-attempts = %d }".formatted(ATTEMPTS));
  private final TaskServiceGrpc.TaskServiceBlockingStub client =
      TaskServiceGrpc.newBlockingStub(edge.channel())
          .withDeadlineAfter(CLIENTS_DEADLINE.toSeconds(), TimeUnit.SECONDS);

  @AfterAll
  void stop() {
    edge.close();
  }

  @Test
  void aSubmissionWithoutARequestIdIsAskedOnceAndTheCallerHearsAfterTheWholeTime() {
    var call = SubmitTaskRequest.newBuilder().setTask(Tasks.ECHO).build();

    outcomeUnknown(() -> client.submitTask(call));

    edge.asked(Clients.Submit.class);
    edge.partitions.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aSubmissionWithARequestIdIsAskedSeveralTimesWithinTheSameTime() {
    var call = SubmitTaskRequest.newBuilder().setRequestId("r").setTask(Tasks.ECHO).build();

    outcomeUnknown(() -> client.submitTask(call));

    for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
      assertThat(edge.asked(Clients.Submit.class).command().requestId()).isEqualTo("r");
    }
    edge.partitions.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aCancellationIsAskedSeveralTimesWithinTheSameTime() {
    var call = CancelTaskRequest.newBuilder().setTaskId("1-5").build();

    outcomeUnknown(() -> client.cancelTask(call));

    for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
      assertThat(edge.asked(Clients.Cancel.class).partition()).isEqualTo(1);
    }
    edge.partitions.expectNoMessage(Duration.ZERO);
  }

  /** A repeat would delete a schedule that somebody else set meanwhile under the name. */
  @Test
  void aChangeOfAScheduleIsAskedOnce() {
    var schedules =
        ScheduleServiceGrpc.newBlockingStub(edge.channel())
            .withDeadlineAfter(CLIENTS_DEADLINE.toSeconds(), TimeUnit.SECONDS);
    var call = DeleteScheduleRequest.newBuilder().setName("nightly").build();

    outcomeUnknown(() -> schedules.deleteSchedule(call));

    edge.asked(Schedules.Delete.class);
    edge.partitions.expectNoMessage(Duration.ZERO);
  }

  private static void outcomeUnknown(Supplier<?> call) {
    var begun = System.nanoTime();
    var refusal = catchThrowableOfType(StatusRuntimeException.class, call::get);
    var took = Duration.ofNanos(System.nanoTime() - begun);

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("OUTCOME_UNKNOWN");
    assertThat(EdgeFixture.retryInfo(refusal)).isPresent();
    // A timer may fire within the same millisecond.
    assertThat(took)
        .isGreaterThan(TIMEOUT.minusMillis(5))
        .isLessThan(CLIENTS_DEADLINE.dividedBy(4));
  }
}
