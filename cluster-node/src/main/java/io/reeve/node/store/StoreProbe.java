package io.reeve.node.store;

import io.reeve.journal.JournalRoom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a row would be stored just now: the files are those that were opened, there is
 * room, the last row of each entity was stored, and a connection that the journal writes with can
 * begin to write. Writes nothing, waits for no disk.
 */
final class StoreProbe implements Supplier<Optional<String>> {

  /** Begins to write on a connection, and takes it back. */
  interface Attempt {
    void on(Connection connection) throws SQLException;
  }

  private final StoreGuard guard;
  private final @Nullable StoreRoom room;
  private final JdbcJournalRetention.Connections writers;
  private final Attempt attempt;

  StoreProbe(
      StoreGuard guard,
      @Nullable StoreRoom room,
      JdbcJournalRetention.Connections writers,
      Attempt attempt) {
    this.guard = guard;
    this.room = room;
    this.writers = writers;
    this.attempt = attempt;
  }

  /** SQLite has one writer, so beginning to write is all there is. */
  static void attemptSqlite(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      statement.execute("ROLLBACK");
    }
  }

  /** A server takes rows while nobody holds the table, and unless it only reads. */
  static void attemptPostgres(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute("LOCK TABLE event_journal IN ROW EXCLUSIVE MODE NOWAIT");
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  /** What keeps a row from being stored; empty: nothing. May block for some seconds. */
  @Override
  public Optional<String> get() {
    try {
      guard.look();
    } catch (StoreException broken) {
      return Optional.of(told(broken));
    }
    if (room != null && room.now() != JournalRoom.ENOUGH) {
      return Optional.of(room.shortage());
    }
    var failing = guard.failing();
    if (failing.isPresent()) {
      return failing;
    }
    try (var connection = writers.borrow()) {
      attempt.on(connection);
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of("the journal takes no row: " + reason(e));
    }
  }

  /** What the log said when the store broke. */
  private static String told(StoreException broken) {
    var first = broken.getCause() instanceof StoreException cause ? cause : broken;
    return String.valueOf(first.getMessage());
  }

  /** The innermost message of a chain of causes, on one line; a full disk by its name. */
  static String reason(Throwable failure) {
    var innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    var text = String.valueOf(innermost.getMessage()).lines().findFirst().orElse("");
    return FullDisk.causes(failure) ? "STORE_FULL: " + text : text;
  }
}
