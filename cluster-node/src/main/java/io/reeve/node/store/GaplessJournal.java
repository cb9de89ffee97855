package io.reeve.node.store;

import com.typesafe.config.Config;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.jdbc.journal.JdbcAsyncWriteJournal;
import scala.Function1;
import scala.concurrent.Future;
import scala.runtime.BoxedUnit;

/**
 * The plugin's journal, which fails a recovery that would go over a missing row.
 *
 * <p>Rows behind the second-newest snapshot are removed. Should neither snapshot be readable, Pekko
 * would replay what is left from an empty state, and the entity would go on with a state that never
 * was. With this journal it does not start, and its error names the row.
 *
 * <p>Created by Pekko, by name; {@code jdbc-journal.refuse-gaps} turns it on.
 */
public final class GaplessJournal extends JdbcAsyncWriteJournal {

  private final boolean refuseGaps;

  public GaplessJournal(Config config) {
    super(config);
    this.refuseGaps = config.getBoolean("refuse-gaps");
  }

  @Override
  public Future<BoxedUnit> asyncReplayMessages(
      String persistenceId,
      long fromSequenceNr,
      long toSequenceNr,
      long max,
      Function1<PersistentRepr, BoxedUnit> recovery) {
    return super.asyncReplayMessages(
        persistenceId,
        fromSequenceNr,
        toSequenceNr,
        max,
        refuseGaps ? new Gapless(persistenceId, fromSequenceNr, recovery) : recovery);
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
      expected++;
      return next.apply(row);
    }
  }
}
