package io.reeve.node.store;

import io.reeve.journal.JournalRetention;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.persistence.jdbc.db.SlickExtension;
import org.apache.pekko.persistence.jdbc.db.SlickExtensionImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes rows and snapshots on one thread, one request after the other, each in small transactions
 * with a pause after each, so that writers get at least the share {@code 1 - duty} of the time. Its
 * statements are those that both databases understand alike.
 *
 * <p>For each transaction it borrows a connection anew. With SQLite that is the one connection that
 * the journal writes with, and so it waits in the same queue as a write does. A connection of its
 * own would have to find the file unlocked by polling, and finds it locked for seconds when the
 * journal is busy: then it would fail just when there is most to remove.
 */
final class JdbcJournalRetention implements JournalRetention, AutoCloseable {

  /** Lends a connection in auto-commit mode; closing gives it back. */
  interface Connections {
    Connection borrow() throws SQLException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(JdbcJournalRetention.class);

  private final Connections journal;
  private final Connections snapshots;
  private final StoreSettings.Trim settings;
  private final LongSupplier nanoTime;
  private final Runnable before;
  private final ThreadPoolExecutor worker;

  /**
   * @param before done ahead of each removal of rows, once per snapshot and partition
   */
  JdbcJournalRetention(
      Connections journal,
      Connections snapshots,
      StoreSettings.Trim settings,
      LongSupplier nanoTime,
      Runnable before) {
    this.before = before;
    this.journal = journal;
    this.snapshots = snapshots;
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.worker =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(settings.pendingMax()),
            task -> {
              var thread = new Thread(task, "reeve-store-trim");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts one on the connections of a running system, which ends with that system.
   *
   * @param journal path of a configuration that names the pool for the journal's rows
   * @param snapshots alike, for snapshots
   * @param before done ahead of each removal of rows, once per snapshot and partition
   */
  static JdbcJournalRetention start(
      ActorSystem<?> system,
      String journal,
      String snapshots,
      StoreSettings.Trim settings,
      LongSupplier nanoTime,
      Runnable before) {
    var retention =
        new JdbcJournalRetention(
            connections(system, journal),
            connections(system, snapshots),
            settings,
            nanoTime,
            before);
    system.getWhenTerminated().thenRun(retention::close);
    return retention;
  }

  /** Connections of the pool that the configuration at {@code path} names. */
  static Connections connections(ActorSystem<?> system, String path) {
    var databases = (SlickExtensionImpl) SlickExtension.get(system);
    var source = databases.database(system.settings().config().getConfig(path)).database().source();
    return source::createConnection;
  }

  @Override
  public CompletionStage<Long> trim(String persistenceId, long toSequenceNr) {
    return start(
        "journal rows of %s up to %d".formatted(persistenceId, toSequenceNr),
        () -> removeRows(persistenceId, toSequenceNr));
  }

  @Override
  public CompletionStage<Long> dropSnapshotsBelow(String persistenceId, long sequenceNr) {
    return start(
        "snapshots of %s below %d".formatted(persistenceId, sequenceNr),
        () -> removeSnapshots(persistenceId, sequenceNr));
  }

  private interface Removal {
    long run() throws SQLException;
  }

  private CompletionStage<Long> start(String what, Removal removal) {
    var removed = new CompletableFuture<Long>();
    try {
      worker.execute(() -> run(what, removal, removed));
    } catch (RejectedExecutionException e) {
      fail(what, removed, e);
    }
    return removed;
  }

  private void run(String what, Removal removal, CompletableFuture<Long> removed) {
    try {
      refuseWhenClosing();
      var count = removal.run();
      LOG.debug("removed {}: {}", what, count);
      removed.complete(count);
    } catch (SQLException | RuntimeException e) {
      fail(what, removed, e);
    }
  }

  private void refuseWhenClosing() {
    if (worker.isShutdown()) {
      throw new CancellationException("the store closes");
    }
  }

  private void fail(String what, CompletableFuture<Long> removed, Exception cause) {
    if (worker.isShutdown()) {
      LOG.debug("left {}, the store closes", what);
    } else {
      LOG.warn("could not remove {}; the next snapshot tries again", what, cause);
    }
    removed.completeExceptionally(cause);
  }

  // ---- Journal rows ---------------------------------------------------------------------------

  private long removeRows(String persistenceId, long toSequenceNr) throws SQLException {
    before.run();
    var removed = 0L;
    for (var chunk = removeChunk(persistenceId, toSequenceNr);
        chunk.rows() > 0;
        chunk = removeChunk(persistenceId, toSequenceNr)) {
      removed += chunk.rows();
      pauseAfter(chunk.nanos());
    }
    return removed;
  }

  /** What one transaction removed and how long the writer may have waited for it. */
  private record Chunk(long rows, long nanos) {}

  private Chunk removeChunk(String persistenceId, long toSequenceNr) throws SQLException {
    try (var connection = journal.borrow()) {
      var began = nanoTime.getAsLong();
      var last = Math.min(toSequenceNr, highest(connection, "event_journal", persistenceId) - 1);
      var through = chunkEnd(connection, persistenceId, last);
      var rows = through == 0 ? 0 : deleteUpTo(connection, "event_journal", persistenceId, through);
      return new Chunk(rows, nanoTime.getAsLong() - began);
    }
  }

  /**
   * The sequence number that the next chunk ends with, 0 when no row is left. The lengths are read
   * from the rows' headers, not from their payloads, by either database.
   */
  private long chunkEnd(Connection connection, String persistenceId, long last)
      throws SQLException {
    var sql =
        "SELECT sequence_number, length(event_payload) FROM event_journal"
            + " WHERE persistence_id = ? AND sequence_number <= ?"
            + " ORDER BY sequence_number LIMIT ?";
    try (var query = connection.prepareStatement(sql)) {
      query.setString(1, persistenceId);
      query.setLong(2, last);
      query.setInt(3, settings.chunkRows());
      try (var rows = query.executeQuery()) {
        var end = 0L;
        var bytes = 0L;
        while (rows.next()) {
          bytes += rows.getLong(2);
          if (end > 0 && bytes > settings.chunkSize()) {
            break;
          }
          end = rows.getLong(1);
        }
        return end;
      }
    }
  }

  // ---- Snapshots ------------------------------------------------------------------------------

  private long removeSnapshots(String persistenceId, long sequenceNr) throws SQLException {
    try (var connection = snapshots.borrow()) {
      var newest = highest(connection, "snapshot", persistenceId);
      return deleteUpTo(connection, "snapshot", persistenceId, Math.min(sequenceNr, newest) - 1);
    }
  }

  // ---- Both -----------------------------------------------------------------------------------

  private static long highest(Connection connection, String table, String persistenceId)
      throws SQLException {
    try (var query =
        connection.prepareStatement(
            "SELECT max(sequence_number) FROM " + table + " WHERE persistence_id = ?")) {
      query.setString(1, persistenceId);
      try (var row = query.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  private static long deleteUpTo(
      Connection connection, String table, String persistenceId, long sequenceNr)
      throws SQLException {
    try (var delete =
        connection.prepareStatement(
            "DELETE FROM " + table + " WHERE persistence_id = ? AND sequence_number <= ?")) {
      delete.setString(1, persistenceId);
      delete.setLong(2, sequenceNr);
      return delete.executeUpdate();
    }
  }

  private void pauseAfter(long nanosHeld) {
    var until = nanoTime.getAsLong() + (long) (nanosHeld * (1 - settings.duty()) / settings.duty());
    for (var left = until - nanoTime.getAsLong(); left > 0; left = until - nanoTime.getAsLong()) {
      refuseWhenClosing();
      LockSupport.parkNanos(left);
    }
  }

  /** Ends after the transaction in progress; what waits is left for the next run of the node. */
  @Override
  public void close() {
    // Run after the shutdown, the waiting ones only tell their callers that they were left.
    worker.shutdownNow().forEach(Runnable::run);
  }
}
