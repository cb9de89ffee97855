package io.reeve.rig;

import io.reeve.journal.JournalSerializer;
import io.reeve.journal.PartitionRow;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
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
        SELECT persistence_id, max(sequence_number) + 1, deleted, 'another',
          write_timestamp, adapter_manifest, event_ser_id, event_ser_manifest, ?
        FROM event_journal WHERE persistence_id LIKE 'partition|%' GROUP BY persistence_id
        """;
    try (var connection = DriverManager.getConnection(url);
        var insert = connection.prepareStatement(sql)) {
      insert.setBytes(1, new JournalSerializer().toBinary(PartitionRow.of(List.of())));
      insert.executeUpdate();
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
