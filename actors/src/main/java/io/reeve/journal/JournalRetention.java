package io.reeve.journal;

import java.util.concurrent.CompletionStage;

/**
 * Removes what an entity no longer needs for its recovery: journal rows behind the oldest snapshot
 * it keeps, the second-newest or one before it, and the snapshots older than that.
 *
 * <p>The caller decides what is no longer needed, and asks only after the newest snapshot was
 * acknowledged: rows up to the oldest snapshot that is kept and every projection's offset,
 * snapshots below it. The order of the two calls does not matter.
 *
 * <p>Both calls return at once and may be made from an actor; the work is done elsewhere, in small
 * steps that let the writer through. Both are idempotent and cover everything below their argument,
 * so a call that failed needs no repeat of its own: the call after the next snapshot makes up for
 * it. A failure is logged by the implementation and completes the stage exceptionally; an entity
 * goes on as if it had succeeded. A process that dies in the middle leaves fewer rows removed and
 * nothing else.
 */
public interface JournalRetention {

  /**
   * Removes the rows of {@code persistenceId} with a sequence number of at most {@code
   * toSequenceNr}, oldest first, but never its highest row, whatever the argument: the highest row
   * holds the sequence number that the next write continues from.
   *
   * @return the number of rows removed, 0 when there was nothing to remove
   */
  CompletionStage<Long> trim(String persistenceId, long toSequenceNr);

  /**
   * Removes the snapshots of {@code persistenceId} with a sequence number below {@code sequenceNr},
   * but never its newest, whatever the argument.
   *
   * @return the number of snapshots removed, 0 when there was nothing to remove
   */
  CompletionStage<Long> dropSnapshotsBelow(String persistenceId, long sequenceNr);
}
