package io.reeve.partition;

import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskEvent;
import io.reeve.partition.Clients.Reply;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Who watches which task, and which of these tasks changed. In memory only. */
final class TaskWatchers {

  private final TaskReader reader;
  private final int watchersMax;
  private final Map<Long, Set<ActorRef<Reply>>> watchers = new LinkedHashMap<>();
  private final Set<Long> changed = new LinkedHashSet<>();
  private int count;

  TaskWatchers(TaskReader reader, int watchersMax) {
    this.reader = reader;
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

  /** Remembers which watched tasks the events change. */
  void note(List<PartitionEvent> events) {
    if (watchers.isEmpty()) {
      return;
    }
    for (var event : events) {
      if (event instanceof TaskEvent change) {
        note(change.sequence());
      }
    }
  }

  /** Remembers that this task changed, if somebody watches it. */
  void note(long sequence) {
    if (watchers.containsKey(sequence)) {
      changed.add(sequence);
    }
  }

  /**
   * Tells watchers what changed; those of a finished task hear the last. A task that ended in a row
   * with so many others that it is forgotten already is not known any more.
   */
  void tell(PartitionState state, long nowMs) {
    for (var sequence : changed) {
      var set = watchers.get(sequence);
      if (set == null) {
        continue;
      }
      var told = reader.read(state, sequence, nowMs);
      set.forEach(watcher -> watcher.tell(told));
      var task = state.get(sequence);
      if (task instanceof Task.Finished || task == Task.Absent.TASK) {
        count -= set.size();
        watchers.remove(sequence);
      }
    }
    changed.clear();
  }
}
