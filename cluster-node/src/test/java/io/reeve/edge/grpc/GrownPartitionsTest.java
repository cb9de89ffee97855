package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.StatusRuntimeException;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.domain.partition.PartitionCounts.Line;
import io.reeve.domain.task.Rejection;
import io.reeve.partition.Clients;
import io.reeve.v1.SubmitTaskRequest;
import io.reeve.v1.SubmitTaskResponse;
import io.reeve.v1.TaskServiceGrpc;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Submissions by request id after four partitions became eight. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrownPartitionsTest {

  private static final PartitionCounts FOUR = PartitionCounts.always(4);
  private static final PartitionCounts EIGHT =
      new PartitionCounts(
          List.of(new Line(4, 0), new Line(8, EdgeFixture.NOON.minusSeconds(3600).toEpochMilli())));
  private static final String MOVED =
      IntStream.range(0, 100)
          .mapToObj(i -> "invoice-" + i)
          .filter(id -> EIGHT.home(id) != FOUR.home(id))
          .findFirst()
          .orElseThrow();
  private static final String STAYED =
      IntStream.range(0, 100)
          .mapToObj(i -> "invoice-" + i)
          .filter(id -> EIGHT.home(id) == FOUR.home(id))
          .findFirst()
          .orElseThrow();

  private final EdgeFixture edge = EdgeFixture.grown(EIGHT);
  private final TaskServiceGrpc.TaskServiceBlockingStub client =
      TaskServiceGrpc.newBlockingStub(edge.channel()).withDeadlineAfter(2, TimeUnit.MINUTES);

  @AfterAll
  void stop() {
    edge.close();
  }

  @Test
  void whatWasTakenBeforeIsFoundWhereItWentThen() {
    var answer = submit(MOVED);

    var asked = edge.asked(Clients.FindRequest.class);
    asked.command().replyTo().tell(new Clients.Submitted(asked.partition(), 7, 1, 1_500, true));

    assertThat(asked.partition()).isEqualTo(FOUR.home(MOVED));
    assertThat(asked.command().requestId()).isEqualTo(MOVED);
    assertThat(answer.join().getTaskId()).isEqualTo(FOUR.home(MOVED) + "-7");
    assertThat(answer.join().getAlreadySubmitted()).isTrue();
  }

  @Test
  void whatWasNotTakenBeforeGoesHomeUnderTheSameHash() {
    var answer = submit(MOVED);

    var asked = edge.asked(Clients.FindRequest.class);
    asked.command().replyTo().tell(new Clients.NeverSubmitted(MOVED));
    var submitted = edge.asked(Clients.Submit.class);
    submitted.command().replyTo().tell(new Clients.Submitted(6, 1, 1, 1_500, false));

    assertThat(submitted.partition()).isEqualTo(EIGHT.home(MOVED));
    assertThat(submitted.command().bodyHash()).isEqualTo(asked.command().bodyHash()).isNotZero();
    assertThat(answer.join().getTaskId()).isEqualTo("6-1");
  }

  @Test
  void aRequestIdWhoseHomeIsTheSameIsAskedNowhereElse() {
    var answer = submit(STAYED);

    var submitted = edge.asked(Clients.Submit.class);
    submitted.command().replyTo().tell(new Clients.Submitted(1, 1, 1, 1_500, false));

    assertThat(submitted.partition()).isEqualTo(EIGHT.home(STAYED));
    assertThat(answer.join().getTaskId()).isEqualTo("1-1");
  }

  @Test
  void whereNobodyCanTellNothingIsTaken() {
    var answer = submit(MOVED);

    var asked = edge.asked(Clients.FindRequest.class);
    var notReady = new Rejection(Rejection.Code.NOT_READY, "expected a running partition");
    asked.command().replyTo().tell(new Clients.Refused(notReady));

    var failure = catchThrowableOfType(CompletionException.class, answer::join);
    assertThat(failure).hasCauseInstanceOf(StatusRuntimeException.class);
    assertThat(failure).hasMessageContaining("expected a running partition");
  }

  private CompletableFuture<SubmitTaskResponse> submit(String requestId) {
    var request = SubmitTaskRequest.newBuilder().setRequestId(requestId).setTask(Tasks.ECHO);
    return edge.calling(() -> client.submitTask(request.build()));
  }
}
