package io.reeve.edge.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Duration;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reeve.domain.dispatch.ReadyTask;
import io.reeve.domain.dispatch.StreamExplanation;
import io.reeve.domain.dispatch.StreamView;
import io.reeve.domain.partition.Place;
import io.reeve.domain.rules.Pause;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.TaskState;
import io.reeve.edge.calls.WireTime;
import io.reeve.partition.Clients;
import io.reeve.partition.TaskView;
import io.reeve.v1.Blocker;
import io.reeve.v1.EstimateQuality;
import io.reeve.v1.ExplainRequest;
import io.reeve.v1.ExplainResponse;
import io.reeve.v1.TaskServiceGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code TaskService.Explain}, between a partition and a dispatcher that the test plays. */
class ExplainEdgeTest {

  private static final TaskClass MAIL = new TaskClass("mail", "send", Lane.URGENT, Priority.HIGH);
  private static final Failure FULL = new Failure(FailureType.ERROR, "disk full", "28");
  private static final StreamView SEEN =
      new StreamView(true, null, 3, 2, 2, 1, 4, 5, 0, 6, 0, false, false, 7, 2, 8, 9, 3, true);

  private final EdgeFixture edge =
      EdgeFixture.start("reeve.grpc { explain-partition-within = 300ms, explains-max = 2 }");
  private final TaskServiceGrpc.TaskServiceBlockingStub client =
      TaskServiceGrpc.newBlockingStub(edge.channel());

  @AfterEach
  void stop() {
    edge.close();
  }

  @ParameterizedTest
  @CsvSource({
    "WAITING,   0, BLOCKER_NOT_DUE",
    "WAITING,   1, BLOCKER_BACKING_OFF",
    "READY,     0, BLOCKER_NO_DISPATCHER",
    "LEASED,    1, BLOCKER_RUNNING",
    "COMPLETED, 1, BLOCKER_COMPLETED",
    "DEAD,      1, BLOCKER_DEAD",
    "CANCELLED, 1, BLOCKER_CANCELLED",
    "EXPIRED,   0, BLOCKER_EXPIRED",
  })
  void aStateOfTheTaskTellsMuch(TaskState state, int attempt, Blocker blocker) {
    var told = explain(located(state, attempt));

    assertThat(told.getBlocker()).isEqualTo(blocker);
    assertThat(told.getTaskId()).isEqualTo("3-9");
    assertThat(told.getPartition()).isEqualTo(3);
    assertThat(told.getQueue()).isEqualTo("mail");
    assertThat(told.getKind()).isEqualTo("send");
    assertThat(told.getLane()).isEqualTo(io.reeve.v1.Lane.LANE_URGENT);
    assertThat(told.getPriority()).isEqualTo(io.reeve.v1.Priority.PRIORITY_HIGH);
    assertThat(told.getAttemptsMax()).isEqualTo(4);
    assertThat(told.hasFailure()).isEqualTo(blocker == Blocker.BLOCKER_BACKING_OFF);
    assertThat(told.hasRunning()).isEqualTo(state == TaskState.LEASED);
    assertThat(told.hasEnd()).isEqualTo(state.terminal());
    assertThat(told.getEnd().hasQueueTimeout()).isEqualTo(state == TaskState.EXPIRED);
    assertThat(told.hasWorkers()).isFalse();
  }

  @Test
  void whatWaitsForItsTimeStartsThenAtTheEarliest() {
    var told = explain(located(TaskState.WAITING, 0));

    assertThat(told.getEstimate().getStartAt()).isEqualTo(WireTime.instant(2_000));
    assertThat(told.getEstimate().getQuality())
        .isEqualTo(EstimateQuality.ESTIMATE_QUALITY_NOT_BEFORE);
    assertThat(told.getExpiresAt()).isEqualTo(WireTime.instant(62_000));
  }

  @Test
  void theAttemptOfARunningTaskIsNamed() {
    var running = explain(located(TaskState.LEASED, 1)).getRunning();

    assertThat(running.getWorkerId()).isEqualTo("wren");
    assertThat(running.getFence()).isEqualTo(5);
    assertThat(running.getLeasedAt()).isEqualTo(WireTime.instant(3_000));
    assertThat(running.getTimesOutAt()).isEqualTo(WireTime.instant(303_000));
  }

