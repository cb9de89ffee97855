package io.reeve.rig;

import io.reeve.journal.JournalSerializer;
import io.reeve.journal.PartitionRow;
import io.reeve.journal.RowPlace;
import io.reeve.partition.Partition;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What somebody with the password may do to the store behind the nodes' backs. */
final class Database {

  private static final int TRIES_MAX = 1000;
  private static final String DUPLICATE = "23505";

  private final String url;

  private Database(String url) {
    this.url = url;
  }

  static Database of(RigCluster cluster) {
    var uri = URI.create(cluster.postgres().url());
    var who = uri.getUserInfo().split(":", 2);
    return new Database(
        "jdbc:postgresql://%s:%d%s?user=%s&password=%s"
            .formatted(uri.getHost(), uri.getPort(), uri.getPath(), who[0], who[1]));
  }

  /** The processes of the server that wrote the journal for a node last, or do so now. */
  List<Long> writers() {
    var sql =
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            + " AND pid <> pg_backend_pid() ORDER BY state = 'active' DESC, state_change DESC"
            + " LIMIT 3";
    try (var connection = connect();
        var rows = connection.createStatement().executeQuery(sql)) {
      var pids = new ArrayList<Long>();
      while (rows.next()) {
        pids.add(rows.getLong(1));
      }
      return pids;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Stores the row that a partition would store next, as another owner of the partition does that
   * was started by mistake: empty, by a writer of its own.
   */
  void poison(int partition) {
    var id = Partition.persistenceId(partition).id();
    var last =
        "SELECT max(sequence_number) FROM reeve.event_journal WHERE persistence_id = '" + id + "'";
    var sql =
        """
        INSERT INTO reeve.event_journal (persistence_id, sequence_number, deleted, writer,
          write_timestamp, adapter_manifest, event_ser_id, event_ser_manifest, event_payload)
        SELECT persistence_id, ?, deleted, ?,
          write_timestamp, adapter_manifest, event_ser_id, event_ser_manifest, ?
        FROM reeve.event_journal WHERE persistence_id = ? ORDER BY sequence_number DESC LIMIT 1
        """;
    try (var connection = connect();
        var insert = connection.prepareStatement(sql)) {
      insert.setString(2, UUID.nameUUIDFromBytes(stamp()).toString());
      insert.setString(4, id);
      for (var attempt = 1; ; attempt++) {
        var number = number(connection, last) + 1;
        insert.setLong(1, number);
        insert.setBytes(
            3,
            new JournalSerializer().toBinary(PartitionRow.of(new RowPlace(id, number), List.of())));
        try {
          insert.executeUpdate();
          return;
        } catch (SQLException e) {
          // The owner was faster.
          if (!DUPLICATE.equals(e.getSQLState()) || attempt == TRIES_MAX) {
            throw e;
          }
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /**
   * From now on one statement that stores rows fails of 200, and one of 200 takes up to a second.
   */
  void failRows() {
    execute(
        """
        CREATE FUNCTION reeve.rig_fault() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF random() < 0.005 THEN
            RAISE EXCEPTION 'a fault of the rig';
          END IF;
          IF random() < 0.005 THEN
            PERFORM pg_sleep(random());
          END IF;
          RETURN NULL;
        END $$
        """,
        "CREATE TRIGGER rig_fault AFTER INSERT ON reeve.event_journal"
            + " FOR EACH STATEMENT EXECUTE FUNCTION reeve.rig_fault()");
  }

  /** Ends what {@link #failRows} began. */
  void storeRows() {
    execute("DROP TRIGGER rig_fault ON reeve.event_journal", "DROP FUNCTION reeve.rig_fault()");
  }

  /** Breaks the connection that this process of the server serves. */
  void disconnect(long pid) {
    execute("SELECT pg_terminate_backend(" + pid + ")");
  }

  private void execute(String... statements) {
    try (var connection = connect();
        var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] stamp() {
    return Long.toString(System.nanoTime()).getBytes(StandardCharsets.UTF_8);
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url);
  }
}
