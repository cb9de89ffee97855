package io.reeve.node.store;

import static io.reeve.node.store.StoreException.Reason.UNREADABLE;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.journal.JournalRetention;
import io.reeve.journal.JournalRoom;
import io.reeve.journal.SnapshotSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The embedded store of one node: a data directory with the files {@code journal.db} and {@code
 * snapshots.db}, opened for this process alone.
 *
 * <p>Once {@link #open} returns, the schema is the one of this release, no acknowledged row is
 * missing, and a row that the actor system's journal acknowledges is on the disk. Close it after
 * the actor system has ended: from then on another process may have the directory. A process that
 * is killed leaves nothing to clean up; the next one continues from the write-ahead log.
 *
 * <p>The files do not shrink. Pages of removed rows are used again, so a file stays as large as the
 * most it ever held at once.
 */
public final class EmbeddedStore implements Store {

  private static final String PLUGIN_CONFIGURATION = "reeve-store-sqlite.conf";

  /** SQLite takes no row above 1 GB; what is left is for the other columns. */
  private static final int SNAPSHOT_BYTES_MAX = 1_000_000_000 - (1 << 16);

  private final Held held;
  private final Path directory;
  private final SqliteFile journal;
  private final SqliteFile snapshots;
  private final StoreSettings settings;
  private final StoreGuard guard;
  private final StoreRoom room;

  private EmbeddedStore(
      Held held,
      Path directory,
      StoreSettings settings,
      StoreFiles files,
      StoreGuard guard,
      StoreRoom room) {
    this.room = room;
    this.held = held;
    this.directory = directory;
    this.settings = settings;
    this.journal = files.journal();
    this.snapshots = files.snapshots();
    this.guard = guard;
  }

  /**
   * Opens the store, and makes a new one where no file of a store is.
   *
   * @throws StoreException when the directory is in use, newer than this release, damaged or
   *     incomplete, on a full disk, or on a file system that cannot make rows durable
   */
  public static EmbeddedStore open(StoreSettings settings, StoreSenses senses) {
    SqliteLibrary.load();
    var held = new Held();
    var opened = false;
    try {
      var store = open(settings, senses, held);
      opened = true;
      return store;
    } catch (IOException e) {
      throw StoreException.of(
          UNREADABLE, "%s cannot be opened: %s".formatted(settings.directory(), e.getMessage()), e);
    } finally {
      if (!opened) {
        held.close();
      }
    }
  }

  private static EmbeddedStore open(StoreSettings settings, StoreSenses senses, Held held)
      throws IOException {
    var directory = held.add(DirectoryLock.acquire(settings.directory())).directory();
    var files = new StoreFiles(directory, settings);
    var marks = held.add(files.prepare(senses.random()));
    // As long as these connections are open SQLite keeps the write-ahead logs.
    files.journal().named(() -> CountTable.read(held.add(files.journal().connect())));
    files
        .snapshots()
        .named(() -> StoreFiles.newestSnapshots(held.add(files.snapshots().connect())));
    var watched =
        List.of(
            files.journal().path(),
            WriteAheadLog.of(files.journal().path()),
            files.snapshots().path());
    var guard = held.add(StoreGuard.start(directory, watched, marks, senses.nanoTime()));
    var room = new StoreRoom(directory, settings.reserve(), senses.nanoTime());
    return new EmbeddedStore(held, directory, settings, files, guard, room);
  }

  static SqliteFile journalFile(Path directory, StoreSettings settings) {
    return new StoreFiles(directory, settings).journal();
  }

  static SqliteFile snapshotFile(Path directory, StoreSettings settings) {
    return new StoreFiles(directory, settings).snapshots();
  }

  /** The directory, free of symbolic links. */
  public Path directory() {
    return directory;
  }

  /** Where the journal is, for a {@link JournalReader}. */
  public Path journalPath() {
    return journal.path();
  }

  @Override
  public Config pekkoConfig() {
    var databases = "pekko-persistence-jdbc.shared-databases.";
    return ConfigFactory.parseMap(
            Map.of(
                "jdbc-journal.guard",
                guard.name(),
                databases + "reeve-journal.db.url",
                journal.url(),
                databases + "reeve-journal-reader.db.url",
                journal.readerUrl(),
                databases + "reeve-snapshots.db.url",
                snapshots.url()))
        .withFallback(
            ConfigFactory.parseResources(
                EmbeddedStore.class.getClassLoader(), PLUGIN_CONFIGURATION))
        .resolve();
  }

  /** Removal goes through the connections that {@code system} writes with. */
  @Override
  public JournalRetention retention(ActorSystem<?> system, LongSupplier nanoTime) {
    return JdbcJournalRetention.start(
        system,
        "jdbc-journal",
        "jdbc-snapshot-store",
        settings.trim(),
        nanoTime,
        guard::forceMarks);
  }

  @Override
  public Supplier<Optional<String>> probe(ActorSystem<?> system) {
    return new StoreProbe(
        guard,
        room,
        JdbcJournalRetention.connections(system, "jdbc-journal"),
        StoreProbe::attemptSqlite);
  }

  @Override
  public JournalRoom room() {
    return room.now();
  }

  @Override
  public CompletionStage<StoreException> broken() {
    return guard.broken();
  }

  @Override
  public SnapshotSink snapshots(ActorSystem<?> system, LongSupplier nanoTime) {
    return JdbcSnapshotSink.start(system, snapshots::connect, SNAPSHOT_BYTES_MAX, nanoTime);
  }

  @Override
  public boolean fenced(Throwable failure) {
    return isTaken(failure);
  }

  /** Whether another writer stored a row of this number before. */
  static boolean isTaken(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLiteException sqlite) {
        var code = sqlite.getResultCode();
        return code == SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE
            || code == SQLiteErrorCode.SQLITE_CONSTRAINT_PRIMARYKEY;
      }
    }
    return false;
  }

  /** The files are there and may be written: a full disk shows in the writes themselves. */
  @Override
  public boolean answers() {
    return Files.isWritable(journal.path()) && Files.isWritable(snapshots.path());
  }

  @Override
  public List<PartitionCounts.Line> partitionCounts() {
    try (var connection = journal.connect()) {
      return CountTable.read(connection);
    } catch (SQLException e) {
      throw journal.unreadable(e);
    }
  }

  @Override
  public void addPartitionCount(PartitionCounts.Line line) {
    try (var connection = journal.connect()) {
      CountTable.add(connection, line);
    } catch (SQLException e) {
      throw journal.unreadable(e);
    }
  }

  /** The files are this process's alone. */
  @Override
  public Optional<MemberDirectory> members() {
    return Optional.empty();
  }

  @Override
  public String where() {
    return "data " + settings.directory();
  }

  /**
   * Reads both files whole and checks their structure; takes about as long as reading them, and may
   * be done while an actor system writes.
   *
   * @return what is wrong, in the database's words, each with its file; empty for a sound store
   */
  public List<String> damages() {
    return Stream.of(journal, snapshots)
        .flatMap(file -> file.damages().stream().map(d -> file.path() + ": " + d))
        .toList();
  }

  @Override
  public void close() {
    held.close();
  }
}
