package io.reeve.rig;

import io.reeve.journal.JournalSerializer;
import io.reeve.journal.PartitionRow;
import io.reeve.journal.RowPlace;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What somebody else may do to the journal of a node that runs: {@link Database}, for a file. */
final class JournalFile {

  private final String url;

  /**
   * A journal.
   *
   * @param file of a node that has stored something
   */
  JournalFile(Path file) {
    this.url = "jdbc:sqlite:" + file + "?busy_timeout=10000";
  }

  /** Nobody else can write while this is done: the node waits, as for a disk that hangs. */
  void holdWhile(Runnable act) throws SQLException {
    try (var connection = DriverManager.getConnection(url)) {
      execute(connection, "BEGIN IMMEDIATE");
      act.run();
      execute(connection, "ROLLBACK");
    }
  }

  /** Stores the row that each partition would store next: empty, by a writer of its own. */
  void poisonAll() throws SQLException {
    var sql =
        """
        INSERT INTO event_journal (persistence_id, sequence_number, deleted, writer,
          write_timestamp, adapter_manifest, event_ser_id, event_ser_manifest, event_payload)
        SELECT persistence_id, ?, deleted, 'another',
          write_timestamp, adapter_manifest, event_ser_id, event_ser_manifest, ?
        FROM event_journal WHERE persistence_id = ? ORDER BY sequence_number DESC LIMIT 1
        """;
    try (var connection = DriverManager.getConnection(url)) {
      // No owner writes meanwhile, so these are the numbers that come next.
      execute(connection, "BEGIN IMMEDIATE");
      try (var insert = connection.prepareStatement(sql)) {
        for (var next : nextRows(connection)) {
          insert.setLong(1, next.number());
          insert.setBytes(2, new JournalSerializer().toBinary(PartitionRow.of(next, List.of())));
          insert.setString(3, next.persistenceId());
          insert.executeUpdate();
        }
      }
      execute(connection, "COMMIT");
    }
  }

  private static List<RowPlace> nextRows(Connection connection) throws SQLException {
    var sql =
        "SELECT persistence_id, max(sequence_number) + 1 FROM event_journal"
            + " WHERE persistence_id LIKE 'partition|%' GROUP BY persistence_id";
    var next = new ArrayList<RowPlace>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        next.add(new RowPlace(rows.getString(1), rows.getLong(2)));
      }
    }
    return next;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
