package io.reeve.client.fake;

import com.google.protobuf.Timestamp;
import io.reeve.v1.ExplainResponse;
import io.reeve.v1.Lane;
import io.reeve.v1.Task;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.TaskState;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The fake server's tasks, by id in order of submission; ids are {@code t-1}, {@code t-2} and on.
 */
public final class FakeTasks {

  /** Hears of each change of one task until it says it has heard enough. */
  interface Watcher {
    void changed(Task task);

    void broken();
  }

  private final Clock clock;
  private final Map<String, Task> byId = new LinkedHashMap<>();
  private final Map<String, ExplainResponse> explanations = new HashMap<>();
  private final Map<String, List<String>> idsByRequest = new HashMap<>();
  private final Map<String, List<Watcher>> watchers = new HashMap<>();
  private final Deque<String> readyNormal = new ArrayDeque<>();
  private final Deque<String> readyUrgent = new ArrayDeque<>();
  private final List<Runnable> onReady = new ArrayList<>();

  FakeTasks(Clock clock) {
    this.clock = clock;
  }

  Timestamp now() {
    var now = clock.instant();
    return Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()).build();
  }

  /** Says from now on so of the task that it names. */
  synchronized void explain(ExplainResponse explanation) {
    explanations.put(explanation.getTaskId(), explanation);
  }

  /** What a test said of the task, or null. */
  synchronized @Nullable ExplainResponse explanation(String id) {
    return explanations.get(id);
  }

  /** Ids of the tasks, and whether this request id was known. */
  record Taken(List<String> ids, boolean already) {}

  synchronized Taken submit(String requestId, List<TaskSpec> specs) {
    var known = requestId.isEmpty() ? null : idsByRequest.get(requestId);
    if (known != null) {
      return new Taken(known, true);
    }
    var ids = new ArrayList<String>();
    for (var spec : specs) {
      var id = "t-" + (byId.size() + 1);
      byId.put(
          id,
          Task.newBuilder()
              .setId(id)
              .setState(
                  spec.hasDelay() || spec.hasNotBefore()
                      ? TaskState.TASK_STATE_WAITING
                      : TaskState.TASK_STATE_READY)
              .setSpec(spec)
              .setSubmittedAt(now())
              .setDueAt(now())
              .build());
      (spec.getLane() == Lane.LANE_URGENT ? readyUrgent : readyNormal).add(id);
      ids.add(id);
    }
    if (!requestId.isEmpty()) {
      idsByRequest.put(requestId, ids);
    }
    onReady.forEach(Runnable::run);
    return new Taken(ids, false);
  }

  /** Sets when a task was submitted. */
  public void submittedAt(String id, java.time.Instant instant) {
    change(
        id,
        task -> task.setSubmittedAt(Timestamp.newBuilder().setSeconds(instant.getEpochSecond())));
  }

  public synchronized int count() {
    return byId.size();
  }

  public synchronized List<Task> all() {
    return List.copyOf(byId.values());
  }

  synchronized @Nullable Task find(String id) {
    return byId.get(id);
  }

  Task get(String id) {
    var task = find(id);
    if (task == null) {
      throw new NoSuchElementException("no task " + id);
    }
    return task;
  }

  synchronized Task change(String id, UnaryOperator<Task.Builder> change) {
    var task = change.apply(get(id).toBuilder()).build();
    byId.put(id, task);
    for (var watcher : List.copyOf(watchers.getOrDefault(id, List.of()))) {
      watcher.changed(task);
    }
    return task;
  }

  static Task.Builder lease(Task.Builder task, String workerId, Timestamp at) {
    return task.setState(TaskState.TASK_STATE_LEASED)
        .setAttempt(task.getAttempt() + 1)
        .setFence(task.getFence() + 1)
        .setLeasedAt(at)
        .setWorkerId(workerId);
  }

  /** Shows the task as it is, and each change from then on. */
  synchronized void watch(String id, Watcher watcher) {
    watchers.computeIfAbsent(id, any -> new ArrayList<>()).add(watcher);
    watcher.changed(get(id));
  }

  synchronized void unwatch(String id, Watcher watcher) {
    watchers.getOrDefault(id, new ArrayList<>()).remove(watcher);
  }

  synchronized void breakWatches() {
    var open = new ArrayList<Watcher>();
    watchers.values().forEach(open::addAll);
    watchers.clear();
    open.forEach(Watcher::broken);
  }

  synchronized int watching(String id) {
    return watchers.getOrDefault(id, List.of()).size();
  }

  /** Whether anybody watches the task now. */
  public boolean isWatched(String id) {
    return watching(id) > 0;
  }

  synchronized void onReady(Runnable listener) {
    onReady.add(listener);
  }

  /** Takes ready tasks for a worker, urgent ones first, and shows each. */
  synchronized void takeReady(int normal, int urgent, String workerId, Consumer<Task> each) {
    var left = normal;
    for (var i = 0; i < urgent && !readyUrgent.isEmpty(); i++, left--) {
      take(readyUrgent, workerId, each);
    }
    for (; left > 0 && !readyNormal.isEmpty(); left--) {
      take(readyNormal, workerId, each);
    }
  }

  private void take(Deque<String> ready, String workerId, Consumer<Task> each) {
    var id = ready.remove();
    if (get(id).getState() == TaskState.TASK_STATE_READY) {
      each.accept(change(id, task -> lease(task, workerId, now())));
    }
  }

  /** Gives a leased task back, as after the death of its worker. */
  synchronized void release(String id) {
    var task = change(id, released -> released.setState(TaskState.TASK_STATE_READY));
    (task.getSpec().getLane() == Lane.LANE_URGENT ? readyUrgent : readyNormal).addFirst(id);
    onReady.forEach(Runnable::run);
  }
}
