package io.reeve.journal;

/**
 * How much room there is for rows. A partition with too little takes no task, and goes on reading.
 */
public enum JournalRoom {
  /** For everything. */
  ENOUGH,
  /** For what becomes of the tasks that are there; none for new ones. */
  LOW,
  /** For no row: a write would fail. */
  NONE
}
