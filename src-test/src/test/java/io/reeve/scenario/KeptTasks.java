package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.ReeveClient;
import io.reeve.client.TaskQuery;
import io.reeve.client.TaskRequest;
import io.reeve.v1.TaskState;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Tasks under request ids that say what they are, of each kind of life: done at once, running,
 * waiting for a slot, delayed, several in one call. Whatever happens to the nodes in between, each
 * request id has to stand for the same tasks, and each task has to end once.
 */
final class KeptTasks {

  private static final int CALLS = 80;
  private static final int RUNNING = 12;
  private static final Duration REACHED_WITHIN = Duration.ofSeconds(60);
  private static final Duration ENDED_WITHIN = Duration.ofMinutes(2);

  private final String prefix;
  private final Map<String, List<String>> acknowledged = new HashMap<>();

  /**
   * @param prefix of the request ids
   */
  KeptTasks(String prefix) {
    this.prefix = prefix;
  }

  /** Hands everything in for the first time. */
  void submit(ReeveClient client) {
    for (var call = 0; call < CALLS; call++) {
      var submission = client.submitAll(prefix + call, requests(call));
      assertThat(submission.alreadySubmitted()).as(prefix + call).isFalse();
      acknowledged.put(prefix + call, submission.taskIds());
    }
  }

  /** Hands everything in again, and expects the same answers. */
  void repeat(ReeveClient client) {
    for (var call = 0; call < CALLS; call++) {
      var submission = client.submitAll(prefix + call, requests(call));
      assertThat(submission.taskIds()).as(prefix + call).isEqualTo(acknowledged.get(prefix + call));
      assertThat(submission.alreadySubmitted()).as(prefix + call).isTrue();
    }
  }

  /** Waits until some tasks are finished, some run, some wait for a worker and some for a time. */
  void awaitEachState(ReeveClient client) {
    Await.until(
        "tasks in each state",
        REACHED_WITHIN,
        () ->
            states(client)
                .containsAll(
                    Set.of(
                        TaskState.TASK_STATE_WAITING,
                        TaskState.TASK_STATE_READY,
                        TaskState.TASK_STATE_LEASED,
                        TaskState.TASK_STATE_COMPLETED)));
  }

  /** What a list of all tasks has to name, each once. */
  void areListed(ReeveClient client) {
    var listed = StreamSupport.stream(client.list(TaskQuery.all()).spliterator(), false);
    assertThat(listed.map(task -> task.getId()).filter(taskIds()::contains).toList())
        .containsExactlyInAnyOrderElementsOf(taskIds());
  }

  /** Waits until the journal says that everything has ended, then judges it. */
  void judge(History history, ReeveClient client) {
    Await.until(
        "every task has ended",
        ENDED_WITHIN,
        () -> {
          history.readOn();
          return history.checker().unfinished().isEmpty();
        });
    assertThat(history.checker().violations()).isEmpty();
    assertThat(history.checker().missing(acknowledged)).isEmpty();
    for (var id : taskIds()) {
      assertThat(client.get(id).getState()).as(id).isEqualTo(TaskState.TASK_STATE_COMPLETED);
    }
  }

  /** How many there are. */
  int count() {
    return taskIds().size();
  }

  /** The partitions that have some of them. */
  Set<Integer> partitions() {
    return taskIds().stream()
        .map(id -> Integer.parseInt(id.substring(0, id.indexOf('-'))))
        .collect(Collectors.toSet());
  }

  private Set<String> taskIds() {
    return acknowledged.values().stream().flatMap(List::stream).collect(Collectors.toSet());
  }

  private Set<TaskState> states(ReeveClient client) {
    var states = new HashSet<TaskState>();
    client.list(TaskQuery.all()).forEach(task -> states.add(task.getState()));
    return states;
  }

  private List<TaskRequest> requests(int call) {
    var text = prefix + call;
    var echo = TaskRequest.of("echo").payload(text).build();
    if (call < RUNNING) {
      return List.of(TaskRequest.of("sleep").payload("2s").build());
    }
    return switch (call % 3) {
      case 0 -> List.of(echo);
      case 1 -> List.of(TaskRequest.of("echo").payload(text).delay(Duration.ofSeconds(15)).build());
      default -> List.of(echo, TaskRequest.of("echo").payload(text + " too").build());
    };
  }
}
