package io.reeve.domain.task;

/** How an attempt ended, in the words of its worker. */
public enum Outcome {
  /** It succeeded. */
  COMPLETED,
  /** It failed. */
  FAILED,
  /** It was handed back unused and does not count. */
  RELEASED
}
