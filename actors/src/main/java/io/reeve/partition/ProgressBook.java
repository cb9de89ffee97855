package io.reeve.partition;

import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last that each running attempt reported of its progress. In memory only. */
final class ProgressBook {

  private final Map<Long, TaskView.Progress> bySequence = new HashMap<>();

  /**
   * Takes the progress of a running attempt; of any other lease it is ignored. Within an attempt
   * the percentage never falls, whatever its worker reports.
   *
   * @return whether it was taken
   */
  boolean take(Leases.ReportProgress report, PartitionState state, long nowMs) {
    if (state.get(report.sequence()) instanceof Task.Leased lease
        && lease.fence() == report.fence()) {
      var before = bySequence.get(report.sequence());
      var percent =
          before == null ? report.percent() : Math.max(before.percent(), report.percent());
      bySequence.put(report.sequence(), new TaskView.Progress(percent, report.message(), nowMs));
      return true;
    }
    return false;
  }

  /** Forgets the progress of attempts that these events ended. */
  void forget(List<PartitionEvent> events) {
    if (bySequence.isEmpty()) {
      return;
    }
    for (var event : events) {
      if (event instanceof TaskEvent change) {
        bySequence.remove(change.sequence());
      }
    }
  }

  /** Of the attempt in progress, if its worker reported any. */
  TaskView.@Nullable Progress of(long sequence) {
    return bySequence.get(sequence);
  }
}
