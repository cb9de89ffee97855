package io.reeve.domain.session;

import io.reeve.domain.table.LongMap;
import org.jspecify.annotations.Nullable;

/**
 * The leases a session holds: by partition and sequence their fence, and whether they are urgent.
 * Holds no objects per lease: 16 bytes for each at half load, twice that for an urgent one.
 */
public final class LeaseTable {

  /** Gets each lease. */
  @FunctionalInterface
  public interface Visitor {
    void lease(long sequence, long fence);
  }

  private final LongMap[] byPartition;

  /** Those of {@link #byPartition} that are urgent; null before the first one of a partition. */
  private final @Nullable LongMap[] urgentByPartition;

  private long total;
  private long urgent;

  public LeaseTable(int partitions) {
    byPartition = new LongMap[partitions];
    urgentByPartition = new LongMap[partitions];
    for (var p = 0; p < partitions; p++) {
      byPartition[p] = new LongMap();
    }
  }

  /**
   * Takes a lease in; it replaces another one of the same task.
   *
   * @return the fence of the one replaced; 0 when there was none
   */
  public long put(int partition, long sequence, long fence) {
    forgetUrgent(partition, sequence);
    var replaced = byPartition[partition].put(sequence, fence);
    if (replaced == LongMap.NONE) {
      total++;
      return 0;
    }
    return replaced;
  }

  /** As {@link #put}, for a lease of an urgent task. */
  public long putUrgent(int partition, long sequence, long fence) {
    var replaced = put(partition, sequence, fence);
    var map = urgentByPartition[partition];
    if (map == null) {
      map = new LongMap();
      urgentByPartition[partition] = map;
    }
    map.put(sequence, fence);
    urgent++;
    return replaced;
  }

  /**
   * Takes over a lease that a resuming worker says to hold. A worker may hold two leases of one
   * task: an old one that it has settled but that was not acknowledged, and a newer one. The newer
   * one is taken over and the older one is lost, so that both sides count the same.
   *
   * @return the fence of the lease that is lost; 0 when none is
   */
  public long takeOver(int partition, long sequence, long fence) {
    var other = put(partition, sequence, fence);
    if (other > fence) {
      put(partition, sequence, other);
      return fence;
    }
    return other;
  }

  private void forgetUrgent(int partition, long sequence) {
    var map = urgentByPartition[partition];
    if (map != null && map.get(sequence) != LongMap.NONE) {
      map.remove(sequence);
      urgent--;
    }
  }

  /** Forgets a lease. A lease of the task with another fence stays. */
  public boolean remove(int partition, long sequence, long fence) {
    if (!holds(partition, sequence, fence)) {
      return false;
    }
    byPartition[partition].remove(sequence);
    forgetUrgent(partition, sequence);
    total--;
    return true;
  }

  public boolean holds(int partition, long sequence, long fence) {
    return byPartition[partition].get(sequence) == fence;
  }

  public int count(int partition) {
    return byPartition[partition].size();
  }

  public long total() {
    return total;
  }

  /** Of these the leases of urgent tasks. */
  public long urgent() {
    return urgent;
  }

  public void forEach(int partition, Visitor visitor) {
    byPartition[partition].forEach(visitor::lease);
  }
}
