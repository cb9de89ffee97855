package io.reeve.domain.task;

/** What becomes of a submission whose unique key another task holds. */
public enum OnCollision {
  /** It makes no task, and its answer names the other one. */
  RETURN_FIRST,
  /** It takes the place of the other one if that waits for its first start; else it is refused. */
  REPLACE,
  /** It is refused. */
  REFUSE
}
