package io.reeve.partition;

import io.reeve.domain.partition.PartitionState;
import java.util.HashMap;
import java.util.Map;

/**
 * How a partition is at one moment.
 *
 * @param waiting tasks that are not due
 * @param ready tasks that a worker may run
 * @param leased tasks that a worker runs
 * @param dead dead letters that nobody has decided about
 * @param finished finished tasks that are kept, all dead ones included
 * @param schedules schedules, ended ones included
 * @param queues those with ready tasks
 */
public record PartitionLook(
    int waiting,
    int ready,
    int leased,
    int dead,
    int finished,
    int schedules,
    Map<String, OfQueue> queues) {

  public PartitionLook {
    queues = Map.copyOf(queues);
  }

  /**
   * Ready tasks of one queue.
   *
   * @param oldestDueMs when the one that is next in its class and has waited longest became due
   */
  public record OfQueue(int ready, long oldestDueMs) {

    /** Both together. */
    public OfQueue and(OfQueue other) {
      return new OfQueue(ready + other.ready, Math.min(oldestDueMs, other.oldestDueMs));
    }
  }

  static PartitionLook of(PartitionState state) {
    var queues = new HashMap<String, OfQueue>();
    for (var taskClass : state.readyClasses()) {
      var next = state.get(state.head(taskClass));
      queues.merge(
          taskClass.queue(), new OfQueue(state.ready(taskClass), next.dueAtMs()), OfQueue::and);
    }
    var ready = state.ready();
    var leased = state.leases().held();
    return new PartitionLook(
        state.live() - ready - leased,
        ready,
        leased,
        state.dead().open(),
        state.finishedKept(),
        state.schedules().size(),
        queues);
  }
}
