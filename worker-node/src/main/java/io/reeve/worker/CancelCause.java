package io.reeve.worker;

/** Why a running attempt is to stop. */
public enum CancelCause {
  /** A client cancelled the task. */
  CANCELLED,
  /** It ran longer than it may. */
  TIMED_OUT,
  /** The lease is no longer this worker's; another attempt may run already. */
  LEASE_LOST,
  /** The worker ends, and hands the task back. */
  HANDED_BACK
}
