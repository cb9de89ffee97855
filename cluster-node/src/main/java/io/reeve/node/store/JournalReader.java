package io.reeve.node.store;

import static io.reeve.node.store.StoreException.Reason.UNREADABLE;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * Reads a journal file row by row for tools and tests, without an actor system and without changing
 * anything: neither the file nor the write-ahead log that a killed process left beside it.
 *
 * <p>The file may be in use by a running node; each call then sees the rows that were committed
 * when it began, and while it runs the node's log cannot be cut back, so a consumer should be
 * quick. Not for use by two threads at once.
 */
public final class JournalReader implements AutoCloseable {

  private static final int BUSY_TIMEOUT_MS = 5_000;
  private static final String SELECT =
      "SELECT persistence_id, sequence_number, event_ser_id, event_ser_manifest, event_payload,"
          + " write_timestamp, writer FROM event_journal ";
  private static final String ORDER = " ORDER BY persistence_id, sequence_number";

  private final Path journal;
  private final Connection connection;

  private JournalReader(Path journal, Connection connection) {
    this.journal = journal;
    this.connection = connection;
  }

  /**
   * Opens the journal file of a data directory.
   *
   * @throws StoreException when there is none or it is not a database
   */
  public static JournalReader open(Path journal) {
    var config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(BUSY_TIMEOUT_MS);
    var source = new SQLiteDataSource(config);
    source.setUrl(SqliteFile.baseUrl(journal.toAbsolutePath()));
    try {
      return new JournalReader(journal, source.getConnection());
    } catch (SQLException e) {
      throw unreadable(journal, e);
    }
  }

  /** Hands over every row, by persistence id and then by sequence number. */
  public void forEachRow(Consumer<JournalRow> consumer) {
    try (var query = connection.prepareStatement(SELECT + ORDER)) {
      handOver(query, consumer);
    } catch (SQLException e) {
      throw unreadable(journal, e);
    }
  }

  /** Hands over the rows of one entity from {@code fromSequenceNr} on, by sequence number. */
  public void forEachRow(String persistenceId, long fromSequenceNr, Consumer<JournalRow> consumer) {
    var where = "WHERE persistence_id = ? AND sequence_number >= ?";
    try (var query = connection.prepareStatement(SELECT + where + ORDER)) {
      query.setString(1, persistenceId);
      query.setLong(2, fromSequenceNr);
      handOver(query, consumer);
    } catch (SQLException e) {
      throw unreadable(journal, e);
    }
  }

  /** All rows in the order of {@link #forEachRow(Consumer)}, in memory at once. */
  public List<JournalRow> rows() {
    var rows = new ArrayList<JournalRow>();
    forEachRow(rows::add);
    return List.copyOf(rows);
  }

  private static void handOver(PreparedStatement query, Consumer<JournalRow> consumer)
      throws SQLException {
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
    }
  }

  private static StoreException unreadable(Path journal, SQLException e) {
    return new StoreException(
        UNREADABLE, "%s cannot be read: %s".formatted(journal, e.getMessage()), e);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw unreadable(journal, e);
    }
  }
}
