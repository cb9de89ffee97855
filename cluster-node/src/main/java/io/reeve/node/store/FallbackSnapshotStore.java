package io.reeve.node.store;

import com.typesafe.config.Config;
import java.sql.SQLException;
import java.util.function.Function;
import org.apache.pekko.dispatch.Futures;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.jdbc.snapshot.JdbcSnapshotStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;
import scala.concurrent.Future;
import scala.runtime.AbstractPartialFunction;

/**
 * The plugin's snapshot store, which goes back to an older snapshot when the newest cannot be read:
 * the rows behind the newest are still there, so the entity loses nothing but time.
 *
 * <p>Unreadable is what the serializer of the snapshot refuses; a check of the contents therefore
 * belongs there. When no snapshot can be read the load fails, and what then happens is decided by
 * {@code snapshot-is-optional} and {@link GaplessJournal}.
 *
 * <p>Created by Pekko, by name.
 */
public final class FallbackSnapshotStore extends JdbcSnapshotStore {

  private static final Logger LOG = LoggerFactory.getLogger(FallbackSnapshotStore.class);

  public FallbackSnapshotStore(Config config) {
    super(config);
  }

  @Override
  public Future<Option<SelectedSnapshot>> loadAsync(
      String persistenceId, SnapshotSelectionCriteria criteria) {
    return super.loadAsync(persistenceId, criteria)
        .recoverWith(new PartialRecovery(cause -> loadOlder(persistenceId, criteria, cause)), ec());
  }

  /** Loads the newest snapshot older than the one that {@code criteria} selects. */
  private Future<Option<SelectedSnapshot>> loadOlder(
      String persistenceId, SnapshotSelectionCriteria criteria, Throwable cause) {
    try {
      var unreadable = newest(persistenceId, criteria);
      if (unreadable == 0) {
        return Futures.failed(cause);
      }
      LOG.error(
          "snapshot {} of {} cannot be read, looking for an older one: {}",
          unreadable,
          StoreFiles.words(persistenceId),
          cause.getMessage());
      var older =
          SnapshotSelectionCriteria.create(
              unreadable - 1,
              criteria.maxTimestamp(),
              criteria.minSequenceNr(),
              criteria.minTimestamp());
      return newest(persistenceId, older) == 0
          ? Futures.failed(cause)
          : loadAsync(persistenceId, older);
    } catch (SQLException e) {
      cause.addSuppressed(e);
      return Futures.failed(cause);
    }
  }

  /** Sequence number of the newest snapshot that {@code criteria} admits, 0 for none. */
  private long newest(String persistenceId, SnapshotSelectionCriteria criteria)
      throws SQLException {
    var sql =
        "SELECT max(sequence_number) FROM snapshot"
            + " WHERE persistence_id = ? AND sequence_number <= ? AND created <= ?";
    try (var connection = db().source().createConnection();
        var query = connection.prepareStatement(sql)) {
      query.setString(1, persistenceId);
      query.setLong(2, criteria.maxSequenceNr());
      query.setLong(3, criteria.maxTimestamp());
      try (var row = query.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  /** A total function in the shape that Scala's futures take. */
  private static final class PartialRecovery
      extends AbstractPartialFunction<Throwable, Future<Option<SelectedSnapshot>>> {

    private final Function<Throwable, Future<Option<SelectedSnapshot>>> recovery;

    PartialRecovery(Function<Throwable, Future<Option<SelectedSnapshot>>> recovery) {
      this.recovery = recovery;
    }

    @Override
    public boolean isDefinedAt(Throwable cause) {
      return true;
    }

    @Override
    public Future<Option<SelectedSnapshot>> apply(Throwable cause) {
      return recovery.apply(cause);
    }
  }
}
