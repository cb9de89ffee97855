package io.reeve.partition;

import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.Task;
import java.util.ArrayList;

/**
 * Reads a page of tasks out of the state, in order. It looks at a bounded number of them, and the
 * page is bounded in tasks and bytes.
 */
final class TaskPages {

  private static final long NO_MORE = -1;

  private TaskPages() {}

  static Clients.Listed list(
      Clients.ListTasks query, PartitionState state, TaskReader reader, long nowMs) {
    var page = new ArrayList<TaskView>();
    var seen = new int[1];
    var bytes = new long[1];
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
          if (matches(query, task, nowMs)) {
            var full = reader.view(task, nowMs).withoutAttempts();
            var view = query.omitBytes() ? full.withoutBytes() : full;
            bytes[0] += view.bytes();
            if (!page.isEmpty() && bytes[0] > query.bytesMax()) {
              more[0] = true;
              return false;
            }
            page.add(view);
          }
          last[0] = task.spec().sequence();
          return true;
        });
    return new Clients.Listed(page, more[0] ? last[0] : NO_MORE);
  }

  private static boolean matches(Clients.ListTasks query, Task task, long nowMs) {
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
