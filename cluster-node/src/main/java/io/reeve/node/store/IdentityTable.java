package io.reeve.node.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The table that says which store a file belongs to. */
final class IdentityTable {

  private static final String NAME = "store_identity";

  private IdentityTable() {}

  /** Whether the file has the table at all; one of an earlier build has not. */
  static boolean isThere(Connection connection) throws SQLException {
    try (var query =
        connection.prepareStatement(
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?")) {
      query.setString(1, NAME);
      try (var row = query.executeQuery()) {
        return row.next() && row.getInt(1) == 1;
      }
    }
  }

  /** The identity; empty: none was written yet. */
  static Optional<String> read(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT id FROM " + NAME)) {
      return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
    }
  }

  /** Writes the identity in place of any other, and returns it. */
  static String write(Connection connection, String id) throws SQLException {
    connection.setAutoCommit(false);
    try (var clear = connection.createStatement();
        var insert = connection.prepareStatement("INSERT INTO " + NAME + " (id) VALUES (?)")) {
      clear.executeUpdate("DELETE FROM " + NAME);
      insert.setString(1, id);
      insert.executeUpdate();
      connection.commit();
      return id;
    } finally {
      connection.setAutoCommit(true);
    }
  }
}
