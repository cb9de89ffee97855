package io.reeve.node.store;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.journal.JournalRetention;
import io.reeve.journal.JournalRoom;
import io.reeve.journal.SnapshotSink;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store of a cluster: one schema of a PostgreSQL database that all nodes write to, and beside
 * it a data directory of this node alone, for the file that says where it serves.
 *
 * <p>Two nodes that hold the same partition for a moment do no harm: the primary key of the journal
 * takes one row of a number, and whoever comes second is {@link #fenced}.
 *
 * <p>Without the server nothing is acknowledged. Writes fail, and go on by themselves once it is
 * back; a write that was cut off may be there or not, which the partition finds out as it recovers.
 */
public final class PostgresStore implements Store {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresStore.class);
  private static final String PLUGIN_CONFIGURATION = "reeve-store-postgres.conf";
  private static final String UNIQUE_VIOLATION = "23505";

  /**
   * PostgreSQL takes neither a field nor a message of 1 GiB; what is left is for the rest of both.
   */
  static final int SNAPSHOT_BYTES_MAX = (1 << 30) - (1 << 16);

  private final DirectoryLock lock;
  private final PostgresSettings settings;
  private final PostgresDatabase database;
  private final PostgresMembers members;
  private final StoreGuard guard;

  private PostgresStore(DirectoryLock lock, PostgresSettings settings, StoreSenses senses) {
    this.lock = lock;
    this.settings = settings;
    this.database = new PostgresDatabase(settings);
    this.members = new PostgresMembers(database, settings.schema());
    this.guard =
        StoreGuard.ofShared(
            "postgres-" + StoreFiles.newIdentity(senses.random()), senses.nanoTime());
  }

  /**
   * Connects, checks the server, and creates or migrates the schema. May be called by several nodes
   * at once: the first does the work, the others wait.
   *
   * @throws StoreException when the directory is in use, the server does not answer or cannot be
   *     trusted, or the schema is not of this release
   */
  public static PostgresStore open(PostgresSettings settings, StoreSenses senses) {
    var lock = DirectoryLock.acquire(settings.directory());
    var store = new PostgresStore(lock, settings, senses);
    var opened = false;
    try {
      LOG.info(
          "opened the store in {}, {} migrations applied",
          settings.where(),
          store.database.prepare());
      opened = true;
      return store;
    } finally {
      if (!opened) {
        store.close();
      }
    }
  }

  @Override
  public Config pekkoConfig() {
    return ConfigFactory.parseMap(database.pools())
        .withFallback(ConfigFactory.parseMap(Map.of("jdbc-journal.guard", guard.name())))
        .withFallback(
            ConfigFactory.parseResources(
                PostgresStore.class.getClassLoader(), PLUGIN_CONFIGURATION))
        .resolve();
  }

  /** Removal has a connection of its own, so it takes none from the writers. */
  @Override
  public JournalRetention retention(ActorSystem<?> system, LongSupplier nanoTime) {
    return JdbcJournalRetention.start(
        system, "reeve-trim", "reeve-trim", settings.trim(), nanoTime, () -> {});
  }

  /** Never: a server that is away comes back, and the other nodes go on. */
  @Override
  public CompletionStage<StoreException> broken() {
    return new CompletableFuture<>();
  }

  @Override
  public SnapshotSink snapshots(ActorSystem<?> system, LongSupplier nanoTime) {
    return JdbcSnapshotSink.start(
        system, database::connectForSnapshot, SNAPSHOT_BYTES_MAX, nanoTime);
  }

  @Override
  public boolean fenced(Throwable failure) {
    return isTaken(failure);
  }

  /** Whether another writer stored a row of this number before. */
  static boolean isTaken(Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && UNIQUE_VIOLATION.equals(sql.getSQLState())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean answers() {
    return members.answers();
  }

  @Override
  public Supplier<Optional<String>> probe(ActorSystem<?> system) {
    return new StoreProbe(
        guard,
        null,
        JdbcJournalRetention.connections(system, "jdbc-journal"),
        StoreProbe::attemptPostgres);
  }

  /**
   * The server does not say how much room it has; a full one refuses rows, and then it is known.
   */
  @Override
  public JournalRoom room() {
    return guard.room();
  }

  @Override
  public List<PartitionCounts.Line> partitionCounts() {
    try (var connection = database.connect()) {
      return CountTable.read(connection);
    } catch (SQLException e) {
      throw database.refused(e);
    }
  }

  @Override
  public void addPartitionCount(PartitionCounts.Line line) {
    try (var connection = database.connect()) {
      CountTable.add(connection, line);
    } catch (SQLException e) {
      throw database.refused(e);
    }
  }

  @Override
  public Optional<MemberDirectory> members() {
    return Optional.of(members);
  }

  @Override
  public OptionalLong clockMs() {
    return OptionalLong.of(members.clockMs());
  }

  @Override
  public String where() {
    return settings.where();
  }

  @Override
  public void close() {
    try (lock;
        database;
        guard) {
      members.close();
    }
  }
}
