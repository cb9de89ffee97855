package io.reeve.rig;

import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When each task was submitted, first leased and ended, by the wall clock of its node, and whether
 * the tasks of a class were first leased in the order of their submission.
 */
final class StartOrder {

  private static final int KEPT_MAX = 10;

  /** What is interchangeable, in one partition. */
  private record Line(int partition, TaskClass taskClass) {}

  /** One task; times in milliseconds since the epoch, 0: not yet. */
  static final class Times {
    private final Line line;
    final long submittedAtMs;
    long leasedAtMs;
    long endedAtMs;

    private Times(Line line, long submittedAtMs) {
      this.line = line;
      this.submittedAtMs = submittedAtMs;
    }
  }

  private final Map<TaskId, Times> tasks = new HashMap<>();
  private final Map<Line, Long> lastLeased = new HashMap<>();
  private final List<String> wrong = new ArrayList<>();

  private void enter(int partition, Task.Queued task) {
    var profile = task.spec().profile();
    tasks.put(
        new TaskId(partition, task.spec().sequence()),
        new Times(new Line(partition, profile.taskClass()), task.spec().submittedAtMs()));
  }

  void add(int partition, PartitionEvent event) {
    if (event instanceof Submission submission) {
      submission.tasks().forEach(task -> enter(partition, task));
    } else if (event instanceof Redriven redriven) {
      enter(partition, redriven.task());
    } else if (event instanceof TaskEvent task) {
      var times = tasks.get(new TaskId(partition, task.sequence()));
      if (times == null) {
        return; // the checker tells
      }
      if (event instanceof TaskEvent.Leased lease) {
        leased(times, lease);
      } else if (event instanceof TaskEvent.Completed || event instanceof TaskEvent.Cancelled) {
        times.endedAtMs = task.atMs();
      }
    }
  }

  private void leased(Times times, TaskEvent.Leased lease) {
    if (lease.fence() > 1) {
      return; // it comes back to the queue, and its turn was long ago
    }
    times.leasedAtMs = lease.atMs();
    var last = lastLeased.put(times.line, lease.sequence());
    if (last != null && last > lease.sequence() && wrong.size() < KEPT_MAX) {
      wrong.add(
          "expected the tasks of %s in the order of their submission, got %d after %d"
              .formatted(times.line, lease.sequence(), last));
    }
  }

  Collection<Times> tasks() {
    return tasks.values();
  }

  /** Tasks that waited at this instant, or ran. */
  long backlogAt(long atMs) {
    return tasks.values().stream()
        .filter(it -> it.submittedAtMs <= atMs && (it.endedAtMs == 0 || it.endedAtMs > atMs))
        .count();
  }

  /** Tasks that ended from one instant up to another. */
  long endedBetween(long fromMs, long toMs) {
    return tasks.values().stream()
        .filter(it -> it.endedAtMs > fromMs && it.endedAtMs <= toMs)
        .count();
  }

  /** Where the order was not kept; the first few. */
  List<String> wrong() {
    return List.copyOf(wrong);
  }
}
