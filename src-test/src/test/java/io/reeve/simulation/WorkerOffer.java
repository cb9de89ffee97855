package io.reeve.simulation;

import io.reeve.domain.task.Labels;
import java.util.List;
import java.util.Set;

/** What a worker offers. */
record WorkerOffer(
    String id,
    int slots,
    int prefetch,
    int urgentPercent,
    List<String> queues,
    Set<String> kinds,
    Labels labels) {

  /** The offer of a worker with every label that a task may require. */
  WorkerOffer(
      String id,
      int slots,
      int prefetch,
      int urgentPercent,
      List<String> queues,
      Set<String> kinds) {
    this(id, slots, prefetch, urgentPercent, queues, kinds, SimClient.ALL_LABELS);
  }

  int capacity() {
    return slots + prefetch;
  }

  /** As in the real worker: a share of the capacity, at least one, never all. */
  int reserve(int capacity) {
    return urgentPercent == 0 || capacity < 2
        ? 0
        : Math.min(capacity - 1, Math.max(1, capacity * urgentPercent / 100));
  }
}
