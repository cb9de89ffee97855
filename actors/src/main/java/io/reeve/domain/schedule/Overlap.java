package io.reeve.domain.schedule;

/**
 * What happens when a run is due while the task of the run before it is not finished. Tasks that
 * were made by hand or by a backfill do not count as runs.
 */
public enum Overlap {
  /** The run does not happen. */
  SKIP,
  /** The run happens when the former ends. The latest waits; those before it are skipped. */
  QUEUE_ONE,
  /** The run happens beside the former. */
  PARALLEL,
  /** The run happens, and the former is cancelled. */
  CANCEL
}
