package io.reeve.worker.slot;

/** Where a slot is. */
public enum SlotState {
  /** Not started yet, or on the way from one life to the next. */
  DOWN,
  /** Sleeps until there is work. */
  IDLE,
  /** Was woken, and takes its first attempt as soon as it has a thread. */
  WAKING,
  /** Runs an attempt. */
  BUSY,
  /** Waits out its backoff before the next life. */
  BACKING_OFF,
  /** Ended for good: by policy, or because of too many restarts. */
  FAILED
}
