package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stays in the log behind commits whose fsync failed, and how it differs from damage. */
class WriteAheadLogTest {

  private static final int LOG_HEADER = 32;
  private static final int FRAME = 24 + 4096;

  @TempDir private Path directory = Path.of("");

  /**
   * A commit is written and its fsync fails; then a shorter one from the same frame on, and again;
   * then one that is stored.
   */
  @Test
  void whatCommitsThatFailedLeftBehindIsNoDamage() throws Exception {
    var base = directory.resolve("base");
    var first = logWith(base, 5);
    var failedFirst = logAfterOneMore(base, "first", 40);
    var failedSecond = logAfterOneMore(base, "second", 20);
    var stored = logAfterOneMore(base, "stored", 2);
    assertThat(failedFirst.length).isGreaterThan(failedSecond.length + FRAME);
    assertThat(failedSecond.length).isGreaterThan(stored.length + FRAME);
    var log = Arrays.copyOf(failedFirst, failedFirst.length);
    System.arraycopy(failedSecond, 0, log, 0, failedSecond.length);
    System.arraycopy(stored, 0, log, 0, stored.length);

    var found = check(log);

    assertThat(found.state()).isEqualTo(WriteAheadLog.State.TORN);
    assertThat(found.offset()).isEqualTo(stored.length);
    assertThat(found.commitsBehind()).isEqualTo(2);

    log[first.length - 100] ^= 4;
    assertThat(check(log).state()).isEqualTo(WriteAheadLog.State.DAMAGED);
  }

  @Test
  void aFrameThatWasDamagedBeforeTwoCommitsIsDamageWhicheverOfItsBytesWere() throws Exception {
    var log = logWith(directory.resolve("base"), 20);
    var frames = (log.length - LOG_HEADER) / FRAME;
    var middle = LOG_HEADER + frames / 2 * FRAME;
    for (var at : new int[] {0, 5, 9, 13, 17, 22, 24, 2000}) {
      var damaged = log.clone();
      damaged[middle + at] ^= 4;
      var found = check(damaged);
      assertThat(found.state()).as("byte %d of a frame", at).isEqualTo(WriteAheadLog.State.DAMAGED);
      assertThat(found.offset()).isEqualTo(middle);
    }
  }

  private WriteAheadLog.Found check(byte[] log) throws IOException {
    var database = Files.createTempDirectory(directory, "check").resolve("journal.db");
    Files.write(WriteAheadLog.of(database), log);
    return WriteAheadLog.check(database);
  }

  /** The log after this many commits of one row each; the database stays in {@code base}. */
  private static byte[] logWith(Path base, int commits) throws Exception {
    Files.createDirectory(base);
    try (var connection = connect(base)) {
      execute(connection, "PRAGMA journal_mode = WAL");
      execute(connection, "CREATE TABLE t (i INTEGER PRIMARY KEY, b BLOB)");
      for (var i = 0; i < commits; i++) {
        execute(connection, "INSERT INTO t (b) VALUES (zeroblob(2000))");
      }
      copy(base, base.resolveSibling("base-copy"));
      return Files.readAllBytes(base.resolve("j.db-wal"));
    } finally {
      deleteFiles(base);
      copy(base.resolveSibling("base-copy"), base);
    }
  }

  /** The log when one commit of so many pages or more is added to what {@code base} holds. */
  private static byte[] logAfterOneMore(Path base, String name, int pages) throws Exception {
    var copy = base.resolveSibling(name);
    copy(base, copy);
    try (var connection = connect(copy)) {
      execute(connection, "INSERT INTO t (b) VALUES (randomblob(" + pages * 4096 + "))");
      return Files.readAllBytes(copy.resolve("j.db-wal"));
    }
  }

  private static Connection connect(Path directory) throws SQLException {
    var connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("j.db"));
    execute(connection, "PRAGMA wal_autocheckpoint = 0");
    return connection;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (var name : new String[] {"j.db", "j.db-wal"}) {
      Files.copy(from.resolve(name), to.resolve(name));
    }
  }

  private static void deleteFiles(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
  }
}
