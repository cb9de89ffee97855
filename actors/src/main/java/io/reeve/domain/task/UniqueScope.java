package io.reeve.domain.task;

/** How long a task holds its unique key. */
public enum UniqueScope {
  /** Until a worker gets its first lease, or it ends without one. */
  WHILE_WAITING,
  /** Until it ends, in whatever way. */
  UNTIL_ENDED,
  /** For a time from its submission on, whatever becomes of it. */
  FOR_PERIOD
}
