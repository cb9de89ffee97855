package io.reeve.domain.dispatch;

import io.reeve.domain.task.TaskClass;
import java.util.List;

/**
 * The ready tasks of one class, by partition. Those that open grants will take are not available.
 */
final class ReadyClass {

  /** The head of a partition without ready tasks. */
  private static final long NO_HEAD = Long.MAX_VALUE;

  final TaskClass taskClass;

  private final int[] ready;
  private final int[] granted;
  private final long[] headMs;
  private final List<ReadyClass> changes;
  private boolean changed;
  private long available;

  /** Whether the rules let none of them start now. */
  private boolean paused;

  // Where it stands in the order, see WaitingTasks.

  /** What its queue had in its lane. */
  final Share share;

  /** The field of the workers that may run it. */
  Field field;

  /** It counts as waiting. */
  boolean waits;

  /** The head by which it stands in the order. */
  long placedHeadMs = NO_HEAD;

  /** Numbers the turns of classes whose heads are equally old: the lower number is next. */
  long turn;

  /** Tasks of it that its field counts. */
  long counted;

  /**
   * @param changes gets this class when its counts change, once until {@link #takenIn}
   */
  ReadyClass(
      TaskClass taskClass, int partitions, Share share, Field field, List<ReadyClass> changes) {
    this.taskClass = taskClass;
    this.ready = new int[partitions];
    this.granted = new int[partitions];
    this.headMs = new long[partitions];
    this.share = share;
    this.field = field;
    this.changes = changes;
  }

  void paused(boolean now) {
    if (paused != now) {
      paused = now;
      change();
    }
  }

  boolean paused() {
    return paused;
  }

  long available() {
    return paused ? 0 : available;
  }

  int availableAt(int partition) {
    return paused ? 0 : leftAt(partition);
  }

  private int leftAt(int partition) {
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

  /**
   * When the oldest ready task of the partition was submitted, as far as is known: those that open
   * grants will take are among them.
   */
  long headAt(int partition) {
    return headMs[partition];
  }

  /** When the oldest available task was submitted, as far as is known. */
  long head() {
    var head = NO_HEAD;
    for (var p = 0; p < ready.length; p++) {
      if (headMs[p] < head && ready[p] > granted[p]) {
        head = headMs[p];
      }
    }
    return head;
  }

  /**
   * So many tasks are ready at the partition.
   *
   * @param oldestMs when the first of them was submitted
   */
  void readyAt(int partition, int count, long oldestMs) {
    if (ready[partition] == count && headMs[partition] == oldestMs) {
      return;
    }
    available -= leftAt(partition);
    ready[partition] = count;
    headMs[partition] = oldestMs;
    available += leftAt(partition);
    change();
  }

  /** Counts {@code delta} more tasks as granted at the partition. */
  void grantedAt(int partition, int delta) {
    available -= leftAt(partition);
    granted[partition] += delta;
    available += leftAt(partition);
    change();
  }

  private void change() {
    if (!changed) {
      changed = true;
      changes.add(this);
    }
  }

  /** Its changes up to now are known to the order. */
  void takenIn() {
    changed = false;
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
