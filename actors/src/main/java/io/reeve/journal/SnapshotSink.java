package io.reeve.journal;

import io.reeve.domain.partition.PartitionSnapshot;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Stores snapshots of partitions beside their work. A partition hands over a frozen copy of its
 * state and goes on at once; the sink encodes and writes the copy on a thread and a connection of
 * its own.
 *
 * <p>It stores one snapshot at a time, so that the frozen copies and the encoded bytes of several
 * partitions never stand in memory together.
 *
 * <p>A snapshot is a cache of journal rows that are durable. So it does no harm if a process that
 * lost its partition to another one stores it late, or if it is stored twice.
 */
public interface SnapshotSink {

  /**
   * Takes a snapshot, unless one is being stored. Returns at once and may be called from an actor.
   *
   * @param sequenceNr the last journal row that the snapshot contains; that row is durable
   * @param atMs when, by the wall clock
   * @param freeze makes the frozen copy; called on the caller's thread before this method returns,
   *     and only if the sink takes the snapshot
   * @return completes once the snapshot is durable, or exceptionally; empty: another snapshot is
   *     being stored, and the caller may ask again after its next row
   */
  Optional<CompletionStage<Void>> store(
      String persistenceId, long sequenceNr, long atMs, Supplier<PartitionSnapshot> freeze);
}
