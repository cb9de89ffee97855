package io.reeve.domain.dispatch;

import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.List;

/**
 * The ready tasks of one class, by partition. Those that open grants will take are not available.
 */
final class ReadyClass {

  final TaskClass taskClass;

  /** The workers that may run it, in the order they came. */
  final List<WorkerLedger> workers = new ArrayList<>();

  private final int[] ready;
  private final int[] granted;
  private long available;

  ReadyClass(TaskClass taskClass, int partitions) {
    this.taskClass = taskClass;
    this.ready = new int[partitions];
    this.granted = new int[partitions];
  }

  long available() {
    return available;
  }

  int availableAt(int partition) {
    return Math.max(0, ready[partition] - granted[partition]);
  }

  int partitions() {
    return ready.length;
  }

  int readyAt(int partition) {
    return ready[partition];
  }

  /** Tasks at the partition that open grants may still take: the first ones in its order. */
  int grantedAt(int partition) {
    return granted[partition];
  }

  void readyAt(int partition, int count) {
    available -= availableAt(partition);
    ready[partition] = count;
    available += availableAt(partition);
  }

  /** Counts {@code delta} more tasks as granted at the partition. */
  void grantedAt(int partition, int delta) {
    available -= availableAt(partition);
    granted[partition] += delta;
    available += availableAt(partition);
  }

  boolean unused() {
    for (var p = 0; p < ready.length; p++) {
      if (ready[p] != 0 || granted[p] != 0) {
        return false;
      }
    }
    return true;
  }

  long readyTotal() {
    var total = 0L;
    for (var count : ready) {
      total += count;
    }
    return total;
  }
}