  @Test
  void theEndOfATaskIsTold() {
    assertThat(explain(located(TaskState.DEAD, 4)).getEnd().getFailure().getCode()).isEqualTo("28");
    assertThat(explain(located(TaskState.CANCELLED, 0)).getEnd().getCancelReason())
        .isEqualTo("twice");
    assertThat(explain(located(TaskState.EXPIRED, 0)).getEnd().getQueueTimeout())
        .isEqualTo(Duration.newBuilder().setSeconds(60).build());
  }

  @ParameterizedTest
  @EnumSource
  void theDispatcherSaysWhyAReadyTaskDoesNotStart(io.reeve.domain.dispatch.Blocker blocker) {
    var asked = new ArrayList<ReadyTask>();
    edge.streams =
        task -> {
          asked.add(task);
          return Optional.of(new StreamExplanation(blocker, SEEN, 90_000_000_000L));
        };

    var told = explain(located(TaskState.READY, 0));

    assertThat(asked).isEqualTo(List.of(new ReadyTask(MAIL, 3, 12, 1_000)));
    var name = blocker == io.reeve.domain.dispatch.Blocker.UNKNOWN ? "UNSPECIFIED" : blocker.name();
    assertThat(told.getBlocker().name()).isEqualTo("BLOCKER_" + name);
    assertThat(told.getWorkers().getServingQueue()).isEqualTo(3);
    assertThat(told.getWorkers().getServingTask()).isEqualTo(2);
    assertThat(told.getWorkers().getDraining()).isEqualTo(1);
    assertThat(told.getWorkers().getSlots()).isEqualTo(4);
    assertThat(told.getWorkers().getHeld()).isEqualTo(5);
    assertThat(told.getWorkers().getReservedFree()).isEqualTo(6);
    assertThat(told.getAhead().getSameClass()).isEqualTo(7);
    assertThat(told.getAhead().getUrgent()).isEqualTo(8);
    assertThat(told.getAhead().getTotal()).isEqualTo(20);
    assertThat(told.getAhead().getHigherPriority()).isEqualTo(2);
    assertThat(told.getAhead().getOtherKinds()).isEqualTo(3);
    assertThat(told.getAhead().getAbout()).isTrue();
    assertThat(told.getEstimate().getStartAt())
        .isEqualTo(WireTime.instant(EdgeFixture.NOON.plusSeconds(90).toEpochMilli()));
    assertThat(told.getEstimate().getQuality()).isEqualTo(EstimateQuality.ESTIMATE_QUALITY_ROUGH);
  }

  @Test
  void aPauseIsToldWithItsEndAsTheEarliestStart() {
    var pause = new Pause("ada", "too many bounces", 1_000, 9_000);
    var seen =
        new StreamView(true, pause, 3, 2, 2, 1, 4, 5, 0, 6, 0, false, false, 7, 2, 8, 9, 0, false);
    edge.streams =
        task ->
            Optional.of(
                new StreamExplanation(
                    io.reeve.domain.dispatch.Blocker.QUEUE_PAUSED,
                    seen,
                    StreamExplanation.NOT_KNOWN));

    var told = explain(located(TaskState.READY, 0));

    assertThat(told.getPause().getBy()).isEqualTo("ada");
    assertThat(told.getPause().getReason()).isEqualTo("too many bounces");
    assertThat(told.getPause().getSince()).isEqualTo(WireTime.instant(1_000));
    assertThat(told.getEstimate().getStartAt()).isEqualTo(WireTime.instant(9_000));
    assertThat(told.getEstimate().getQuality())
        .isEqualTo(EstimateQuality.ESTIMATE_QUALITY_NOT_BEFORE);
  }

  @Test
  void whereNothingCanBeToldThereIsNoEstimate() {
    edge.streams =
        task ->
            Optional.of(
                new StreamExplanation(
                    io.reeve.domain.dispatch.Blocker.NO_WORKER_FOR_KIND,
                    SEEN,
                    StreamExplanation.NOT_KNOWN));

    assertThat(explain(located(TaskState.READY, 0)).hasEstimate()).isFalse();
  }

