package io.reeve.domain.dispatch;

import io.reeve.domain.task.Lane;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * The waiting classes of one lane that the same groups of workers may run. They find a free worker
 * together or not at all, so a round leaves a whole field where it has none, however many classes
 * wait there.
 */
final class Field {

  private static final Comparator<Part> LEAST_PAID =
      Comparator.comparingDouble((Part part) -> part.share.paid)
          .thenComparingInt(part -> part.share.no);

  final Lane lane;
  final List<Group> groups;

  /** What waits, the queue that paid least first. */
  final TreeSet<Part> parts = new TreeSet<>(LEAST_PAID);

  /** Tasks that wait. */
  long available;

  /** The weights of the queues that wait. */
  long weights;

  Field(Lane lane, List<Group> groups) {
    this.lane = lane;
    this.groups = groups;
  }

  /** Whether a worker has room for a task of it. */
  boolean isOpen() {
    for (var group : groups) {
      if (!group.free(lane).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Credit of its workers that stands at partitions. */
  long standing() {
    var standing = 0L;
    for (var group : groups) {
      standing += group.standing();
    }
    return standing;
  }

  /** Credit of its workers that is on its way back from partitions. */
  long revoking() {
    var revoking = 0L;
    for (var group : groups) {
      revoking += group.revoking();
    }
    return revoking;
  }
}
