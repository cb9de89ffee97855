package io.reeve.node.store;

import static io.reeve.node.store.StoreException.Reason.FEWER_PARTITIONS;

import io.reeve.domain.partition.PartitionCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How many partitions a node works with on a store: as many as its setting says, or as many as
 * there are. A number that the store does not have yet is written down only once this node is a
 * member of a cluster, whose nodes all have the same number, and before it takes tasks: so a node
 * that the others refuse leaves nothing behind.
 */
public final class PartitionGrowth {

  private static final int FRESH_ALONE = 4;
  private static final int FRESH_SHARED = 16;

  private final Store store;
  private final List<PartitionCounts.Line> found;
  private final int count;

  private PartitionGrowth(Store store, List<PartitionCounts.Line> found, int count) {
    this.store = store;
    this.found = found;
    this.count = count;
  }

  /**
   * Reads what the store has; blocks.
   *
   * @param wanted by the setting; 0: as many as there are
   * @throws StoreException when the store has more, or does not answer
   */
  public static PartitionGrowth of(Store store, int wanted) {
    var found = store.partitionCounts();
    return new PartitionGrowth(store, found, count(found, wanted, store.shared(), store.where()));
  }

  /** The rule. */
  static int count(List<PartitionCounts.Line> found, int wanted, boolean shared, String where) {
    if (found.isEmpty()) {
      var fresh = shared ? FRESH_SHARED : FRESH_ALONE;
      return wanted == 0 ? fresh : wanted;
    }
    var there = new PartitionCounts(found).now();
    if (wanted != 0 && wanted < there) {
      throw new StoreException(
          FEWER_PARTITIONS,
          "reeve.partition.count: expected %1$d or more, got %2$d; %3$s has %1$d partitions, and their number never shrinks: set it to %1$d, or leave it out"
              .formatted(there, wanted, where));
    }
    return Math.max(wanted, there);
  }

  /** How many partitions there are. */
  public int count() {
    return count;
  }

  /**
   * With those of before, also while the store has to be told yet. The instants are not for use.
   */
  public PartitionCounts withFormer() {
    var lines = new ArrayList<>(found);
    if (!has(found)) {
      lines.add(new PartitionCounts.Line(count, 0));
    }
    return new PartitionCounts(lines);
  }

  /** With those of before, once the store has the number; empty: it has to be told first. */
  public Optional<PartitionCounts> kept() {
    return has(found) ? Optional.of(new PartitionCounts(found)) : Optional.empty();
  }

  /**
   * Writes the number down where it is new, and returns it with those of before; blocks.
   *
   * @param nowMs by the wall clock
   * @throws StoreException when the store does not answer, or has more of them by now
   */
  public PartitionCounts keep(long nowMs) {
    if (!has(found)) {
      store.addPartitionCount(new PartitionCounts.Line(count, found.isEmpty() ? 0 : nowMs));
    }
    var kept = store.partitionCounts();
    if (!has(kept)) {
      throw new StoreException(
          FEWER_PARTITIONS,
          ("reeve.partition.count: other nodes gave %s more partitions than %d in the meantime;"
                  + " start again")
              .formatted(store.where(), count));
    }
    return new PartitionCounts(kept);
  }

  private boolean has(List<PartitionCounts.Line> lines) {
    return !lines.isEmpty() && lines.get(lines.size() - 1).count() == count;
  }
}
