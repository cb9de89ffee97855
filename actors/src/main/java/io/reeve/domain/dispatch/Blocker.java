package io.reeve.domain.dispatch;

/** What keeps a ready task from starting; {@link Blockers} tells which. */
public enum Blocker {
  /** Its partition does not report to the dispatcher, so nothing is granted there. */
  PARTITION_AWAY(1),
  /** Somebody paused its queue. */
  QUEUE_PAUSED(9),
  /** No session serves its queue. */
  NO_WORKER_FOR_QUEUE(2),
  /** Sessions serve its queue, and none of them runs its kind. */
  NO_WORKER_FOR_KIND(3),
  /** Sessions serve its queue and run its kind, and no worker of them has the labels. */
  NO_WORKER_WITH_LABELS(40),
  /** It waits until a worker is free of other tasks and set apart for it. */
  QUARANTINE(41),
  /** No session that may run it takes more work. */
  WORKERS_DRAINING(4),
  /** Nothing: it is granted, or there is credit for it and for all tasks ahead of it. */
  ON_ITS_WAY(5),
  /** The slots that there are for its lane go to others first. */
  BEHIND(6),
  /** Slots are free, but only for tasks of the other lane. */
  LANE_RESERVED(7),
  /** All slots are taken. */
  NO_CREDIT(8),
  /** A newer release named it by a number that is not known here. */
  UNKNOWN(0);

  private final int number;

  Blocker(int number) {
    this.number = number;
  }

  /** By which nodes name it to each other; never changes. */
  public int number() {
    return number;
  }

  /** The one with this number, or {@link #UNKNOWN}. */
  public static Blocker of(int number) {
    for (var blocker : values()) {
      if (blocker.number == number) {
        return blocker;
      }
    }
    return UNKNOWN;
  }
}
