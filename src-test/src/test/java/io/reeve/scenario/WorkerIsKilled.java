package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.ReeveClient;
import io.reeve.client.TaskRequest;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A worker dies with work in its hands, and another takes it over. */
class WorkerIsKilled {

  private static final Duration SOON = Duration.ofSeconds(30);

  /** What reeve.session.resume-within is by default, and a second. */
  private static final Duration TAKEN_OVER_WITHIN = Duration.ofSeconds(6);

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  void itsTasksRunElsewhereAsSoonAsItCannotComeBack() {
    var node = fleet.node();
    var crane = fleet.worker("crane", node, 4);
    fleet.worker("heron", node, 8);
    try (var client = node.client()) {
      Await.until("both workers are connected", SOON, () -> bothServe(client));
      var tasks = List.copyOf(submitSleeps(client, 6, "5s"));
      Await.until("all are running", SOON, () -> all(client, tasks, 1, ""));
      var taken =
          tasks.stream().filter(id -> client.get(id).getWorkerId().equals("crane")).toList();
      assertThat(taken).as("tasks of the worker that dies").isNotEmpty();

      crane.kill();
      var took =
          Await.until(
              "its tasks run elsewhere",
              TAKEN_OVER_WITHIN.plus(SOON),
              () -> all(client, taken, 1, "heron"));

      System.out.printf(
          "%d tasks of a killed worker ran again after %d ms%n", taken.size(), took.toMillis());
      assertThat(took).isLessThanOrEqualTo(TAKEN_OVER_WITHIN);
      for (var id : tasks) {
        var ended = client.awaitResult(id, SOON);
        assertThat(ended.getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
        assertThat(ended.getAttempt()).as("a lost worker costs no attempt").isEqualTo(1);
        assertThat(ended.getLosses()).isEqualTo(taken.contains(id) ? 1 : 0);
      }
    }

    var history = new History(fleet);
    history.readOn();
    assertThat(history.checker().violations()).isEmpty();
    assertThat(history.checker().unfinished()).isEmpty();
  }

  /** Whether a task each went to both; those that come first may all go to one. */
  private static boolean bothServe(ReeveClient client) {
    return submitSleeps(client, 12, "200ms").stream()
            .map(id -> client.awaitResult(id, SOON).getWorkerId())
            .distinct()
            .count()
        == 2;
  }

  private static List<String> submitSleeps(ReeveClient client, int tasks, String time) {
    var sleep = TaskRequest.of("sleep").payload(time).backoffInitial(Duration.ZERO).build();
    return client.submitAll(Collections.nCopies(tasks, sleep)).taskIds();
  }

  private static boolean all(ReeveClient client, List<String> ids, int attempt, String workerId) {
    return ids.stream().map(client::get).allMatch(task -> runs(task, attempt, workerId));
  }

  private static boolean runs(Task task, int attempt, String workerId) {
    return task.getState() == TaskState.TASK_STATE_LEASED
        && task.getAttempt() == attempt
        && (workerId.isEmpty() || task.getWorkerId().equals(workerId));
  }
}
