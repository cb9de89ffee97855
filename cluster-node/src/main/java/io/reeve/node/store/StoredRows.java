package io.reeve.node.store;

import io.reeve.domain.partition.Limits;
import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.partition.PartitionState;
import io.reeve.journal.JournalSerializer;
import io.reeve.journal.PartitionRow;
import io.reeve.journal.RowPlace;
import io.reeve.journal.StateHash;
import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * All that a store holds, column by column, by two connections that may be one. Both kinds of store
 * have the same columns, so one piece of SQL reads either. Not for two threads at once.
 */
record StoredRows(Connection journal, Connection snapshots) {

  /**
   * What identifies a row and how it is stored; the numbering over all rows is each store's own.
   */
  static final String ROW_COLUMNS =
      "persistence_id, sequence_number, deleted, writer, write_timestamp, adapter_manifest,"
          + " event_ser_id, event_ser_manifest, event_payload,"
          + " meta_ser_id, meta_ser_manifest, meta_payload";

  static final String SNAPSHOT_COLUMNS =
      "persistence_id, sequence_number, created, snapshot_ser_id, snapshot_ser_manifest,"
          + " snapshot_payload, meta_ser_id, meta_ser_manifest, meta_payload";

  static final String PARTITION = "partition|";

  /** Rows that one query gives, so that a server never holds more ready than that. */
  private static final int ROWS_AT_ONCE = 200;

  /** Takes a row where the result stands. */
  interface RowConsumer {
    void accept(ResultSet row) throws SQLException;
  }

  /** All persistence ids, sorted. */
  List<String> persistenceIds() throws SQLException {
    var ids = new TreeSet<>(idsIn(journal, "event_journal"));
    ids.addAll(idsIn(snapshots, "snapshot"));
    return List.copyOf(ids);
  }

  private static List<String> idsIn(Connection connection, String table) throws SQLException {
    var ids = new ArrayList<String>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT DISTINCT persistence_id FROM " + table)) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    }
    return ids;
  }

  long rows() throws SQLException {
    return count(journal, "event_journal");
  }

  long snapshotCount() throws SQLException {
    return count(snapshots, "snapshot");
  }

  private static long count(Connection connection, String table) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT count(*) FROM " + table)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Hands over the rows of one entity above {@code after}, by sequence number. */
  void forEachRow(String persistenceId, long after, RowConsumer consumer) throws SQLException {
    var sql =
        "SELECT "
            + ROW_COLUMNS
            + " FROM event_journal WHERE persistence_id = ? AND sequence_number > ?"
            + " ORDER BY sequence_number LIMIT "
            + ROWS_AT_ONCE;
    try (var query = journal.prepareStatement(sql)) {
      var last = after;
      var found = ROWS_AT_ONCE;
      while (found == ROWS_AT_ONCE) {
        found = 0;
        try (var rows = page(query, persistenceId, last)) {
          while (rows.next()) {
            found++;
            last = rows.getLong(2);
            consumer.accept(rows);
          }
        }
      }
    }
  }

  /** Hands over the snapshots of one entity, oldest first, one in memory at a time. */
  void forEachSnapshot(String persistenceId, RowConsumer consumer) throws SQLException {
    var sql =
        "SELECT "
            + SNAPSHOT_COLUMNS
            + " FROM snapshot WHERE persistence_id = ? AND sequence_number > ?"
            + " ORDER BY sequence_number LIMIT 1";
    try (var query = snapshots.prepareStatement(sql)) {
      var last = -1L;
      var found = true;
      while (found) {
        try (var rows = page(query, persistenceId, last)) {
          found = rows.next();
          if (found) {
            last = rows.getLong(2);
            consumer.accept(rows);
          }
        }
      }
    }
  }

  private static ResultSet page(PreparedStatement query, String persistenceId, long after)
      throws SQLException {
    query.setString(1, persistenceId);
    query.setLong(2, after);
    return query.executeQuery();
  }

  // ---- What they come down to -------------------------------------------------------------------

  /**
   * Reads everything of one entity, twice where it is a partition.
   *
   * @param limits of the state that is recovered
   * @param onRows hears how many rows were read since it was told last
   */
  StoreMigration.Entity fingerprint(String persistenceId, Limits limits, LongConsumer onRows)
      throws SQLException {
    var digest = sha256();
    var counted = new long[3];
    forEachRow(
        persistenceId,
        0,
        row -> {
          add(digest, row, row.getBoolean(3), 4, 12);
          counted[0]++;
          counted[1] = row.getLong(2);
          onRows.accept(1);
        });
    forEachSnapshot(
        persistenceId,
        row -> {
          add(digest, row, false, 3, 9);
          counted[2]++;
        });
    var state =
        persistenceId.startsWith(PARTITION)
            ? Long.toHexString(StateHash.of(recover(persistenceId, limits)))
            : "";
    return new StoreMigration.Entity(
        persistenceId,
        counted[0],
        counted[1],
        counted[2],
        HexFormat.of().formatHex(digest.digest()),
        state);
  }

  /** A flag is a number in one store and a truth value in the other, so it goes in by its value. */
  private static void add(MessageDigest digest, ResultSet row, boolean flag, int from, int to)
      throws SQLException {
    add(digest, row.getString(1).getBytes(StandardCharsets.UTF_8));
    add(digest, row.getString(2).getBytes(StandardCharsets.UTF_8));
    add(digest, new byte[] {(byte) (flag ? 1 : 0)});
    for (var column = from; column <= to; column++) {
      var isBytes = row.getMetaData().getColumnName(column).endsWith("_payload");
      var text = isBytes ? null : row.getString(column);
      add(digest, isBytes ? row.getBytes(column) : utf8(text));
    }
  }

  private static byte @Nullable [] utf8(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  /** With its length ahead, so that no two rows read alike. */
  private static void add(MessageDigest digest, byte @Nullable [] value) {
    var length = value == null ? -1 : value.length;
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
    if (value != null) {
      digest.update(value);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  /** The state of a partition as a node would recover it: the newest snapshot, the rows behind. */
  private PartitionSnapshot recover(String persistenceId, Limits limits) throws SQLException {
    var state = new PartitionState(limits);
    var newest = newestSnapshot(persistenceId);
    var after = 0L;
    if (newest != null) {
      state.restore(newest.state());
      after = newest.sequenceNr();
    }
    forEachRow(
        persistenceId,
        after,
        row ->
            PartitionRow.fromBytes(
                    row.getBytes("event_payload"), row.getString("event_ser_manifest"))
                .events(new RowPlace(persistenceId, row.getLong(2)), state::intern)
                .forEach(state::replay));
    return state.snapshot();
  }

  private record Newest(long sequenceNr, PartitionSnapshot state) {}

  private @Nullable Newest newestSnapshot(String persistenceId) throws SQLException {
    var sql =
        "SELECT sequence_number, snapshot_ser_manifest, snapshot_payload FROM snapshot"
            + " WHERE persistence_id = ? ORDER BY sequence_number DESC LIMIT 1";
    try (var query = snapshots.prepareStatement(sql)) {
      query.setString(1, persistenceId);
      try (var row = query.executeQuery()) {
        return row.next() ? new Newest(row.getLong(1), decoded(row)) : null;
      }
    }
  }

  private static PartitionSnapshot decoded(ResultSet row) throws SQLException {
    try {
      return (PartitionSnapshot)
          new JournalSerializer().fromBinary(row.getBytes(3), row.getString(2));
    } catch (NotSerializableException e) {
      throw new StoreException(
          StoreException.Reason.UNREADABLE, "a snapshot cannot be read: " + e.getMessage(), e);
    }
  }
}
