package io.reeve.node;

import io.reeve.partition.PartitionSettings;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

/**
 * What the heap's size comes to for the partitions of this process, in bytes.
 *
 * @param heap the most that the heap may grow to
 * @param old the most that its old generation may grow to, where long-lived objects are
 * @param live tasks up to which submissions are taken
 * @param liveLimit tasks up to which partitions start
 * @param finished tasks that stay readable
 */
record HeapShares(long heap, long old, long live, long liveLimit, long finished) {

  private static final long MIB = 1 << 20;

  /**
   * @param heap the most that the heap may grow to
   * @param pools of this JVM
   */
  static HeapShares of(long heap, List<MemoryPoolMXBean> pools, PartitionSettings.Memory shares) {
    // Some collectors have no bound of its own for the old generation; then two thirds are.
    var old = heap / 3 * 2;
    for (var pool : pools) {
      var name = pool.getName();
      var max = pool.getUsage().getMax();
      if (pool.getType() == MemoryType.HEAP
          && (name.contains("Old") || name.contains("Tenured"))
          && max > 0
          && max < heap) {
        old = max;
      }
    }
    return new HeapShares(
        heap,
        old,
        Math.max(MIB, (long) (old * shares.live())),
        Math.max(MIB, (long) (old * shares.liveLimit())),
        (long) (old * shares.finished()));
  }

  @Override
  public String toString() {
    return "heap %d MiB, old generation %d MiB: live tasks %d MiB, at a start %d MiB; finished tasks %d MiB"
        .formatted(heap / MIB, old / MIB, live / MIB, liveLimit / MIB, finished / MIB);
  }

  /** What an operator is told when the partitions here hold more than the heap has room for. */
  String tooSmallFor(long liveBytes) {
    return "the partitions here hold %d MiB of live tasks or more, and %d MiB fit into a heap of %d MiB: start with a larger one, such as REEVE_HEAP=%dm (-Xmx%dm)"
        .formatted(
            liveBytes / MIB, liveLimit / MIB, heap / MIB, heapFor(liveBytes), heapFor(liveBytes));
  }

  /** Twice the present heap at least: not all of the tasks were counted. */
  private long heapFor(long liveBytes) {
    return Math.max(2 * heap, (long) ((double) heap * liveBytes / live)) / MIB;
  }
}
