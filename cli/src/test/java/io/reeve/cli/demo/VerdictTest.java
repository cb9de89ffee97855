package io.reeve.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTest {

  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);

  @Test
  void everyDigestFoundIsAGoodRun() {
    var verdict =
        Verdict.of(Map.of("t-1", A, "t-2", B), List.of(completed("t-1", A), completed("t-2", B)));

    assertThat(verdict.good()).isTrue();
    assertThat(verdict.tasks()).isEqualTo(2);
    assertThat(verdict.completed()).isEqualTo(2);
    assertThat(verdict.attempts()).isEqualTo(2);
    assertThat(verdict.redeliveries()).isZero();
  }

  @Test
  void aTaskThatTheServerDoesNotShowIsLost() {
    var verdict = Verdict.of(Map.of("t-1", A, "t-2", B), List.of(completed("t-1", A)));

    assertThat(verdict.good()).isFalse();
    assertThat(verdict.lost()).containsExactly("t-2");
    assertThat(verdict.wrong()).isEmpty();
  }

  @Test
  void aTaskThatDidNotCompleteIsLost() {
    var dead = completed("t-1", A).toBuilder().setState(TaskState.TASK_STATE_DEAD).build();

    assertThat(Verdict.of(Map.of("t-1", A), List.of(dead)).lost()).containsExactly("t-1");
  }

  @Test
  void anotherDigestIsWrongAndSoIsNone() {
    var none = completed("t-2", A).toBuilder().clearResult().build();

    var verdict = Verdict.of(Map.of("t-1", A, "t-2", A), List.of(completed("t-1", B), none));

    assertThat(verdict.good()).isFalse();
    assertThat(verdict.wrong()).containsExactly("t-1", "t-2");
    assertThat(verdict.lost()).isEmpty();
  }

  @Test
  void leasesBeyondTheFirstAreRedeliveries() {
    var again = completed("t-1", A).toBuilder().setAttempt(2).setFence(3).build();

    var verdict = Verdict.of(Map.of("t-1", A), List.of(again));

    assertThat(verdict.attempts()).isEqualTo(2);
    assertThat(verdict.redeliveries()).isEqualTo(2);
  }

  @Test
  void tasksOfOthersAndRepeatsDoNotCount() {
    var verdict =
        Verdict.of(
            Map.of("t-1", A),
            List.of(completed("t-1", A), completed("t-1", B), completed("t-9", B)));

    assertThat(verdict.good()).isTrue();
    assertThat(verdict.attempts()).isEqualTo(1);
  }

  @Test
  void waitsAreRankedFromSubmissionToLease() {
    var digests = new LinkedHashMap<String, String>();
    var seen = new ArrayList<Task>();
    for (var i = 1; i <= 100; i++) {
      digests.put("t-" + i, A);
      seen.add(
          completed("t-" + i, A).toBuilder()
              .setSubmittedAt(Timestamp.newBuilder().setSeconds(1000))
              .setLeasedAt(Timestamp.newBuilder().setSeconds(1000 + i))
              .build());
    }

    var verdict = Verdict.of(digests, seen);

    assertThat(verdict.startP50()).isEqualTo(Duration.ofSeconds(50));
    assertThat(verdict.startP99()).isEqualTo(Duration.ofSeconds(99));
  }

  @Test
  void aDigestIsFoundInWhatTheToolsPrint() {
    assertThat(Verdict.digestIn("{\"exitCode\":0,\"stdout\":\"" + A + "  /etc/hosts\\n\"}"))
        .contains(A);
    assertThat(Verdict.digestIn(A + "b")).isEmpty();
    assertThat(Verdict.digestIn("")).isEmpty();
  }

  private static Task completed(String id, String digest) {
    return Task.newBuilder()
        .setId(id)
        .setState(TaskState.TASK_STATE_COMPLETED)
        .setAttempt(1)
        .setFence(1)
        .setResult(ByteString.copyFromUtf8("{\"stdout\":\"" + digest + "  file\\n\"}"))
        .build();
  }
}
