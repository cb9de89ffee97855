package io.reeve.node.store;

import static io.reeve.node.store.StoreException.Reason.UNREADABLE;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * Reads a journal row by row for tools and tests, without an actor system and without changing
 * anything: neither the rows nor the write-ahead log that a killed process left beside a file.
 *
 * <p>The journal may be in use by running nodes; each call then sees the rows that were committed
 * when it began. While it runs, the log of a file cannot be cut back and a server keeps removed
 * rows, so a consumer should be quick. Not for use by two threads at once.
 */
public final class JournalReader implements AutoCloseable {

  private static final int BUSY_TIMEOUT_MS = 5_000;
  private static final String SELECT =
      "SELECT persistence_id, sequence_number, event_ser_id, event_ser_manifest, event_payload,"
          + " write_timestamp, writer FROM event_journal ";
  private static final String ORDER = " ORDER BY persistence_id, sequence_number";

  /** Rows of a server that are in memory together; a file gives them one by one. */
  private static final int FETCHED_AT_ONCE = 100;

  private final String where;
  private final Connection connection;

  private JournalReader(String where, Connection connection) {
    this.where = where;
    this.connection = connection;
  }

  /**
   * Opens the journal file of a data directory.
   *
   * @throws StoreException when there is none or it is not a database
   */
  public static JournalReader open(Path journal) {
    SqliteLibrary.load();
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(BUSY_TIMEOUT_MS);
    var source = new SQLiteDataSource(config);
    source.setUrl(SqliteFile.baseUrl(journal.toAbsolutePath()));
    try {
      return new JournalReader(journal.toString(), source.getConnection());
    } catch (SQLException e) {
      throw unreadable(journal.toString(), e);
    }
  }

  /**
   * Opens the journal that the nodes of a cluster share.
   *
   * @throws StoreException when the server does not answer or does not let this user in
   */
  public static JournalReader open(PostgresSettings settings) {
    // The password is asked for while the connection is made, and never again.
    try (var database = new PostgresDatabase(settings)) {
      try {
        return new JournalReader(settings.where(), streaming(database.connect()));
      } catch (SQLException e) {
        throw database.refused(e);
      }
    }
  }

  /** A connection that fetches rows as they are asked for, which it does in transactions only. */
  private static Connection streaming(Connection connection) throws SQLException {
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    return connection;
  }

  /** Hands over every row, by persistence id and then by sequence number. */
  public void forEachRow(Consumer<JournalRow> consumer) {
    try (var query = connection.prepareStatement(SELECT + ORDER)) {
      handOver(query, consumer);
    } catch (SQLException e) {
      throw unreadable(where, e);
    }
  }

  /** Hands over the rows of one entity from {@code fromSequenceNr} on, by sequence number. */
  public void forEachRow(String persistenceId, long fromSequenceNr, Consumer<JournalRow> consumer) {
    var ofOne = "WHERE persistence_id = ? AND sequence_number >= ?";
    try (var query = connection.prepareStatement(SELECT + ofOne + ORDER)) {
      query.setString(1, persistenceId);
      query.setLong(2, fromSequenceNr);
      handOver(query, consumer);
    } catch (SQLException e) {
      throw unreadable(where, e);
    }
  }

  /** The entities that have rows, in the order of their ids. */
  public List<String> persistenceIds() {
    var ids = new ArrayList<String>();
    // One step in the index each, where DISTINCT would walk through all rows.
    var next = "SELECT min(persistence_id) FROM event_journal WHERE persistence_id > ?";
    try (var query = connection.prepareStatement(next)) {
      for (var id = firstAfter("", query); id != null; id = firstAfter(id, query)) {
        ids.add(id);
      }
      endRead();
    } catch (SQLException e) {
      throw unreadable(where, e);
    }
    return List.copyOf(ids);
  }

  private static @Nullable String firstAfter(String id, PreparedStatement query)
      throws SQLException {
    query.setString(1, id);
    try (var row = query.executeQuery()) {
      row.next();
      return row.getString(1);
    }
  }

  /** All rows in the order of {@link #forEachRow(Consumer)}, in memory at once. */
  public List<JournalRow> rows() {
    var rows = new ArrayList<JournalRow>();
    forEachRow(rows::add);
    return List.copyOf(rows);
  }

  /** The highest ordering number of a row, which those that were removed below it count in. */
  public OptionalLong highestOrdering() {
    try (var query = connection.createStatement();
        var row = query.executeQuery("SELECT max(ordering) FROM event_journal")) {
      row.next();
      var highest = row.getLong(1);
      return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(highest);
    } catch (SQLException e) {
      throw unreadable(where, e);
    }
  }

  private void handOver(PreparedStatement query, Consumer<JournalRow> consumer)
      throws SQLException {
    query.setFetchSize(FETCHED_AT_ONCE);
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        consumer.accept(
            new JournalRow(
                rows.getString(1),
                rows.getLong(2),
                rows.getInt(3),
                rows.getString(4),
                rows.getBytes(5),
                rows.getLong(6),
                rows.getString(7)));
      }
    } finally {
      endRead();
    }
  }

  /** So that the next call sees what was committed since. */
  private void endRead() throws SQLException {
    if (!connection.getAutoCommit()) {
      connection.rollback();
    }
  }

  private static StoreException unreadable(String where, SQLException e) {
    return new StoreException(
        UNREADABLE, "%s cannot be read: %s".formatted(where, e.getMessage()), e);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw unreadable(where, e);
    }
  }
}
