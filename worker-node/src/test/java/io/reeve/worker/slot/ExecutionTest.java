package io.reeve.worker.slot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.reeve.v1.Assignment;
import io.reeve.v1.Failed;
import io.reeve.v1.FailureType;
import io.reeve.v1.Settlement;
import io.reeve.v1.TaskSpec;
import io.reeve.worker.CancelCause;
import io.reeve.worker.PermanentFailure;
import io.reeve.worker.RetryLater;
import io.reeve.worker.TaskHandler;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ExecutionTest {

  /** A payload or a result. */
  record Mail(String to, int copies) {}

  private final ObjectMapper json = new ObjectMapper();
  private final List<Attempt> progressed = new ArrayList<>();
  private long now = 1_000_000;
  private final Attempt.Surroundings surroundings =
      new Attempt.Surroundings(() -> now, Runnable::run, progressed::add, json, () -> 1024);

  @Test
  void resultsAreBytesTextOrJson() {
    assertThat(result(task -> null)).isEmpty();
    assertThat(result(task -> new byte[] {1, 2})).isEqualTo("\u0001\u0002");
    assertThat(result(task -> ByteString.copyFromUtf8("raw"))).isEqualTo("raw");
    assertThat(result(task -> "text")).isEqualTo("text");
    assertThat(result(task -> new Mail("ann", 2))).isEqualTo("{\"to\":\"ann\",\"copies\":2}");
    assertThat(result(task -> 42)).isEqualTo("42");
  }

  @Test
  void anExceptionFailsTheAttemptWithItsNameAndItsCauses() {
    var failed =
        failed(
            task -> {
              throw new IllegalStateException("broken", new IOException("no disk"));
            });

    assertThat(failed.getFailure().getType()).isEqualTo(FailureType.FAILURE_TYPE_ERROR);
    assertThat(failed.getFailure().getCode()).isEqualTo("IllegalStateException");
    assertThat(failed.getFailure().getMessage())
        .isEqualTo("broken; caused by IOException: no disk");
    assertThat(failed.getPermanent()).isFalse();
    assertThat(failed.hasRetryAfter()).isFalse();
  }

  @Test
  void aPermanentFailureIsPermanent() {
    var failed =
        failed(
            task -> {
              throw new PermanentFailure("no such address");
            });

    assertThat(failed.getPermanent()).isTrue();
    assertThat(failed.getFailure().getType()).isEqualTo(FailureType.FAILURE_TYPE_ERROR);
    assertThat(failed.getFailure().getCode()).isEqualTo("PermanentFailure");
  }

  @Test
  void retryLaterSaysHowLongToWait() {
    var failed =
        failed(
            task -> {
              throw new RetryLater(Duration.ofMillis(90_500));
            });

    assertThat(failed.getPermanent()).isFalse();
    assertThat(failed.getRetryAfter())
        .isEqualTo(
            com.google.protobuf.Duration.newBuilder().setSeconds(90).setNanos(500_000_000).build());
    assertThatThrownBy(() -> new RetryLater(Duration.ofSeconds(-1)))
        .hasMessageContaining("at least 0");
  }

  @Test
  void anUnreadablePayloadIsRejectedForGoodAndNotQuoted() {
    var failed = failed("secret", task -> task.payloadAs(Mail.class));

    assertThat(failed.getFailure().getType()).isEqualTo(FailureType.FAILURE_TYPE_REJECTED);
    assertThat(failed.getFailure().getCode()).isEqualTo("PAYLOAD_UNREADABLE");
    assertThat(failed.getFailure().getMessage()).contains("Mail").doesNotContain("secret");
    assertThat(failed.getPermanent()).isTrue();
    assertThat(failed("null", task -> task.payloadAs(Mail.class)).getPermanent()).isTrue();
  }

  @Test
  void anUnknownKindIsRejectedButNotForGood() {
    var settlement = run(Map.of("other", task -> null), attempt("kind", ""));

    assertThat(settlement.getFailed().getFailure().getType())
        .isEqualTo(FailureType.FAILURE_TYPE_REJECTED);
    assertThat(settlement.getFailed().getFailure().getCode()).isEqualTo("UNKNOWN_KIND");
    assertThat(settlement.getFailed().getPermanent()).isFalse();
  }

  @Test
  void theFallbackTakesWhatHasNoHandlerOfItsOwn() {
    var handlers = Map.<String, TaskHandler>of("*", task -> "any", "kind", task -> "own");

    assertThat(run(handlers, attempt("kind", "")).getCompleted().getResult().toStringUtf8())
        .isEqualTo("own");
    assertThat(run(handlers, attempt("else", "")).getCompleted().getResult().toStringUtf8())
        .isEqualTo("any");
    assertThat(new Handlers(handlers).kinds()).containsExactly("*");
  }

  @Test
  void kindsThatNoTaskCanNameAreRefused() {
    assertThatThrownBy(() -> new Handlers(Map.of("no spaces", task -> null)))
        .hasMessageContaining("\"no spaces\"");
    assertThatThrownBy(() -> new Handlers(Map.of())).hasMessageContaining("got none");
  }

  @Test
  void aResultOverTheLimitFailsForGood() {
    var execution = new Execution(new Handlers(Map.of("kind", task -> "12345")), json);
    execution.limitResults(4);

    var failed = execution.run(attempt("kind", "")).getFailed();

    assertThat(failed.getFailure().getCode()).isEqualTo("RESULT_TOO_LARGE");
    assertThat(failed.getFailure().getType()).isEqualTo(FailureType.FAILURE_TYPE_ERROR);
    assertThat(failed.getFailure().getMessage())
        .isEqualTo("expected a result of at most 4 bytes, got 5");
    assertThat(failed.getPermanent()).isTrue();
  }

  @Test
  void longMessagesAreCutBetweenCharacters() {
    var failed =
        failed(
            task -> {
              throw new IllegalStateException("ü".repeat(10_000));
            });

    assertThat(failed.getFailure().getMessageBytes().size()).isLessThanOrEqualTo(8 * 1024);
    assertThat(failed.getFailure().getMessage()).matches("ü+");
  }

  @Test
  void anAttemptCancelledBeforeItBeganDoesNotRun() {
    var attempt = attempt("kind", "");
    attempt.cancel(CancelCause.HANDED_BACK);

    var settlement =
        run(
            Map.of(
                "kind",
                task -> {
                  throw new AssertionError("ran");
                }),
            attempt);

    assertThat(settlement.hasReleased()).isTrue();
  }

  @Test
  void theInterruptOfOneAttemptDoesNotReachTheNext() {
    var attempt = attempt("kind", "");

    var settlement =
        run(
            Map.of(
                "kind",
                task -> {
                  attempt.cancel(CancelCause.TIMED_OUT);
                  attempt.cancel(CancelCause.CANCELLED);
                  throw new IllegalStateException("stopped");
                }),
            attempt);

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(attempt.cancelCause()).contains(CancelCause.TIMED_OUT);
    assertThat(settlement.getFailed().getFailure().getType())
        .isEqualTo(FailureType.FAILURE_TYPE_TIMED_OUT);
  }

  @Test
  void aResultThatCameDespiteTheSignalStillCounts() {
    var attempt = attempt("kind", "");

    var settlement =
        run(
            Map.of(
                "kind",
                task -> {
                  attempt.cancel(CancelCause.HANDED_BACK);
                  return "done";
                }),
            attempt);

    assertThat(settlement.hasCompleted()).isTrue();
  }

  @Test
  void actionsOnCancellationRunOnceAndAtOnceWhenItIsTooLate() {
    var attempt = attempt("kind", "");
    var ran = new ArrayList<String>();
    attempt.onCancel(() -> ran.add("before"));

    attempt.cancel(CancelCause.CANCELLED);
    attempt.cancel(CancelCause.CANCELLED);
    attempt.onCancel(() -> ran.add("after"));
    attempt.end();
    attempt.onCancel(() -> ran.add("never"));
    Thread.interrupted();

    assertThat(ran).containsExactly("before", "after");
  }

  @Test
  void theContextTellsWhatTheTaskIs() {
    var seen = new AtomicReference<String>();
    var assignment =
        Assignment.newBuilder()
            .setTaskId("invoice-7")
            .setFence(3)
            .setAttempt(2)
            .setExecutionTimeoutMs(60_000)
            .setSpec(
                TaskSpec.newBuilder()
                    .setKind("kind")
                    .setQueue("mail")
                    .setName("monthly")
                    .setTenant("acme")
                    .putLabels("month", "may"))
            .build();
    var attempt = new Attempt(assignment, surroundings, 5_000, now);

    run(
        Map.of(
            "kind",
            task -> {
              seen.set(
                  String.join(
                      " ",
                      task.taskId(),
                      task.kind(),
                      task.queue(),
                      task.name(),
                      task.tenant(),
                      task.labels().toString(),
                      String.valueOf(task.attempt()),
                      String.valueOf(task.fence())));
              return null;
            }),
        attempt);

    assertThat(seen.get()).isEqualTo("invoice-7 kind mail monthly acme {month=may} 2 3");
    assertThat(attempt.deadline()).isEqualTo(Instant.ofEpochMilli(65_000));
    assertThat(attempt.remaining()).isEqualTo(Duration.ofMinutes(1));
    now += Duration.ofMinutes(2).toNanos();
    assertThat(attempt.remaining()).isZero();
    assertThat(attempt.isOverdue(now)).isTrue();
  }

  @Test
  void betweenTwoSendingsTheNewestProgressReplacesOlderOnes() {
    var attempt = attempt("kind", "");

    attempt.progress(10, "a");
    attempt.progress(60, "b");
    attempt.progress(50, "c");

    assertThat(progressed).containsExactly(attempt);
    var said = Objects.requireNonNull(attempt.takeProgress());
    assertThat(said.getPercent()).isEqualTo(60);
    assertThat(said.getMessage()).isEqualTo("c");
    assertThat(attempt.takeProgress()).isNull();
    attempt.progress(70, "d");
    attempt.end();
    assertThat(attempt.takeProgress()).isNull();
  }

  private String result(TaskHandler handler) {
    return run(Map.of("kind", handler), attempt("kind", ""))
        .getCompleted()
        .getResult()
        .toStringUtf8();
  }

  private Failed failed(TaskHandler handler) {
    return failed("", handler);
  }

  private Failed failed(String payload, TaskHandler handler) {
    var settlement = run(Map.of("kind", handler), attempt("kind", payload));
    assertThat(settlement.hasFailed()).isTrue();
    return settlement.getFailed();
  }

  private Settlement run(Map<String, TaskHandler> handlers, Attempt attempt) {
    return new Execution(new Handlers(handlers), json).run(attempt);
  }

  private Attempt attempt(String kind, String payload) {
    return new Attempt(
        Assignment.newBuilder()
            .setTaskId("t1")
            .setFence(1)
            .setAttempt(1)
            .setSpec(
                TaskSpec.newBuilder().setKind(kind).setPayload(ByteString.copyFromUtf8(payload)))
            .build(),
        surroundings,
        0,
        now);
  }
}
