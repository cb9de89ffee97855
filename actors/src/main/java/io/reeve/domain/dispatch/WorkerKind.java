package io.reeve.domain.dispatch;

import io.reeve.domain.task.TaskClass;
import java.util.List;
import java.util.Set;

/**
 * Workers that may stand in for each other, as an autoscaler starts and stops them.
 *
 * @param queues what they serve; empty: whatever they serve
 * @param kinds what they run; empty: whatever they run
 */
public record WorkerKind(Set<String> queues, Set<String> kinds) {

  public WorkerKind {
    queues = Set.copyOf(queues);
    kinds = Set.copyOf(kinds);
  }

  /** Whether neither queues nor kinds are named: all workers that there are. */
  boolean isAny() {
    return queues.isEmpty() && kinds.isEmpty();
  }

  /** Whether a worker with this offer is one of them: it serves just these queues and kinds. */
  boolean includes(Offer offer) {
    return (queues.isEmpty() || queues.equals(Set.copyOf(offer.queues())))
        && (kinds.isEmpty() || kinds.equals(offer.kinds()));
  }

  /** Whether they may run tasks of this class if they have the labels. */
  boolean runs(TaskClass taskClass) {
    return taskClass.isServedBy(
        queues.isEmpty() ? List.of(taskClass.queue()) : queues,
        kinds.isEmpty() ? List.of(taskClass.kind()) : kinds);
  }
}
