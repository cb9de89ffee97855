package io.reeve.worker.restart;

/** How one life of a supervised routine came to its end. */
public enum Ending {
  /** It came to its end by itself and as it should. */
  RETURNED,
  /** It gave up, because its work could not be brought to an end. */
  FAILED,
  /** Something was thrown through it. */
  THREW
}
