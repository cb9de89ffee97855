package io.reeve.partition;

import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.Task;
import java.util.ArrayList;

/** Reads a page of tasks out of the state, in order, looking at a bounded number of them. */
final class TaskPages {

  private static final long NO_MORE = -1;

  private TaskPages() {}

  static Partition.Listed list(
      Partition.ListTasks query,
      int partition,
      PartitionState state,
      TaskWatchers watchers,
      long nowMs) {
    var page = new ArrayList<TaskView>();
    var seen = new int[1];
    var last = new long[] {query.after()};
    var more = new boolean[1];
    state.forEachAfter(
        query.after(),
        task -> {
          if (page.size() >= query.pageSize() || seen[0] >= query.scanMax()) {
            more[0] = true;
            return false;
          }
          seen[0]++;
          last[0] = task.spec().sequence();
          if (matches(query, task, nowMs)) {
            page.add(watchers.view(task, nowMs));
          }
          return true;
        });
    return new Partition.Listed(page, more[0] ? last[0] : NO_MORE);
  }

  private static boolean matches(Partition.ListTasks query, Task task, long nowMs) {
    var profile = task.spec().profile();
    return (query.states().isEmpty() || query.states().contains(task.stateAt(nowMs)))
        && matches(query.queue(), profile.taskClass().queue())
        && matches(query.kind(), profile.taskClass().kind())
        && matches(query.tenant(), profile.tenant());
  }

  private static boolean matches(String wanted, String actual) {
    return wanted.isEmpty() || wanted.equals(actual);
  }
}
