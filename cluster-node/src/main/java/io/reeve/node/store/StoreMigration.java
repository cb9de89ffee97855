package io.reeve.node.store;

import static io.reeve.node.store.StoreException.Reason.SOURCE_MISSING;
import static io.reeve.node.store.StoreException.Reason.TARGET_NOT_EMPTY;
import static io.reeve.node.store.StoreException.Reason.UNREADABLE;

import com.typesafe.config.Config;
import io.reeve.domain.partition.Limits;
import io.reeve.partition.PartitionSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies the embedded store of one node into an empty schema of a PostgreSQL database, where the
 * nodes of a cluster go on with it.
 *
 * <p>All of it is one transaction that is committed only after every row was read back and found
 * the same, so a copy that was interrupted leaves nothing and is simply begun again. The directory
 * is locked meanwhile, and nothing in it is changed or removed. Not for two threads.
 */
public final class StoreMigration {

  /** Rows that travel together, at most. */
  private static final int BATCH_ROWS = 200;

  /** Bytes of payload that travel together, about. */
  private static final long BATCH_BYTES = 4L * 1024 * 1024;

  private static final int DELETED_COLUMN = 3;

  /** Hears how it goes. */
  public interface Listener {
    /** What there is to copy. */
    void found(long rows, long snapshots);

    /** Rows that were copied since it was told last. */
    void copied(long rows);

    /** Rows that were compared since it was told last; each is read once on each side. */
    void compared(long rows);
  }

  /**
   * What was copied, or would be.
   *
   * @param copied false for a trial
   */
  public record Report(
      String from, String to, long rows, long snapshots, List<Entity> entities, boolean copied) {}

  /**
   * One entity of the journal.
   *
   * @param highest sequence number
   * @param hash SHA-256 over all its rows and snapshots
   * @param stateHash of the live tasks of a partition, recovered from the copy; else empty
   */
  public record Entity(
      String persistenceId,
      long rows,
      long highest,
      long snapshots,
      String hash,
      String stateHash) {}

  private final Path from;
  private final StoreSettings sourceSettings;
  private final PostgresSettings targetSettings;
  private final Limits limits;
  private final StoreSenses senses;
  private final Listener listener;

  /**
   * @param config a whole configuration, whose {@code reeve.store.url} is the database
   * @param from the data directory to copy
   * @throws IllegalArgumentException for a setting out of its bounds
   */
  public StoreMigration(Config config, Path from, StoreSenses senses, Listener listener) {
    this.from = from;
    this.sourceSettings = StoreSettings.of(config).in(from);
    this.targetSettings = PostgresSettings.of(config);
    this.limits = PartitionSettings.of(config).partition().limits();
    this.senses = senses;
    this.listener = listener;
  }

  /**
   * Copies and compares.
   *
   * @param trial only finds out whether it could be done; changes nothing in the database
   * @throws StoreException when a node has the directory, the database is not empty or cannot be
   *     trusted, or the copy differs; the database is then as before
   */
  public Report run(boolean trial) {
    if (!Files.exists(from.resolve("journal.db"))) {
      throw new StoreException(
          SOURCE_MISSING, "expected a data directory with a journal.db, got " + from);
    }
    try (var source = EmbeddedStore.open(sourceSettings, senses);
        var database = new PostgresDatabase(targetSettings)) {
      if (trial) {
        database.check();
      } else {
        database.prepare();
      }
      return move(source, database, trial);
    }
  }

  private Report move(EmbeddedStore source, PostgresDatabase database, boolean trial) {
    try (var journal = EmbeddedStore.journalFile(source.directory(), sourceSettings).connect();
        var snapshots = EmbeddedStore.snapshotFile(source.directory(), sourceSettings).connect();
        var target = database.connectForCopy()) {
      var rows = new StoredRows(journal, snapshots);
      target.setAutoCommit(false);
      requireEmpty(target);
      listener.found(rows.rows(), rows.snapshotCount());
      var original = fingerprints(rows);
      if (!trial) {
        copy(rows, target);
        for (var line : CountTable.read(journal)) {
          CountTable.add(target, line);
        }
        compare(original, fingerprints(new StoredRows(target, target)));
        target.commit();
      }
      return report(original, rows, !trial);
    } catch (SQLException e) {
      throw new StoreException(
          UNREADABLE,
          "the copy from %s to %s failed and left nothing behind: %s"
              .formatted(from, targetSettings.where(), e.getMessage()),
          e);
    }
  }

