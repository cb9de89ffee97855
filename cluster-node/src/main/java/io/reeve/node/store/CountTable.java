package io.reeve.node.store;

import io.reeve.domain.partition.PartitionCounts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** How many partitions there are and were, in a table that is the same in both kinds of store. */
final class CountTable {

  static final String NAME = "partition_count";

  private CountTable() {}

  /** All lines, oldest first. */
  static List<PartitionCounts.Line> read(Connection connection) throws SQLException {
    var lines = new ArrayList<PartitionCounts.Line>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT partitions, since_ms FROM " + NAME + " ORDER BY partitions")) {
      while (rows.next()) {
        lines.add(new PartitionCounts.Line(rows.getInt(1), rows.getLong(2)));
      }
    }
    return List.copyOf(lines);
  }

  /** Adds a line unless there is one for this number; of several nodes the first one adds it. */
  static void add(Connection connection, PartitionCounts.Line line) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            "INSERT INTO "
                + NAME
                + " (partitions, since_ms) VALUES (?, ?) ON CONFLICT (partitions) DO NOTHING")) {
      insert.setInt(1, line.count());
      insert.setLong(2, line.sinceMs());
      insert.executeUpdate();
    }
  }
}
