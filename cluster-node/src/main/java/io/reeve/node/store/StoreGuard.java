package io.reeve.node.store;

import static io.reeve.node.store.StoreException.Reason.STORE_DAMAGED;
import static io.reeve.node.store.StoreException.Reason.STORE_REMOVED;
import static io.reeve.node.store.StoreException.Reason.UNREADABLE;

import io.reeve.journal.JournalRoom;
import io.reeve.journal.UnreadableJournalException;
import java.io.IOException;
import java.io.NotSerializableException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteException;

/**
 * Stands between the commit of a row and its acknowledgement, for an embedded store that is open.
 *
 * <p>It compares the files in the directory with those that the store opened: a commit into a file
 * that was removed or replaced is lost when the node ends. Then it raises the {@link Marks}. Once
 * the store is broken it lets nothing through. Safe for many threads.
 */
final class StoreGuard implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StoreGuard.class);

  /** By name, since Pekko makes the journal from a configuration, which holds no objects. */
  private static final Map<String, StoreGuard> OPEN = new ConcurrentHashMap<>();

  /** A failure that is older says nothing of now: the entity may have moved to another node. */
  private static final long FAILURE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** PostgreSQL's data_corrupted and index_corrupted. */
  private static final Set<String> POSTGRES_CORRUPTED = Set.of("XX001", "XX002");

  private final String name;
  private final LongSupplier nanoTime;

  /** Null where several nodes share the store: none knows what the others had acknowledged. */
  private final @Nullable Marks marks;

  /** Entities whose last row was not stored. */
  private final Map<String, Failure> failures = new ConcurrentHashMap<>();

  private record Failure(String reason, long atNanos) {}

  private final RefusedRoom room;

  private final Map<Path, Object> opened = new LinkedHashMap<>();
  private final CompletableFuture<StoreException> broken = new CompletableFuture<>();

  private StoreGuard(String name, @Nullable Marks marks, LongSupplier nanoTime) {
    this.name = name;
    this.nanoTime = nanoTime;
    this.room = new RefusedRoom(nanoTime);
    this.marks = marks;
  }

  /**
   * Guards the store in {@code directory}.
   *
   * @param files which the store has open
   * @param nanoTime monotonic
   */
  static StoreGuard start(Path directory, List<Path> files, Marks marks, LongSupplier nanoTime)
      throws IOException {
    var guard = new StoreGuard(directory.toString(), marks, nanoTime);
    for (var file : files) {
      guard.opened.put(file, keyOf(file));
    }
    OPEN.put(guard.name, guard);
    return guard;
  }

  /** Guards a store that several nodes share, under a name that no other store has. */
  static StoreGuard ofShared(String name, LongSupplier nanoTime) {
    var guard = new StoreGuard(name, null, nanoTime);
    OPEN.put(name, guard);
    return guard;
  }

  /** The guard of this name; null: the store has none. */
  static @Nullable StoreGuard named(String name) {
    return OPEN.get(name);
  }

  String name() {
    return name;
  }

  /** Completed once the store must not be used any more. */
  CompletionStage<StoreException> broken() {
    return broken;
  }

  /**
   * Lets a write begin.
   *
   * @throws StoreException when the store is broken
   */
  void admit() {
    var failure = broken.getNow(null);
    if (failure != null) {
      throw new StoreException(failure.reason(), "the store is broken", failure);
    }
  }

  /**
   * Lets the write of a row begin.
   *
   * @return the monotonic time, for {@link #committed}
   * @throws StoreException when the store is broken
   */
  long begin() {
    admit();
    return nanoTime.getAsLong();
  }

  /**
   * Lets a row be acknowledged that was committed.
   *
   * @param begunNanos what {@link #begin} returned for it
   * @throws StoreException when it must not be; its outcome is unknown then
   */
  void committed(String persistenceId, long row, long begunNanos) {
    failures.remove(persistenceId);
    room.stored(begunNanos);
    if (marks == null) {
      return;
    }
    look();
    try {
      marks.raise(persistenceId, row);
    } catch (IOException e) {
      throw new StoreException(
          UNREADABLE, "row %d of %s could not be marked: %s".formatted(row, persistenceId, e), e);
    }
  }

  /**
   * Notes that a row was not stored, until the next one of this entity is. That another writer was
   * faster says nothing against the store.
   */
  void notStored(String persistenceId, Throwable failure) {
    if (!EmbeddedStore.isTaken(failure) && !PostgresStore.isTaken(failure)) {
      failures.put(persistenceId, new Failure(StoreProbe.reason(failure), nanoTime.getAsLong()));
    }
    if (FullDisk.causes(failure)) {
      room.refused();
    }
  }

  /** How much room the store has, as far as the rows tell that it refused for want of it. */
  JournalRoom room() {
    return room.now();
  }

  /** What keeps an entity from storing rows; empty: the last row of each was stored. */
  Optional<String> failing() {
    var now = nanoTime.getAsLong();
    failures.values().removeIf(failure -> now - failure.atNanos() > FAILURE_NANOS);
    return failures.entrySet().stream()
        .findFirst()
        .map(
            failing ->
                "the last row of %s was not stored: %s"
                    .formatted(StoreFiles.words(failing.getKey()), failing.getValue().reason()));
  }

  /**
   * Compares the files in the directory with those that are open; some microseconds.
   *
   * @throws StoreException when they differ, and each time from then on
   */
  void look() {
    admit();
    for (var file : opened.entrySet()) {
      try {
        if (!file.getValue().equals(keyOf(file.getKey()))) {
          throw broke(
              new StoreException(
                  STORE_REMOVED, "STORE_REMOVED: " + file.getKey() + " was replaced" + WHAT_NOW));
        }
      } catch (NoSuchFileException e) {
        throw broke(
            new StoreException(
                STORE_REMOVED, "STORE_REMOVED: " + file.getKey() + " was removed" + WHAT_NOW, e));
      } catch (IOException e) {
        throw new StoreException(UNREADABLE, file.getKey() + " cannot be checked: " + e, e);
      }
    }
  }

  private static final String WHAT_NOW =
      " while the node runs, so nothing is acknowledged any more and the node ends; restore the"
          + " data directory from a backup before the next start";

  /**
   * An entity could not be recovered. Where its rows are the cause, the store is broken: they will
   * not read better at the next try.
   */
  void replayFailed(String persistenceId, Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (!tellsDamage(cause)) {
        continue;
      }
      if (marks == null) {
        LOG.error(
            "STORE_DAMAGED: {} cannot be recovered: {}; the other partitions go on; restore the"
                + " database from a backup",
            StoreFiles.words(persistenceId),
            cause.getMessage());
      } else {
        broke(
            new StoreException(
                STORE_DAMAGED,
                "STORE_DAMAGED: %s of %s cannot be recovered: %s%s%s"
                    .formatted(
                        StoreFiles.words(persistenceId),
                        Path.of(name, "journal.db"),
                        cause.getMessage(),
                        StoreFiles.WHAT_NOW,
                        name),
                failure));
      }
      return;
    }
  }

  /** Whether it tells, without its causes, that bytes of the store are not what they were. */
  static boolean tellsDamage(Throwable cause) {
    if (cause instanceof SQLiteException sqlite) {
      return DamagedFile.says(sqlite);
    }
    if (cause instanceof SQLException sql) {
      return sql.getSQLState() != null && POSTGRES_CORRUPTED.contains(sql.getSQLState());
    }
    return cause instanceof UnreadableJournalException
        || cause instanceof NotSerializableException
        || (cause instanceof StoreException store && store.reason() == UNREADABLE);
  }

  /** Lets nothing through from now on. */
  private StoreException broke(StoreException failure) {
    if (broken.complete(failure)) {
      LOG.error("{}", failure.getMessage());
    }
    return failure;
  }

  /** Makes the marks survive a power failure. */
  void forceMarks() {
    try {
      if (marks != null) {
        marks.force();
      }
    } catch (IOException e) {
      LOG.warn("the marks could not be forced to the disk; the next snapshot tries again", e);
    }
  }

  /** Device and inode. */
  private static Object keyOf(Path file) throws IOException {
    var key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    if (key == null) {
      throw new IOException("expected a file system that has inodes");
    }
    return key;
  }

  @Override
  public void close() {
    OPEN.remove(name, this);
  }
}
