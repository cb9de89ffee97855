package io.reeve.partition;

import java.util.ArrayDeque;

/**
 * When a partition takes a snapshot, and which journal rows may go once one is stored. Knows
 * numbers only.
 *
 * <p>A snapshot costs as much as there are tasks, so it waits for work worth that: finished tasks,
 * or rows, at least twice the tasks held. After a failure it waits as well, for a time that
 * doubles.
 */
final class SnapshotSchedule {

  private static final long NOTHING = 0;

  private final Partition.Snapshots settings;

  /** Row numbers of the snapshots known, the newest last; at most as many as are kept. */
  private final ArrayDeque<Long> stored = new ArrayDeque<>();

  /** The last row, durable or on its way. */
  private long row;

  private long rowOfLatest;
  private long finishedAtLatest;

  private boolean storing;
  private long finishedAtFreeze;

  private int failuresInRow;
  private long againAtNanos;

  SnapshotSchedule(Partition.Snapshots settings) {
    this.settings = settings;
  }

  /**
   * The partition starts.
   *
   * @param lastRow of its journal
   * @param snapshotRow of the snapshot that it started from; 0: from none
   */
  void recovered(long lastRow, long snapshotRow) {
    row = lastRow;
    rowOfLatest = snapshotRow;
    // Else a partition that restarts after each snapshot would never let rows go.
    if (snapshotRow > 0) {
      stored.add(snapshotRow);
    }
  }

  /** A row is written. */
  void rowWritten() {
    row++;
  }

  /** The last row. */
  long row() {
    return row;
  }

  /**
   * @param held tasks that a snapshot would contain
   * @param finishedTotal tasks that finished since the partition started
   */
  boolean due(int held, long finishedTotal, long nowNanos) {
    if (storing || (failuresInRow > 0 && nowNanos - againAtNanos < 0)) {
      return false;
    }
    var worth = 2L * held;
    return finishedTotal - finishedAtLatest >= Math.max(settings.finishedMin(), worth)
        || row - rowOfLatest >= Math.max(settings.rowsMin(), worth);
  }

  /** A snapshot of the last row is being stored. */
  void begun(long finishedTotal) {
    storing = true;
    finishedAtFreeze = finishedTotal;
  }

  /**
   * The snapshot of this row is durable.
   *
   * @return the row of the oldest snapshot to keep: rows up to it may go, and snapshots below it; 0
   *     when nothing may
   */
  long stored(long snapshotRow) {
    storing = false;
    failuresInRow = 0;
    rowOfLatest = snapshotRow;
    finishedAtLatest = finishedAtFreeze;
    stored.add(snapshotRow);
    if (stored.size() > settings.kept()) {
      stored.remove();
    }
    return stored.size() == settings.kept() ? stored.element() : NOTHING;
  }

  /** The snapshot could not be stored; gives the nanoseconds until the next attempt. */
  long failed(long nowNanos) {
    storing = false;
    failuresInRow++;
    var wait = settings.backoff().before(failuresInRow, 0).toNanos();
    againAtNanos = nowNanos + wait;
    return wait;
  }
}
