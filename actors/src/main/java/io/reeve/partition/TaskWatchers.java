package io.reeve.partition;

import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskId;
import io.reeve.partition.Clients.Reply;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Who looks at which task, and the progress that running attempts reported. In memory only. */
final class TaskWatchers {

  private static final byte[] NOTHING = {};

  private final int partition;
  private final int watchersMax;
  private final Map<Long, Set<ActorRef<Reply>>> watchers = new LinkedHashMap<>();
  private final Map<Long, TaskView.Progress> progress = new HashMap<>();
  private final Set<Long> changed = new LinkedHashSet<>();
  private int count;

  TaskWatchers(int partition, int watchersMax) {
    this.partition = partition;
    this.watchersMax = watchersMax;
  }

  /** Adds a watcher; null, or why not. */
  @Nullable Rejection add(long sequence, ActorRef<Reply> watcher) {
    if (count >= watchersMax) {
      return new Rejection(
          Rejection.Code.OVERLOADED,
          "expected at most " + watchersMax + " watches in a partition, got one more");
    }
    if (watchers.computeIfAbsent(sequence, s -> new LinkedHashSet<>()).add(watcher)) {
      count++;
    }
    return null;
  }

  /** The watcher does not look any more. */
  void remove(long sequence, ActorRef<Reply> watcher) {
    var set = watchers.get(sequence);
    if (set != null && set.remove(watcher)) {
      count--;
      if (set.isEmpty()) {
        watchers.remove(sequence);
      }
    }
  }

  /** Remembers which watched tasks the events change, and forgets progress of ended attempts. */
  void note(List<PartitionEvent> events) {
    if (watchers.isEmpty() && progress.isEmpty()) {
      return;
    }
    for (var event : events) {
      if (event instanceof TaskEvent change) {
        progress.remove(change.sequence());
        if (watchers.containsKey(change.sequence())) {
          changed.add(change.sequence());
        }
      }
    }
  }

  /**
   * Takes the progress of a running attempt; of any other lease it is ignored. Within an attempt
   * the percentage never falls, whatever its worker reports.
   */
  void progress(Leases.ReportProgress report, PartitionState state, long nowMs) {
    if (state.get(report.sequence()) instanceof Task.Leased lease
        && lease.fence() == report.fence()) {
      var before = progress.get(report.sequence());
      var percent =
          before == null ? report.percent() : Math.max(before.percent(), report.percent());
      progress.put(report.sequence(), new TaskView.Progress(percent, report.message(), nowMs));
      if (watchers.containsKey(report.sequence())) {
        changed.add(report.sequence());
      }
    }
  }

  /** Tells watchers what changed; those of a finished task hear the last. */
  void tell(PartitionState state, long nowMs) {
    if (changed.isEmpty()) {
      return;
    }
    for (var sequence : changed) {
      var set = watchers.get(sequence);
      var task = state.get(sequence);
      if (set == null) {
        continue;
      }
      var told =
          task == Task.Absent.TASK ? forgotten(sequence) : new Clients.Found(view(task, nowMs));
      set.forEach(watcher -> watcher.tell(told));
      if (task instanceof Task.Finished || task == Task.Absent.TASK) {
        count -= set.size();
        watchers.remove(sequence);
      }
    }
    changed.clear();
  }

  /** The task ended in a row with so many others that it is forgotten already. */
  private Clients.Refused forgotten(long sequence) {
    return new Clients.Refused(
        new Rejection(
            Rejection.Code.UNKNOWN_TASK,
            "expected a known task, got " + new TaskId(partition, sequence)));
  }

  /** The task as readers see it. */
  TaskView view(Task task, long nowMs) {
    var spec = task.spec();
    var past = task.past();
    return new TaskView(
        new TaskId(partition, spec.sequence()),
        task.stateAt(nowMs),
        spec.bytes(),
        task.attempt(),
        task.fence(),
        spec.submittedAtMs(),
        task.dueAtMs(),
        past.leasedAtMs(),
        task instanceof Task.Finished finished ? finished.finishedAtMs() : 0,
        task instanceof Task.Completed completed ? completed.result() : NOTHING,
        past.failure(),
        past.failedAtMs(),
        task instanceof Task.Cancelled cancelled ? cancelled.reason() : "",
        past.workerId(),
        progress.get(spec.sequence()));
  }
}
