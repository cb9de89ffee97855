package io.reeve.check;

/** What must hold of every history. A violation is named by one of these. */
public enum Invariant {
  /** What a client was told to be stored is stored. */
  NO_LOST_ACK,
  /** Every stored task was asked for by a client. */
  NO_GHOST,
  /** One request id stands for one submission, in the journal and in every answer. */
  ONE_SUBMISSION_PER_REQUEST,
  /** Nothing follows the end of a task, and every reader sees the same end. */
  ONE_END,
  /**
   * Fences grow by one with each lease, and what ends an attempt carries that of the open lease.
   */
  FENCES_GROW,
  /** A lease begins only when none is open. */
  ONE_LEASE,
  /** A worker gets only leases that are stored. */
  LEASES_ARE_STORED,
  /** Attempts stay within the bound of the task's policy, and a task dies at exactly the bound. */
  ATTEMPTS_BOUND,
  /**
   * A task runs again after at most as many losses of its worker as the rule says, and dies of the
   * next one, or of the first one if it has one attempt.
   */
  LOSSES_BOUND,
  /** A task in quarantine has nothing beside it that came in the same session. */
  QUARANTINE_ALONE,
  /** The wait after a failure is at least what the policy says. */
  BACKOFF_KEPT,
  /** A settlement that was accepted is stored as it was said; one that was refused is not. */
  SETTLEMENTS_AGREE,
  /** A worker gets no task that requires a label which it does not have. */
  LABELS_KEPT,
  /** A worker never holds more than its capacity, nor normal tasks in its urgent reserve. */
  CREDIT_KEPT,
  /** No lease before the task is due, none lost before its time. */
  NOT_TOO_EARLY,
  /** No lease runs out that its holder renewed in time, though the renewal had to wait. */
  RENEWALS_COUNT,
  /** Of the due tasks of one class in one partition the higher priority starts first. */
  PRIORITY_FIRST,
  /** Of the due tasks of one class and priority in one partition the oldest starts first. */
  FIRST_IN_FIRST_OUT,
  /**
   * A task that no attempt has started when its queue timeout is over gets no lease any more, also
   * if it was handed back before.
   */
  EXPIRES_IN_TIME,
  /** A reader sees the latest failure of a task, whatever came after it. */
  FAILURE_KEPT,
  /** A schedule makes one task at most for a planned instant, and none before it. */
  ONE_TASK_PER_INSTANT,
  /** Each planned instant that a schedule passes fires, waits or is counted as skipped. */
  EVERY_INSTANT_ANSWERED,
  /** A run begins beside the one before it only where the policy of its schedule says so. */
  OVERLAP_KEPT,
  /** No two tasks hold a unique key at one time. */
  UNIQUE_KEPT,
  /** A task that a client was told to be cancelled is. */
  CANCEL_IS_FINAL,
  /** A dead task is redriven once at most, as it was, and everybody hears of the same new task. */
  REDRIVEN_ONCE,
  /** A dead task that nobody decided about stays listed, within the bounds. */
  DEAD_KEPT,
  /** A client never sees a task go back. */
  READS_GO_ON,
  /**
   * No two dispatchers share an epoch, and no partition leases under an older one than it knows.
   */
  EPOCHS_GROW,
  /**
   * No lease of a paused queue begins at a partition that said that it keeps the pause, nor at any
   * once the caller was told so.
   */
  PAUSE_KEPT,
  /** No partition that keeps rules goes back to an older dispatcher, restarts included. */
  HEEDED_EPOCH_GROWS,
  /** Rules never fall behind, restarts included, and a superseded dispatcher sets none. */
  RULES_GO_ON,
  /** When nothing fails any more, every task comes to an end. */
  EVERYTHING_ENDS,
  /** When nothing runs any more, the dispatcher counts nothing in flight. */
  CREDIT_COMES_BACK,
  /** A snapshot tells of one instant, however long it takes to store it. */
  SNAPSHOTS_ARE_FROZEN,
  /** Of what a session repeats until it is answered, one message waits at a partition. */
  ONE_REPEAT_WAITS,
  /** While nothing fails, each call is answered soon, whatever else its partition does. */
  CALLS_ARE_ANSWERED,
  /** No rule throws. */
  NOTHING_THROWS
}
