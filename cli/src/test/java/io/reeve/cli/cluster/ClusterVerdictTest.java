package io.reeve.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.reeve.v1.Task;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterVerdictTest {

  private static final String A = "0-1";
  private static final String B = "1-1";

  private final Audit audit = new Audit();

  @Test
  void aTaskThatEndedOnceAndShowsItsResultEverywhereIsFine() {
    life(A, 1);

    var verdict = judge(Map.of(A, 1), List.of(done(A, 1)), List.of(done(A, 1)));

    assertThat(verdict.good()).isTrue();
    assertThat(verdict.attempts()).isEqualTo(1);
    assertThat(verdict.redeliveries()).isZero();
  }

  @Test
  void aTaskThatOneNodeDoesNotShowIsLost() {
    life(A, 1);

    assertThat(judge(Map.of(A, 1), List.of(done(A, 1)), List.of()).lost()).containsExactly(A);
  }

  @Test
  void aTaskThatTheJournalDoesNotHaveIsLost() {
    assertThat(judge(Map.of(A, 1), List.of(done(A, 1))).lost()).containsExactly(A);
  }

  @Test
  void aTaskThatDidNotCompleteIsLost() {
    audit.submitted("r1", A, 0, 1);
    audit.leased(A, 0, 1, 2);
    audit.ended(A, false, 3);

    assertThat(judge(Map.of(A, 1), List.of(done(A, 1))).lost()).containsExactly(A);
  }

  @Test
  void twoEndsAreADouble() {
    life(A, 1);
    audit.ended(A, true, 4);

    assertThat(judge(Map.of(A, 1), List.of(done(A, 1))).doubled()).containsExactly(A);
  }

  @Test
  void aFenceGivenTwiceIsADouble() {
    audit.submitted("r1", A, 0, 1);
    audit.leased(A, 0, 1, 2);
    audit.leased(A, 0, 1, 3);
    audit.ended(A, true, 4);

    assertThat(judge(Map.of(A, 1), List.of(done(A, 1))).doubled()).containsExactly(A);
  }

  @Test
  void aSecondAttemptIsARedeliveryAndNoDouble() {
    audit.submitted("r1", A, 0, 1);
    audit.leased(A, 0, 1, 2);
    audit.leased(A, 0, 2, 3);
    audit.ended(A, true, 4);

    var verdict = judge(Map.of(A, 1), List.of(done(A, 1)));

    assertThat(verdict.good()).isTrue();
    assertThat(verdict.redeliveries()).isEqualTo(1);
  }

  @Test
  void twoTasksOfOneRequestAreADouble() {
    audit.submitted("r1", A, 0, 1);
    audit.submitted("r1", B, 1, 2);

    assertThat(audit.doubled()).containsExactly(B);
  }

  @Test
  void twoTasksOfOneNumberAreADoubleThoughTheClientKnowsOne() {
    life(A, 1);
    life(B, 2);

    assertThat(judge(Map.of(A, 1), List.of(done(A, 1), done(B, 1))).doubled()).containsExactly(B);
  }

  @Test
  void anotherResultOnOneNodeIsWrong() {
    life(A, 1);
    var other = done(A, 1).toBuilder().setResult(ByteString.copyFromUtf8("something")).build();

    assertThat(judge(Map.of(A, 1), List.of(done(A, 1)), List.of(other)).wrong()).containsExactly(A);
  }

  @Test
  void tasksOfOthersDoNotCount() {
    var foreign = Task.newBuilder().setId(A).setSpec(TaskSpec.newBuilder().setName("mine")).build();

    assertThat(judge(Map.of(), List.of(foreign)).good()).isTrue();
  }

  @Test
  void theDispatcherOfTheHighestEpochIsInCharge() {
    audit.dispatcherStarted(2, "node-2", 5);
    audit.dispatcherStarted(1, "node-1", 6);

    assertThat(audit.dispatcherNode()).isEqualTo("node-2");
    assertThat(audit.epoch()).isEqualTo(2);
  }

  @SafeVarargs
  private ClusterVerdict judge(Map<String, Integer> told, List<Task>... seen) {
    var byNode = new ArrayList<List<Task>>();
    for (var one : seen) {
      byNode.add(one);
    }
    return ClusterVerdict.of(told, 0, audit, byNode);
  }

  private void life(String id, int number) {
    audit.submitted("r" + number, id, 0, 1);
    audit.leased(id, 0, 1, 2);
    audit.ended(id, true, 3);
  }

  private static Task done(String id, int number) {
    return Task.newBuilder()
        .setId(id)
        .setSpec(TaskSpec.newBuilder().setName("cluster-demo " + number))
        .setState(TaskState.TASK_STATE_COMPLETED)
        .setResult(ByteString.copyFromUtf8(DemoTask.result(number)))
        .build();
  }
}
