package io.reeve.node;

import io.reeve.journal.JournalRetention;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Removes nothing. */
final class KeptRows implements JournalRetention {

  @Override
  public CompletionStage<Long> trim(String persistenceId, long toSequenceNr) {
    return CompletableFuture.completedFuture(0L);
  }

  @Override
  public CompletionStage<Long> dropSnapshotsBelow(String persistenceId, long sequenceNr) {
    return CompletableFuture.completedFuture(0L);
  }
}
