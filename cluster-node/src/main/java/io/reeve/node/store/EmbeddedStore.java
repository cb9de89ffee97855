package io.reeve.node.store;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.journal.JournalRetention;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The embedded store of one node: a data directory with the files {@code journal.db} and {@code
 * snapshots.db}, opened for this process alone.
 *
 * <p>Once {@link #open} returns, the schema is the one of this release and a row that the actor
 * system's journal acknowledges is on the disk. Close it after the actor system has ended: from
 * then on another process may have the directory. A process that is killed leaves nothing to clean
 * up; the next one continues from the write-ahead log.
 *
 * <p>The files do not shrink. Pages of removed rows are used again, so a file stays as large as the
 * most it ever held at once.
 */
public final class EmbeddedStore implements Store {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStore.class);
  private static final String PLUGIN_CONFIGURATION = "reeve-store-sqlite.conf";

  private final DirectoryLock lock;
  private final SqliteFile journal;
  private final SqliteFile snapshots;
  private final StoreSettings settings;

  private EmbeddedStore(DirectoryLock lock, StoreSettings settings) {
    this.lock = lock;
    this.journal = journalFile(lock.directory(), settings);
    this.snapshots = snapshotFile(lock.directory(), settings);
    this.settings = settings;
  }

  /**
   * Opens the store, creating what is missing.
   *
   * @throws StoreException when the directory is in use, newer than this release, damaged, or on a
   *     file system that cannot make rows durable
   */
  public static EmbeddedStore open(StoreSettings settings) {
    var lock = DirectoryLock.acquire(settings.directory());
    var opened = false;
    try {
      var store = new EmbeddedStore(lock, settings);
      store.prepare();
      opened = true;
      return store;
    } finally {
      if (!opened) {
        lock.close();
      }
    }
  }

  static SqliteFile journalFile(Path directory, StoreSettings settings) {
    return new SqliteFile(directory.resolve("journal.db"), "db/sqlite/journal", settings);
  }

  static SqliteFile snapshotFile(Path directory, StoreSettings settings) {
    return new SqliteFile(directory.resolve("snapshots.db"), "db/sqlite/snapshots", settings);
  }

  private void prepare() {
    var applied = journal.prepare() + snapshots.prepare();
    LOG.info("opened the store in {}, {} migrations applied", lock.directory(), applied);
  }

  /** The directory, free of symbolic links. */
  public Path directory() {
    return lock.directory();
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
                databases + "reeve-journal.db.url", journal.url(),
                databases + "reeve-journal-reader.db.url", journal.readerUrl(),
                databases + "reeve-snapshots.db.url", snapshots.url()))
        .withFallback(
            ConfigFactory.parseResources(
                EmbeddedStore.class.getClassLoader(), PLUGIN_CONFIGURATION))
        .resolve();
  }

  /** Removal goes through the connections that {@code system} writes with. */
  @Override
  public JournalRetention retention(ActorSystem<?> system, LongSupplier nanoTime) {
    return JdbcJournalRetention.start(
        system, "jdbc-journal", "jdbc-snapshot-store", settings.trim(), nanoTime);
  }

  @Override
  public boolean fenced(Throwable failure) {
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
    lock.close();
  }
}
