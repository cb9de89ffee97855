package io.reeve.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.OptionalLong;

/** How many rows a node's journal has taken in since it was created. */
@FunctionalInterface
public interface JournalRows {

  /** Empty when it cannot be told. */
  OptionalLong written();

  /**
   * Read from the SQLite files in the node's data directory, without disturbing the node: the
   * highest ordering number that was given, which rows that were removed since still count in.
   */
  static JournalRows inDirectory(Path directory) {
    return () -> {
      try (var files = Files.list(directory)) {
        return files
            .filter(file -> file.getFileName().toString().matches(".*journal.*\\.(db|sqlite)"))
            .map(JournalRows::highestOrdering)
            .flatMapToLong(OptionalLong::stream)
            .max();
      } catch (IOException noDirectory) {
        return OptionalLong.empty();
      }
    };
  }

  private static OptionalLong highestOrdering(Path file) {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:file:" + file + "?mode=ro");
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT max(ordering) FROM event_journal")) {
      return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
    } catch (SQLException otherSchema) {
      return OptionalLong.empty();
    }
  }
}
