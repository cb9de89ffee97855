package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reeve.domain.partition.DeadFilter;
import io.reeve.domain.task.ErrorGroup;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.RetryEdits;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.partition.Clients;
import io.reeve.v1.DeadLetterFilter;
import io.reeve.v1.DeadLetterServiceGrpc;
import io.reeve.v1.DiscardDeadLettersRequest;
import io.reeve.v1.DiscardTaskRequest;
import io.reeve.v1.GroupDeadLettersRequest;
import io.reeve.v1.ListDeadLettersRequest;
import io.reeve.v1.RedriveDeadLettersRequest;
import io.reeve.v1.RedriveTaskRequest;
import io.reeve.v1.RetryPolicy;
import io.reeve.v1.TaskSpec;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeadLetterServiceEdgeTest {

  private static final long NOON_MS = EdgeFixture.NOON.toEpochMilli();
  private static final RetryPolicy SIX = RetryPolicy.newBuilder().setAttemptsMax(6).build();
  private static final ErrorGroup GONE = new ErrorGroup("mail", FailureType.ERROR, "E", "gone");
  private static final ErrorGroup LATE = new ErrorGroup("mail", FailureType.TIMED_OUT, "", "late");

  private final EdgeFixture edge = EdgeFixture.start();
  private final DeadLetterServiceGrpc.DeadLetterServiceBlockingStub client =
      DeadLetterServiceGrpc.newBlockingStub(edge.channel()).withDeadlineAfter(2, TimeUnit.MINUTES);

  @AfterAll
  void stop() {
    edge.close();
  }

  @Test
  void aRedriveNamesTheNewTask() {
    var request = RedriveTaskRequest.newBuilder().setTaskId("2-7").setRetry(SIX).build();
    var answer = edge.calling(() -> client.redriveTask(request));

    var asked = edge.asked(Clients.Redrive.class);
    asked.command().replyTo().tell(new Clients.Disposed(2, 7, 9, true));

    assertThat(asked.partition()).isEqualTo(2);
    assertThat(asked.command().sequence()).isEqualTo(7);
    assertThat(asked.command().edits().retry())
        .isEqualTo(new RetryEdits(6, null, null, 0, null, List.of()));
    assertThat(asked.command().edits().bytes())
        .isEqualTo(TaskSpec.newBuilder().setRetry(SIX).build().toByteArray());
    assertThat(asked.command().by()).isEqualTo("local");
    assertThat(answer.join().getTaskId()).isEqualTo("2-9");
    assertThat(answer.join().getAlreadyRedriven()).isTrue();
  }

  @Test
  void aRefusalOfTheRulesHasItsReason() {
    var refusal = refusalOf(() -> client.discardTask(discard("2-7")), Clients.Discard.class);

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("WRONG_STATE");
  }

  @Test
  void aDiscardTellsWhetherItWasDone() {
    var answer = edge.calling(() -> client.discardTask(discard("1-7")));
    var asked = edge.asked(Clients.Discard.class);
    asked.command().replyTo().tell(new Clients.Disposed(1, 7, 0, false));

    assertThat(answer.join().getAlreadyDiscarded()).isFalse();
  }

  @Test
  void aWalkGoesThroughAllPartitionsAsOfItsBeginning() {
    var request =
        RedriveDeadLettersRequest.newBuilder()
            .setFilter(DeadLetterFilter.newBuilder().setKind("mail"))
            .setRetry(SIX)
            .setPageSize(2);
    var first = edge.calling(() -> client.redriveDeadLetters(request.build()));
    var zero = edge.asked(Clients.DisposeDead.class);
    zero.command().replyTo().tell(new Clients.DisposedSlice(2, 11));

    assertThat(zero.partition()).isZero();
    assertThat(zero.command().redrive()).isTrue();
    assertThat(zero.command().max()).isEqualTo(2);
    assertThat(zero.command().edits().retry().attemptsMax()).isEqualTo(6);
    assertThat(zero.command().filter()).isEqualTo(new DeadFilter("", "mail", "", 0, 0, NOON_MS));
    assertThat(first.join().getRedriven()).isEqualTo(2);

    request.setPageToken(first.join().getNextPageToken());
    var second = edge.calling(() -> client.redriveDeadLetters(request.build()));
    var zeroAgain = edge.asked(Clients.DisposeDead.class);
    zeroAgain.command().replyTo().tell(new Clients.DisposedSlice(0, -1));
    var one = edge.asked(Clients.DisposeDead.class);
    one.command().replyTo().tell(new Clients.DisposedSlice(1, -1));

    assertThat(zeroAgain.command().after()).isEqualTo(11);
    assertThat(one.partition()).isEqualTo(1);
    assertThat(one.command().after()).isZero();
    assertThat(one.command().filter()).isEqualTo(zero.command().filter());
    assertThat(second.join().getRedriven()).isEqualTo(1);

    request.setPageToken(second.join().getNextPageToken());
    var third = edge.calling(() -> client.redriveDeadLetters(request.build()));
    edge.asked(Clients.DisposeDead.class)
        .command()
        .replyTo()
        .tell(new Clients.DisposedSlice(0, -1));
    edge.asked(Clients.DisposeDead.class)
        .command()
        .replyTo()
        .tell(new Clients.DisposedSlice(0, -1));

    assertThat(third.join().getRedriven()).isZero();
    assertThat(third.join().getNextPageToken()).isEmpty();
  }

  @Test
  void aTokenBelongsToItsFilter() {
    var answer =
        edge.calling(
            () -> client.discardDeadLetters(DiscardDeadLettersRequest.getDefaultInstance()));
    edge.asked(Clients.DisposeDead.class).command().replyTo().tell(new Clients.DisposedSlice(1, 5));
    var token = answer.join().getNextPageToken();
    var other =
        DiscardDeadLettersRequest.newBuilder()
            .setFilter(DeadLetterFilter.newBuilder().setQueue("other"))
            .setPageToken(token)
            .build();

    assertThat(invalid(() -> client.discardDeadLetters(other))).contains("page_token");
    assertThat(
            invalid(
                () ->
                    client.discardDeadLetters(
                        DiscardDeadLettersRequest.newBuilder().setPageToken("garbage").build())))
        .contains("page_token");
  }

  @Test
  void fieldsAreChecked() {
    var group = DeadLetterFilter.newBuilder().setFingerprint("xyz");
    var groups = GroupDeadLettersRequest.newBuilder().setFilter(group).build();
    var many = RedriveTaskRequest.newBuilder().setTaskId("0-1");
    for (var i = 0; i < 17; i++) {
      many.getRetryBuilder().addNeverRetryCodes("C" + i);
    }
    var attempts =
        RedriveTaskRequest.newBuilder()
            .setTaskId("0-1")
            .setRetry(RetryPolicy.newBuilder().setAttemptsMax(1001))
            .build();
    var size = RedriveDeadLettersRequest.newBuilder().setPageSize(501).build();

    assertThat(invalid(() -> client.groupDeadLetters(groups))).contains("filter.fingerprint");
    assertThat(invalid(() -> client.redriveTask(many.build()))).contains("never_retry_codes");
    assertThat(invalid(() -> client.redriveTask(attempts))).contains("retry.attempts_max");
    assertThat(invalid(() -> client.redriveDeadLetters(size))).contains("page_size");
    assertThat(invalid(() -> client.redriveTask(RedriveTaskRequest.getDefaultInstance())))
        .contains("task_id");
  }

  @Test
  void aFingerprintThatNoGroupHasMeansNotAllGroups() {
    var none =
        DiscardDeadLettersRequest.newBuilder()
            .setFilter(DeadLetterFilter.newBuilder().setFingerprint("0".repeat(16)))
            .build();

    assertThat(invalid(() -> client.discardDeadLetters(none))).contains("filter.fingerprint");
  }

  @Test
  void groupsOfAllPartitionsAreJoinedTheLargestFirst() {
    var answer =
        edge.calling(() -> client.groupDeadLetters(GroupDeadLettersRequest.getDefaultInstance()));
    groups(List.of(new Clients.DeadGroup(GONE, 1, 5_000, 5_000, 3)), 3);
    groups(List.of(new Clients.DeadGroup(LATE, 2, 2_000, 4_000, 4)), -1);
    groups(List.of(new Clients.DeadGroup(GONE, 3, 1_000, 6_000, 9)), -1);
    groups(List.of(), -1);
    groups(List.of(), -1);

    var found = answer.join().getGroupsList();
    assertThat(found).hasSize(2);
    assertThat(found.get(0).getCount()).isEqualTo(4);
    assertThat(found.get(0).getMessage()).isEqualTo("gone");
    assertThat(found.get(0).getFingerprint())
        .isEqualTo("%016x".formatted(GONE.fingerprint()))
        .hasSize(16);
    assertThat(found.get(0).getFirstDiedAt())
        .isEqualTo(Timestamp.newBuilder().setSeconds(1).build());
    assertThat(found.get(0).getLastDiedAt())
        .isEqualTo(Timestamp.newBuilder().setSeconds(6).build());
    assertThat(found.get(0).getSampleTaskId()).isEqualTo("0-3");
    assertThat(found.get(1).getTypeValue()).isEqualTo(FailureType.TIMED_OUT.number());
  }

  @Test
  void aListWalksThePartitions() {
    var request = ListDeadLettersRequest.newBuilder().setPageSize(2).setOmitBytes(true).build();
    var answer = edge.calling(() -> client.listDeadLetters(request));
    var zero = edge.asked(Clients.ListDead.class);
    zero.command()
        .replyTo()
        .tell(new Clients.Listed(List.of(Tasks.in(new TaskId(0, 4), TaskState.DEAD)), -1));
    var one = edge.asked(Clients.ListDead.class);
    one.command()
        .replyTo()
        .tell(new Clients.Listed(List.of(Tasks.in(new TaskId(1, 6), TaskState.DEAD)), 6));

    assertThat(zero.command().omitBytes()).isTrue();
    assertThat(one.command().pageSize()).isEqualTo(1);
    assertThat(answer.join().getTasksList())
        .extracting(task -> task.getId())
        .containsExactly("0-4", "1-6");
    assertThat(answer.join().getNextPageToken()).isNotEmpty();
  }

  private void groups(List<Clients.DeadGroup> groups, long next) {
    edge.asked(Clients.GroupDead.class)
        .command()
        .replyTo()
        .tell(new Clients.DeadGroups(groups, next));
  }

  private static DiscardTaskRequest discard(String taskId) {
    return DiscardTaskRequest.newBuilder().setTaskId(taskId).build();
  }

  private StatusRuntimeException refusalOf(
      Supplier<?> call, Class<? extends Clients.DeadCall> command) {
    var answer = edge.calling(() -> catchThrowableOfType(StatusRuntimeException.class, call::get));
    edge.asked(command)
        .command()
        .replyTo()
        .tell(new Clients.Refused(new Rejection(Rejection.Code.WRONG_STATE, "expected, got")));
    return answer.join();
  }

  private static String invalid(Supplier<?> call) {
    var refusal = catchThrowableOfType(StatusRuntimeException.class, call::get);
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    return String.valueOf(refusal.getStatus().getDescription());
  }
}
