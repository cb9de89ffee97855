package io.reeve.domain.partition;

import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.UniqueKey;
import io.reeve.domain.task.UniqueTaken;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which task holds which unique key, the longest held first. A key has one holder at most.
 *
 * <p>A key goes when its task starts or ends, as its scope says, or when its time is over. One
 * whose time is over counts as gone at once, and its room is free with the next sweep. Nothing is
 * ever pushed out: without room for another key, the submission that brings it is refused.
 */
final class UniqueBook {

  /** Heap of a key beside its characters: key, entry, numbers and their share of the tables. */
  static final int OVERHEAD = 320;

  private final Limits.UniqueKeys limits;
  private final LinkedHashMap<UniqueKey, UniqueTaken> byKey = new LinkedHashMap<>();
  private final Map<Long, UniqueTaken> bySequence = new HashMap<>();

  /** When the time of a key is over. */
  private final DueHeap ends = new DueHeap(this::isHeldUntil);

  private long bytes;

  UniqueBook(Limits.UniqueKeys limits) {
    this.limits = limits;
  }

  int size() {
    return byKey.size();
  }

  /** Heap that the keys take. */
  long bytes() {
    return bytes;
  }

  /** The task that holds the key, or null. */
  @Nullable UniqueTaken holder(UniqueKey key, long nowMs) {
    var holder = byKey.get(key);
    return holder == null || holder.isOver(nowMs) ? null : holder;
  }

  /** Why the key finds no room, or null. One that is in the book needs none. */
  @Nullable Rejection noRoomFor(UniqueKey key) {
    if (byKey.containsKey(key)) {
      return null;
    }
    if (byKey.size() >= limits.max()) {
      return overCapacity("unique keys", limits.max(), byKey.size(), 1);
    }
    return bytes + cost(key) > limits.bytesMax()
        ? overCapacity("bytes of unique keys", limits.bytesMax(), bytes, cost(key))
        : null;
  }

  // ---- Events

  /** A task takes a key, from whoever held it. */
  void taken(UniqueTaken event) {
    var before = byKey.get(event.key());
    if (before != null) {
      remove(before);
    }
    byKey.put(event.key(), event);
    bySequence.put(event.sequence(), event);
    bytes += cost(event.key());
    if (event.untilMs() != 0) {
      ends.push(event.untilMs(), event.sequence(), 0);
    }
  }

  /** A task goes on to its next state. Costs a look where no task has a key. */
  void changed(long sequence, Task after) {
    if (bySequence.isEmpty()) {
      return;
    }
    var held = bySequence.get(sequence);
    if (held != null && !held.outlasts(after)) {
      remove(held);
    }
  }

  /** Forgets keys whose time is over. */
  void sweep(long nowMs) {
    ends.skipVoid();
    while (!ends.isEmpty() && ends.at() <= nowMs) {
      remove(bySequence.get(ends.sequence()));
      ends.skipVoid();
    }
  }

  private void remove(@Nullable UniqueTaken held) {
    if (held != null) {
      byKey.remove(held.key());
      bySequence.remove(held.sequence());
      bytes -= cost(held.key());
    }
  }

  /** The keys in the order in which a snapshot restores them. */
  UniqueTaken[] snapshot() {
    return byKey.values().toArray(UniqueTaken[]::new);
  }

  private boolean isHeldUntil(long untilMs, long sequence, long tag) {
    var held = bySequence.get(sequence);
    return held != null && held.untilMs() == untilMs;
  }

  private static long cost(UniqueKey key) {
    return OVERHEAD + 2L * (key.tenant().length() + key.text().length());
  }

  private static Rejection overCapacity(String what, long max, long held, long more) {
    return new Rejection(
        Rejection.Code.OVER_CAPACITY,
        "expected at most %d %s in a partition, got %d and %d more"
            .formatted(max, what, held, more));
  }
}
