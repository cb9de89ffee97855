package io.reeve.dispatch;

import io.reeve.journal.JournalRetention;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes which rows may go, and keeps them all. */
final class TrimmedRows implements JournalRetention {

  private final List<Long> upTo = new CopyOnWriteArrayList<>();

  List<Long> upTo() {
    return upTo;
  }

  @Override
  public CompletionStage<Long> trim(String persistenceId, long toSequenceNr) {
    upTo.add(toSequenceNr);
    return CompletableFuture.completedFuture(0L);
  }

  @Override
  public CompletionStage<Long> dropSnapshotsBelow(String persistenceId, long sequenceNr) {
    return CompletableFuture.completedFuture(0L);
  }
}
