package io.reeve.domain.partition;

import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.TaskProfile;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which labels live tasks of a partition require, and how many tasks each set of them. The number
 * of sets has a bound, since the dispatcher compares each with the workers. Tasks that require none
 * cost nothing here.
 */
final class NeedsBook {

  /** Different sets of labels; so few that sixteen partitions stay below the classes kept. */
  static final int MAX = 256;

  private final Map<Labels, Integer> tasks = new HashMap<>();

  void add(TaskProfile profile) {
    var needs = profile.taskClass().needs();
    if (!needs.isEmpty()) {
      tasks.merge(needs, 1, Integer::sum);
    }
  }

  void remove(TaskProfile profile) {
    var needs = profile.taskClass().needs();
    if (!needs.isEmpty()) {
      tasks.computeIfPresent(needs, (same, count) -> count == 1 ? null : count - 1);
    }
  }

  /** Whether a task with this profile would require labels that no live task requires. */
  boolean isNew(TaskProfile profile) {
    var needs = profile.taskClass().needs();
    return !needs.isEmpty() && !tasks.containsKey(needs);
  }

  /** Why so many more sets of labels find no room, or null. */
  @Nullable Rejection noRoomFor(int more) {
    return more == 0 || tasks.size() + more <= MAX
        ? null
        : new Rejection(
            Rejection.Code.TOO_MANY_CLASSES,
            "expected at most %d different sets of required labels in a partition, got %d and %d more"
                .formatted(MAX, tasks.size(), more));
  }
}
