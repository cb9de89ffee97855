package io.reeve.node.store;

import com.typesafe.config.Config;
import io.reeve.journal.PartitionRow;
import io.reeve.journal.RowPlace;
import java.util.function.ObjLongConsumer;
import org.apache.pekko.dispatch.Futures;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.jdbc.journal.JdbcAsyncWriteJournal;
import org.jspecify.annotations.Nullable;
import scala.Function1;
import scala.collection.immutable.Seq;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/**
 * The plugin's journal, which fails a recovery that would go over a missing row.
 *
 * <p>Rows behind the second-newest snapshot are removed. Should neither snapshot be readable, Pekko
 * would replay what is left from an empty state, and the entity would go on with a state that never
 * was. With this journal it does not start, and its error names the row; so it does for a row whose
 * bytes are not those that were written there.
 *
 * <p>It acknowledges a row only once the {@link StoreGuard} lets it, where the store has one.
 *
 * <p>Created by Pekko, by name; {@code jdbc-journal.refuse-gaps} turns the check for gaps on,
 * {@code jdbc-journal.guard} names the guard.
 */
public final class GaplessJournal extends JdbcAsyncWriteJournal {

  private final boolean refuseGaps;
  private final @Nullable StoreGuard guard;

  public GaplessJournal(Config config) {
    super(config);
    this.refuseGaps = config.getBoolean("refuse-gaps");
    this.guard = StoreGuard.named(config.getString("guard"));
  }

  @Override
  public Future<Seq<Try<BoxedUnit>>> asyncWriteMessages(Seq<AtomicWrite> messages) {
    var guarding = guard;
    if (guarding == null) {
      return super.asyncWriteMessages(messages);
    }
    long begunNanos;
    try {
      begunNanos = guarding.begin();
    } catch (StoreException broken) {
      return Futures.failed(broken);
    }
    // On the thread that committed: the guard takes microseconds, but for the first row of an
    // entity.
    var guarded =
        super.asyncWriteMessages(messages)
            .map(
                stored -> {
                  forEachStored(
                      messages,
                      stored,
                      (persistenceId, row) -> guarding.committed(persistenceId, row, begunNanos));
                  return stored;
                },
                ExecutionContext.parasitic$.MODULE$);
    guarded.onComplete(
        ended -> {
          if (ended.isFailure()) {
            var failure = ended.failed().get();
            forEach(messages, (persistenceId, row) -> guarding.notStored(persistenceId, failure));
          }
          return BoxedUnit.UNIT;
        },
        ExecutionContext.parasitic$.MODULE$);
    return guarded;
  }

  /**
   * Passes over writes that were rejected, such as one that could not be serialized.
   *
   * @param stored how each write ended; empty: all were stored
   */
  static void forEachStored(
      Seq<AtomicWrite> messages, Seq<Try<BoxedUnit>> stored, ObjLongConsumer<String> consumer) {
    if (stored.isEmpty()) {
      forEach(messages, consumer);
      return;
    }
    var writes = messages.iterator();
    var ends = stored.iterator();
    while (writes.hasNext() && ends.hasNext()) {
      var write = writes.next();
      if (ends.next().isSuccess()) {
        consumer.accept(write.persistenceId(), write.highestSequenceNr());
      }
    }
  }

  private static void forEach(Seq<AtomicWrite> messages, ObjLongConsumer<String> consumer) {
    var writes = messages.iterator();
    while (writes.hasNext()) {
      var write = writes.next();
      consumer.accept(write.persistenceId(), write.highestSequenceNr());
    }
  }

  @Override
  public Future<BoxedUnit> asyncReplayMessages(
      String persistenceId,
      long fromSequenceNr,
      long toSequenceNr,
      long max,
      Function1<PersistentRepr, BoxedUnit> recovery) {
    var replayed =
        super.asyncReplayMessages(
            persistenceId,
            fromSequenceNr,
            toSequenceNr,
            max,
            refuseGaps ? new Gapless(persistenceId, fromSequenceNr, recovery) : recovery);
    var guarding = guard;
    if (guarding != null) {
      replayed.onComplete(
          ended -> {
            if (ended.isFailure()) {
              guarding.replayFailed(persistenceId, ended.failed().get());
            }
            return BoxedUnit.UNIT;
          },
          ExecutionContext.parasitic$.MODULE$);
    }
    return replayed;
  }

  /** Hands rows on as long as each is the successor of the one before. One replay, one thread. */
  private static final class Gapless implements Function1<PersistentRepr, BoxedUnit> {

    private final String persistenceId;
    private final Function1<PersistentRepr, BoxedUnit> next;
    private long expected;

    Gapless(String persistenceId, long first, Function1<PersistentRepr, BoxedUnit> next) {
      this.persistenceId = persistenceId;
      // Without a snapshot Pekko asks for row 0 or 1; the first row is number 1.
      this.expected = Math.max(1, first);
      this.next = next;
    }

    @Override
    public BoxedUnit apply(PersistentRepr row) {
      if (row.sequenceNr() != expected) {
        throw new StoreException(
            StoreException.Reason.UNREADABLE,
            "expected row %d of %s, got row %d; no snapshot that covers the rows between was readable"
                .formatted(expected, persistenceId, row.sequenceNr()));
      }
      if (row.payload() instanceof PartitionRow bytes) {
        bytes.verify(new RowPlace(persistenceId, row.sequenceNr()));
      }
      expected++;
      return next.apply(row);
    }
  }
}