  @Test
  void theDispatcherIsAskedForAFewTasksAtATime() {
    edge.dispatcherAnswers = new CompletableFuture<>();
    var calls =
        Stream.generate(() -> asked().handle(ExplainEdgeTest::blockerOrReason)).limit(3).toList();
    calls.forEach(call -> locate());

    var refused = CompletableFuture.anyOf(calls.toArray(CompletableFuture[]::new)).join();
    edge.dispatcherAnswers.complete(null);

    assertThat(refused).isEqualTo("OVERLOADED");
    assertThat(calls)
        .extracting(CompletableFuture::join)
        .containsExactlyInAnyOrder("OVERLOADED", "BLOCKER_NO_DISPATCHER", "BLOCKER_NO_DISPATCHER");
    assertThat(explain(located(TaskState.READY, 0)).getBlocker())
        .isEqualTo(Blocker.BLOCKER_NO_DISPATCHER);
  }

  private static String blockerOrReason(
      @Nullable ExplainResponse told, @Nullable Throwable failure) {
    if (told != null) {
      return told.getBlocker().name();
    }
    var refusal = requireNonNull(requireNonNull(failure).getCause());
    return EdgeFixture.errorInfo((StatusRuntimeException) refusal).getReason();
  }

  private void locate() {
    edge.asked(Clients.Locate.class).command().replyTo().tell(located(TaskState.READY, 0));
  }

  @Test
  void aPartitionThatDoesNotAnswerIsTheAnswer() {
    var told = asked().join();

    assertThat(told.getBlocker()).isEqualTo(Blocker.BLOCKER_PARTITION_AWAY);
    assertThat(told.getPartition()).isEqualTo(3);
    assertThat(told.getState()).isEqualTo(io.reeve.v1.TaskState.TASK_STATE_UNSPECIFIED);
  }

  @ParameterizedTest
  @CsvSource({"NOT_READY, true", "OUTCOME_UNKNOWN, true", "OVERLOADED, false"})
  void soIsOneThatMovesAndNotOneThatIsBusy(Rejection.Code code, boolean away) {
    var answer =
        edge.calling(
            () -> {
              try {
                return client.explain(request("3-9")).getBlocker()
                    == Blocker.BLOCKER_PARTITION_AWAY;
              } catch (StatusRuntimeException refused) {
                return false;
              }
            });
    edge.asked(Clients.Locate.class)
        .command()
        .replyTo()
        .tell(new Clients.Refused(new Rejection(code, "expected this, got that")));

    assertThat(answer.join()).isEqualTo(away);
  }

  @Test
  void whatIsNoTaskIsRefused() {
    var unknown =
        catchThrowableOfType(StatusRuntimeException.class, () -> client.explain(request("99-1")));
    var malformed =
        catchThrowableOfType(StatusRuntimeException.class, () -> client.explain(request("nine")));

    assertThat(unknown.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(malformed.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  private CompletableFuture<ExplainResponse> asked() {
    return edge.calling(() -> client.explain(request("3-9")));
  }

  private ExplainResponse explain(Clients.Located located) {
    var answer = asked();
    edge.asked(Clients.Locate.class).command().replyTo().tell(located);
    return answer.join();
  }

  private static ExplainRequest request(String id) {
    return ExplainRequest.newBuilder().setTaskId(id).build();
  }

  private static Clients.Located located(TaskState state, int attempt) {
    var profile =
        new TaskProfile(
            MAIL,
            300_000,
            60_000,
            new RetryPolicy(
                4, java.time.Duration.ofSeconds(10), java.time.Duration.ofMinutes(10), 2, 0),
            "");
    var task =
        new TaskView(
            new TaskId(3, 9),
            state,
            new byte[0],
            attempt,
            5,
            1_000,
            2_000,
            3_000,
            4_000,
            new byte[0],
            FULL,
            2_500,
            "twice",
            "wren",
            null,
            0,
            0,
            List.of(),
            0,
            0);
    return new Clients.Located(task, profile, new Place(12, true), 62_000);
  }
}
