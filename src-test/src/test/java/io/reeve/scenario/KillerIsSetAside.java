package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.TaskRequest;
import io.reeve.v1.FailureType;
import io.reeve.v1.TaskAttempt;
import io.reeve.v1.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One task of a thousand kills its worker. It takes two workers that do other work and one that is
 * set apart for it. Then it is dead and says why, and no other task has paid for it.
 */
@Tag("slow")
class KillerIsSetAside {

  private static final Duration SOON = Duration.ofSeconds(90);
  private static final int TASKS = 1_000;
  private static final int WORKERS = 5;

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  void aTaskThatKillsItsWorkersTakesTwoThatDoOtherWork() {
    var node = fleet.node("reeve.session.resume-within=1s");
    var workers = new ArrayList<Member>();
    for (var w = 0; w < WORKERS; w++) {
      workers.add(
          fleet.process("worker-" + w, FragileWorker.class, node.endpoint(), "worker-" + w, "4"));
    }
    try (var client = node.client()) {
      Await.until(
          "all workers are connected", SOON, () -> client.workers().getWorkersCount() == WORKERS);
      var tasks = new ArrayList<TaskRequest>();
      for (var t = 0; t < TASKS; t++) {
        tasks.add(TaskRequest.of("fragile").payload(t == TASKS / 4 ? "die" : "20").build());
      }
      var ids = new ArrayList<>(client.submitAll(tasks).taskIds());
      var killer = ids.remove(TASKS / 4);

      var dead = client.awaitResult(killer, SOON);
      assertThat(dead.getState()).isEqualTo(TaskState.TASK_STATE_DEAD);
      assertThat(dead.getFailure().getType()).isEqualTo(FailureType.FAILURE_TYPE_POISON);
      assertThat(dead.getFailure().getMessage()).startsWith("its worker was lost under it 3 times");
      assertThat(dead.getLosses()).isEqualTo(3);
      var taken = workersOf(client.get(killer).getAttemptsList());
      assertThat(taken).as("workers that it took").hasSize(3).doesNotHaveDuplicates();
      for (var id : ids) {
        var ended = client.awaitResult(id, SOON);
        assertThat(ended.getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
        assertThat(ended.getAttempt()).as("a neighbour pays nothing").isEqualTo(1);
        if (ended.getLosses() > 0) {
          assertThat(workersOf(client.get(id).getAttemptsList()))
              .as("the last one that it took was set apart")
              .doesNotContain(taken.get(2));
        }
      }
      assertThat(workers.stream().filter(Member::isAlive)).hasSize(WORKERS - 3);
    }

    var history = new History(fleet);
    history.readOn();
    assertThat(history.checker().violations()).isEmpty();
    assertThat(history.checker().unfinished()).isEmpty();
  }

  private static List<String> workersOf(List<TaskAttempt> attempts) {
    return attempts.stream().map(TaskAttempt::getWorkerId).toList();
  }
}
