package io.reeve.simulation;

import java.util.List;
import java.util.Set;

/** What a worker offers. */
record WorkerOffer(
    String id, int slots, int prefetch, int urgentPercent, List<String> queues, Set<String> kinds) {
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
