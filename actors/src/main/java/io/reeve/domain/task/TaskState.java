package io.reeve.domain.task;

/** Where a task is in its life, as shown to the outside. */
public enum TaskState {
  /** Not yet due: delayed by its submitter, or backing off before its next attempt. */
  WAITING(false),
  /** Due, and waiting for a worker. */
  READY(false),
  /** A worker holds the lease of its current attempt. */
  LEASED(false),
  /** An attempt succeeded. */
  COMPLETED(true),
  /** No attempts left, or an attempt failed for good. */
  DEAD(true),
  /** Cancelled by a client. */
  CANCELLED(true),
  /** Not started within its queue timeout. */
  EXPIRED(true);

  private final boolean terminal;

  TaskState(boolean terminal) {
    this.terminal = terminal;
  }

  /** Whether a task in this state never leaves it. */
  public boolean terminal() {
    return terminal;
  }
}
