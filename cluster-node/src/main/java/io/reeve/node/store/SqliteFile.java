package io.reeve.node.store;

import static io.reeve.node.store.StoreException.Reason.NOT_DURABLE;
import static io.reeve.node.store.StoreException.Reason.UNREADABLE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/**
 * One SQLite file of the store, and the only place that knows how such a file is opened: its
 * address, its durability settings, its schema.
 *
 * <p>{@code synchronous=FULL} in write-ahead mode means one fsync of the log per commit, before the
 * commit returns. Every connection has to ask for it; SQLite does not store it in the file.
 */
record SqliteFile(Path path, String migrations, StoreSettings settings) {

  private static final String SYNCHRONOUS_FULL = "2";

  /**
   * The JDBC address of a writing connection, settings included. The path goes in as a URI, so that
   * spaces, question marks and percent signs in it stay part of it.
   */
  String url() {
    return baseUrl(path)
        + "?journal_mode=WAL&synchronous=FULL&transaction_mode=IMMEDIATE"
        + "&busy_timeout="
        + settings.busyTimeout().toMillis()
        + "&wal_autocheckpoint="
        + checkpointPages()
        + "&journal_size_limit="
        + settings.walSizeLimit();
  }

  /** The JDBC address of a connection that only reads, so that it never takes the write lock. */
  String readerUrl() {
    return url().replace("transaction_mode=IMMEDIATE", "transaction_mode=DEFERRED");
  }

  static String baseUrl(Path path) {
    return "jdbc:sqlite:file:" + path.toUri().toASCIIString().substring("file://".length());
  }

  /** Opens a writing connection like the plugin's; the caller closes it. */
  Connection connect() throws SQLException {
    // Not by a data source: its own settings would win over those of the address.
    return JDBC.createConnection(url(), new Properties());
  }

  /**
   * Creates the file where it is missing, brings its schema up to date and checks that the
   * durability settings hold.
   *
   * @return the number of migrations applied
   */
  int prepare() {
    try {
      if (Files.notExists(path) || Files.size(path) == 0) {
        create();
      }
      var applied = migrate();
      try (var connection = connect()) {
        verifyDurability(connection);
      }
      return applied;
    } catch (IOException e) {
      throw StoreException.of(UNREADABLE, "%s cannot be created: %s".formatted(path, e), e);
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  /** The page size is fixed by the first write, so it has to be set before anything else. */
  private void create() throws SQLException, IOException {
    // Ahead of SQLite, which would let everybody read it; its logs get the same permissions.
    if (Files.notExists(path)) {
      Files.createFile(path, OwnerOnly.FILE);
    }
    var config = new SQLiteConfig();
    config.setPageSize(settings.pageSize());
    try (var connection = source(baseUrl(path), config).getConnection();
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
    }
  }

  private int migrate() {
    var config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    config.setBusyTimeout(Math.toIntExact(settings.busyTimeout().toMillis()));
    // The migration library reads in one transaction and then writes; it begins them itself.
    config.setTransactionMode(TransactionMode.DEFERRED);
    try {
      return Migrations.apply(
          Migrations.configuration()
              .dataSource(source(baseUrl(path), config))
              .locations("classpath:" + migrations),
          path.toString());
    } catch (StoreException e) {
      // The migration library reads first, so it is the first to meet the damage.
      throw DamagedFile.causes(e) ? damaged(e) : e;
    }
  }

  /**
   * Asks the database what it really does; a file system without shared memory, for example,
   * refuses the write-ahead log without an error.
   */
  void verifyDurability(Connection connection) throws SQLException {
    expect(connection, "journal_mode", "wal");
    expect(connection, "synchronous", SYNCHRONOUS_FULL);
  }

  private void expect(Connection connection, String pragma, String expected) throws SQLException {
    var got = pragma(connection, pragma);
    if (!expected.equals(got)) {
      throw new StoreException(
          NOT_DURABLE,
          "%s: expected %s=%s, got %s; acknowledged rows would not be safe there"
              .formatted(path, pragma, expected, got));
    }
  }

  /**
   * Reads the whole file and checks its structure; indexes are not compared with their tables.
   * Takes about as long as reading the file.
   *
   * @return what is wrong, in the database's words; empty for a sound file
   */
  List<String> damages() {
    try {
      return check();
    } catch (SQLException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Like {@link #damages}, for a caller that tells damage from other failures.
   *
   * @throws StoreException when the file is damaged, or cannot be read for another cause
   */
  void demandSound(String whatNow) {
    try {
      var damages = check();
      if (!damages.isEmpty()) {
        throw StoreException.damaged(path, damages.get(0), whatNow, null);
      }
    } catch (SQLException e) {
      throw DamagedFile.causes(e)
          ? StoreException.damaged(path, String.valueOf(e.getMessage()), whatNow, e)
          : unreadable(e);
    }
  }

  private List<String> check() throws SQLException {
    try (var connection = connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("PRAGMA quick_check")) {
      var damages = new ArrayList<String>();
      while (rows.next()) {
        var line = rows.getString(1);
        if (!"ok".equals(line)) {
          damages.add(line);
        }
      }
      return List.copyOf(damages);
    }
  }

  static String pragma(Connection connection, String name) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("PRAGMA " + name)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    }
  }

  private int checkpointPages() {
    return Math.max(1, settings.checkpointSize() / settings.pageSize());
  }

  /** Reads from or writes to this file. */
  interface Access<T> {
    T get() throws SQLException;
  }

  /**
   * Gives what {@code access} does.
   *
   * @throws StoreException that names this file, when the database failed
   */
  <T> T named(Access<T> access) {
    try {
      return access.get();
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  /** What this failure means for whoever runs the node. */
  StoreException unreadable(SQLException e) {
    if (DamagedFile.causes(e)) {
      return damaged(e);
    }
    return StoreException.of(
        UNREADABLE, "%s cannot be opened: %s".formatted(path, e.getMessage()), e);
  }

  /** The innermost failure is SQLite's own; those around it repeat it at length. */
  private StoreException damaged(Exception e) {
    return StoreException.damaged(
        path, StoreProbe.reason(e), StoreFiles.WHAT_NOW + path.getParent(), e);
  }

  private static SQLiteDataSource source(String url, SQLiteConfig config) {
    var source = new SQLiteDataSource(config);
    source.setUrl(url);
    return source;
  }
}
