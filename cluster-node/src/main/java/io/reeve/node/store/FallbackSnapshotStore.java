package io.reeve.node.store;

import com.typesafe.config.Config;
import java.sql.SQLException;
import java.util.function.Function;
import org.apache.pekko.dispatch.Futures;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.jdbc.snapshot.JdbcSnapshotStore;
import org.apache.pekko.serialization.SerializationExtension;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;
import scala.concurrent.Future;
import scala.runtime.AbstractPartialFunction;

/**
 * The plugin's snapshot store, which goes back to an older snapshot when the newest cannot be read:
 * the rows behind the newest are still there, so the entity loses nothing but time. When none can
 * be read, it loads none: then all rows are replayed, and {@link GaplessJournal} looks whether they
 * are all there.
 *
 * <p>Damage that hides even which snapshots there are is told to the {@link StoreGuard}, where the
 * store has one: no further try would read them.
 *
 * <p>Only bytes that were read can be unreadable. A load that fails for another cause, such as a
 * database that does not answer, fails the recovery, and the entity tries again: the rows below a
 * snapshot may be gone, so a replay without it would take a passing trouble for damage.
 *
 * <p>Unreadable is what the serializer of the snapshot refuses; a check of the contents therefore
 * belongs there.
 *
 * <p>Created by Pekko, by name; {@code jdbc-journal.guard} names the guard.
 */
public final class FallbackSnapshotStore extends JdbcSnapshotStore {

  private static final Logger LOG = LoggerFactory.getLogger(FallbackSnapshotStore.class);

  private final @Nullable StoreGuard guard;

  public FallbackSnapshotStore(Config config) {
    super(config);
    this.guard =
        StoreGuard.named(context().system().settings().config().getString("jdbc-journal.guard"));
  }

  @Override
  public Future<Option<SelectedSnapshot>> loadAsync(
      String persistenceId, SnapshotSelectionCriteria criteria) {
    return super.loadAsync(persistenceId, criteria)
        .recoverWith(new PartialRecovery(cause -> loadOlder(persistenceId, criteria, cause)), ec());
  }

  /**
   * Loads the newest snapshot older than the one that {@code criteria} selects, if that one cannot
   * be read.
   */
  private Future<Option<SelectedSnapshot>> loadOlder(
      String persistenceId, SnapshotSelectionCriteria criteria, Throwable cause) {
    try {
      var selected = newest(persistenceId, criteria);
      var unreadable = selected == 0 ? null : whyUnreadable(persistenceId, selected);
      if (unreadable == null) {
        return Futures.failed(cause);
      }
      LOG.error(
          "snapshot {} of {} cannot be read; trying an older one: {}",
          selected,
          StoreFiles.words(persistenceId),
          unreadable.getMessage());
      return loadAsync(
          persistenceId,
          SnapshotSelectionCriteria.create(
              selected - 1,
              criteria.maxTimestamp(),
              criteria.minSequenceNr(),
              criteria.minTimestamp()));
    } catch (SQLException e) {
      cause.addSuppressed(e);
      if (guard != null) {
        guard.replayFailed(persistenceId, e);
      }
      return Futures.failed(cause);
    }
  }

  /**
   * Why the bytes of this snapshot are none; null when they are one.
   *
   * @throws SQLException when they could not be read, which says nothing of them
   */
  private @Nullable Throwable whyUnreadable(String persistenceId, long sequenceNr)
      throws SQLException {
    var sql =
        "SELECT snapshot_ser_id, snapshot_ser_manifest, snapshot_payload FROM snapshot"
            + " WHERE persistence_id = ? AND sequence_number = ?";
    try (var connection = db().source().createConnection();
        var query = connection.prepareStatement(sql)) {
      query.setString(1, persistenceId);
      query.setLong(2, sequenceNr);
      try (var row = query.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        var read =
            SerializationExtension.get(context().system())
                .deserialize(row.getBytes(3), row.getInt(1), row.getString(2));
        return read.isFailure() ? read.failed().get() : null;
      }
    } catch (SQLException e) {
      if (StoreGuard.tellsDamage(e)) {
        return e;
      }
      throw e;
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
