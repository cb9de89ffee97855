package io.reeve.node.store;

import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.journal.JournalSerializer;
import io.reeve.journal.SnapshotSink;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes snapshots into the table that Pekko's snapshot store loads them from, in the same form.
 * One thread encodes and writes; it opens a connection for each snapshot, so that it never holds up
 * those of the journal, and neither those that load snapshots.
 */
final class JdbcSnapshotSink implements SnapshotSink, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcSnapshotSink.class);

  /** Both databases understand it. The row of a repeated attempt replaces the one before. */
  private static final String STORE =
      "INSERT INTO snapshot (persistence_id, sequence_number, created, snapshot_ser_id,"
          + " snapshot_ser_manifest, snapshot_payload) VALUES (?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (persistence_id, sequence_number) DO UPDATE SET"
          + " created = excluded.created, snapshot_ser_id = excluded.snapshot_ser_id,"
          + " snapshot_ser_manifest = excluded.snapshot_ser_manifest,"
          + " snapshot_payload = excluded.snapshot_payload";

  /** Opens a connection in auto-commit mode. */
  interface Connections {
    Connection open() throws SQLException;
  }

  private final Connections connections;
  private final int bytesMax;
  private final LongSupplier nanoTime;
  private final JournalSerializer serializer = new JournalSerializer();
  private final AtomicBoolean busy = new AtomicBoolean();
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          task -> {
            var thread = new Thread(task, "reeve-store-snapshot");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param bytesMax of one snapshot; a larger one is not stored
   */
  JdbcSnapshotSink(Connections connections, int bytesMax, LongSupplier nanoTime) {
    this.connections = connections;
    this.bytesMax = bytesMax;
    this.nanoTime = nanoTime;
  }

  /** Starts one that ends with {@code system}. */
  static SnapshotSink start(
      ActorSystem<?> system, Connections connections, int bytesMax, LongSupplier nanoTime) {
    var sink = new JdbcSnapshotSink(connections, bytesMax, nanoTime);
    system.getWhenTerminated().thenRun(sink::close);
    return sink;
  }

  @Override
  public Optional<CompletionStage<Void>> store(
      String persistenceId, long sequenceNr, long atMs, Supplier<PartitionSnapshot> freeze) {
    if (!busy.compareAndSet(false, true)) {
      return Optional.empty();
    }
    var stored = new CompletableFuture<Void>();
    try {
      var frozen = freeze.get();
      worker.execute(() -> run(persistenceId, sequenceNr, atMs, frozen, stored));
    } catch (RuntimeException e) {
      end(stored, e);
    } catch (Error e) {
      end(stored, e);
      throw e;
    }
    return Optional.of(stored);
  }

  private void run(
      String persistenceId,
      long sequenceNr,
      long atMs,
      PartitionSnapshot frozen,
      CompletableFuture<Void> stored) {
    try {
      var began = nanoTime.getAsLong();
      var bytes = serializer.toBinary(frozen, bytesMax);
      var encoded = nanoTime.getAsLong();
      write(persistenceId, sequenceNr, atMs, serializer.manifest(frozen), bytes);
      LOG.info(
          "stored the snapshot of {} at row {}: {} tasks in {} KiB, encoded in {} ms, written in"
              + " {} ms",
          persistenceId,
          sequenceNr,
          frozen.tasks().size(),
          bytes.length / 1024,
          (encoded - began) / 1_000_000,
          (nanoTime.getAsLong() - encoded) / 1_000_000);
      end(stored, null);
    } catch (SQLException | RuntimeException e) {
      end(stored, e);
    } catch (Error e) {
      // The partition keeps its rows and tries again when other snapshots have gone.
      end(stored, e);
      throw e;
    }
  }

  private void write(
      String persistenceId, long sequenceNr, long atMs, String manifest, byte[] bytes)
      throws SQLException {
    try (var connection = connections.open();
        var insert = connection.prepareStatement(STORE)) {
      insert.setString(1, persistenceId);
      insert.setLong(2, sequenceNr);
      insert.setLong(3, atMs);
      insert.setInt(4, JournalSerializer.IDENTIFIER);
      insert.setString(5, manifest);
      insert.setBytes(6, bytes);
      insert.executeUpdate();
    }
  }

  /** Another snapshot may come before anybody hears the end of this one. */
  private void end(CompletableFuture<Void> stored, @Nullable Throwable failure) {
    busy.set(false);
    if (failure == null) {
      stored.complete(null);
    } else {
      stored.completeExceptionally(failure);
    }
  }

  /** A snapshot that is being written may still end; the journal rows behind it stay until then. */
  @Override
  public void close() {
    worker.shutdownNow();
  }
}
