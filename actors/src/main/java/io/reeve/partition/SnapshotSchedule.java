package io.reeve.partition;

import java.util.ArrayDeque;

/**
 * When a partition takes a snapshot, and which journal rows may go once one is stored. Knows
 * numbers only.
 *
 * <p>A snapshot costs as much as there are tasks, so it waits for work worth that: finished tasks,
 * or rows, at least twice the tasks held. It waits for less where a replay would need much more
 * heap than the tasks that live now. After a failure it waits as well, for a time that doubles.
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

  /** The most bytes of live tasks between the latest stored snapshot and the latest frozen one. */
  private long peakBeforeFreeze;

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
   * @param fellMuch whether a replay would need much more heap than what lives now
   */
  boolean due(int held, long finishedTotal, boolean fellMuch, long nowNanos) {
    if (storing || (failuresInRow > 0 && nowNanos - againAtNanos < 0)) {
      return false;
    }
    var worth = 2L * held;
    return fellMuch
        || finishedTotal - finishedAtLatest >= Math.max(settings.finishedMin(), worth)
        || row - rowOfLatest >= Math.max(settings.rowsMin(), worth);
  }

  /**
   * The most bytes of live tasks that a replay would meet at one time.
   *
   * @param peakSinceFreeze the most since the last call of {@link #begun}
   */
  long peak(long peakSinceFreeze) {
    return Math.max(peakBeforeFreeze, peakSinceFreeze);
  }

  /**
   * A snapshot of the last row is being stored.
   *
   * @param peak as {@link #peak} gave it before
   */
  void begun(long finishedTotal, long peak) {
    storing = true;
    finishedAtFreeze = finishedTotal;
    peakBeforeFreeze = peak;
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
    peakBeforeFreeze = 0;
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