  // ---- The database -----------------------------------------------------------------------------

  /** And keeps others from writing until the end, so that no node can start on half a copy. */
  private void requireEmpty(Connection target) throws SQLException {
    for (var table : List.of("event_journal", "snapshot", CountTable.NAME)) {
      if (exists(target, table)) {
        try (var statement = target.createStatement()) {
          statement.execute("LOCK TABLE " + table + " IN EXCLUSIVE MODE");
          try (var row = statement.executeQuery("SELECT EXISTS (SELECT 1 FROM " + table + ")")) {
            row.next();
            if (row.getBoolean(1)) {
              throw notEmpty();
            }
          }
        }
      }
    }
  }

  private static boolean exists(Connection target, String table) throws SQLException {
    try (var query = target.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
      query.setString(1, table);
      try (var row = query.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private StoreException notEmpty() {
    return new StoreException(
        TARGET_NOT_EMPTY,
        "expected an empty schema, got %s, which has rows; name another by reeve.store.schema, or, if"
                .formatted(targetSettings.where())
            + " what is there is not needed, drop it: DROP SCHEMA "
            + targetSettings.schema()
            + " CASCADE");
  }

  // ---- The copy ---------------------------------------------------------------------------------

  private void copy(StoredRows rows, Connection target) throws SQLException {
    try (var row = insert(target, "event_journal", StoredRows.ROW_COLUMNS);
        var snapshot = insert(target, "snapshot", StoredRows.SNAPSHOT_COLUMNS)) {
      for (var id : rows.persistenceIds()) {
        copyRows(rows, id, row);
        rows.forEachSnapshot(
            id,
            found -> {
              set(snapshot, found, 9, 0);
              snapshot.executeUpdate();
            });
      }
    }
  }

  private void copyRows(StoredRows rows, String persistenceId, PreparedStatement insert)
      throws SQLException {
    var batch = new long[2];
    rows.forEachRow(
        persistenceId,
        0,
        row -> {
          batch[1] += set(insert, row, 12, DELETED_COLUMN);
          insert.addBatch();
          batch[0]++;
          if (batch[0] == BATCH_ROWS || batch[1] >= BATCH_BYTES) {
            send(insert, batch);
          }
        });
    send(insert, batch);
  }

  private void send(PreparedStatement insert, long[] batch) throws SQLException {
    insert.executeBatch();
    listener.copied(batch[0]);
    batch[0] = 0;
    batch[1] = 0;
  }

  private static PreparedStatement insert(Connection target, String table, String columns)
      throws SQLException {
    var places = columns.replaceAll("[a-z_]+", "?");
    return target.prepareStatement(
        "INSERT INTO %s (%s) VALUES (%s)".formatted(table, columns, places));
  }

  /** Sets all columns alike; returns how many bytes of payload there are. */
  private static long set(PreparedStatement insert, ResultSet row, int columns, int flagColumn)
      throws SQLException {
    var bytes = 0L;
    for (var column = 1; column <= columns; column++) {
      if (column == flagColumn) {
        insert.setBoolean(column, row.getBoolean(column));
      } else {
        var value = row.getObject(column);
        insert.setObject(column, value);
        bytes += value instanceof byte[] payload ? payload.length : 0;
      }
    }
    return bytes;
  }

  // ---- The comparison ---------------------------------------------------------------------------

  private List<Entity> fingerprints(StoredRows rows) throws SQLException {
    var fingerprints = new ArrayList<Entity>();
    for (var id : rows.persistenceIds()) {
      fingerprints.add(rows.fingerprint(id, limits, listener::compared));
    }
    return fingerprints;
  }

  private void compare(List<Entity> original, List<Entity> copy) {
    for (var i = 0; i < Math.max(original.size(), copy.size()); i++) {
      var left = i < original.size() ? original.get(i) : null;
      var right = i < copy.size() ? copy.get(i) : null;
      if (left == null || !left.equals(right)) {
        throw new StoreException(
            UNREADABLE,
            "the copy in %s differs and was given up: expected %s, got %s"
                .formatted(targetSettings.where(), left, right));
      }
    }
  }

  private Report report(List<Entity> fingerprints, StoredRows rows, boolean copied)
      throws SQLException {
    return new Report(
        from.toString(),
        targetSettings.where(),
        rows.rows(),
        rows.snapshotCount(),
        List.copyOf(fingerprints),
        copied);
  }
}
