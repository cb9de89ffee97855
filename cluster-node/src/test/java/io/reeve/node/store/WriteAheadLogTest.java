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

/** How damage of a log differs from what crashes and commits whose fsync failed leave in it. */
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

  /**
   * Of all commits only the last may be lost without being told: a crash may have cut it off before
   * it was acknowledged.
   */
  @Test
  void noBlockOfTheDiskThatWentBadLosesAnAcknowledgedCommitInSilence() throws Exception {
    for (var pages : new int[] {0, 1, 3}) {
      var base = directory.resolve("pages" + pages);
      var log = logWith(base, 30, "randomblob(" + (1500 + pages * 4096) + ")");
      for (var block : new int[] {4096, 65_536}) {
        for (var at = 0; at < log.length; at += block) {
          var damaged = log.clone();
          Arrays.fill(damaged, at, Math.min(at + block, log.length), (byte) 0);
          var state = check(damaged).state();
          if (state != WriteAheadLog.State.DAMAGED) {
            assertThat(rows(base, damaged))
                .as("rows of %d pages, %d bytes at %d, %s", pages, block, at, state)
                .isGreaterThanOrEqualTo(29);
          }
        }
      }
    }
  }

  /** The same in a log that was begun anew over a longer one. */
  @Test
  void aBlockThatWentBadBehindTheEndOfTheLogIsNoDamage() throws Exception {
    var base = directory.resolve("base");
    logWith(base, 30);
    var log = logBegunAnew(base, 8);
    var end = LOG_HEADER + goodFrames(log) * FRAME;
    assertThat(check(log).state()).isEqualTo(WriteAheadLog.State.SOUND);
    for (var at = 0; at < log.length; at += 4096) {
      var damaged = log.clone();
      Arrays.fill(damaged, at, Math.min(at + 4096, log.length), (byte) 0);
      var state = check(damaged).state();
      if (at >= end + FRAME) {
        assertThat(state).as("at %d", at).isEqualTo(WriteAheadLog.State.SOUND);
      } else if (state != WriteAheadLog.State.DAMAGED) {
        assertThat(rows(base, damaged)).as("at %d, %s", at, state).isGreaterThanOrEqualTo(37);
      }
    }
  }

  /** The disk may write the blocks of one commit in any order before the power fails. */
  @Test
  void aGapInTheLastCommitThatShowsTheEarlierLogIsNoDamage() throws Exception {
    var base = directory.resolve("base");
    logWith(base, 30);
    var before = logBegunAnew(base, 8);
    var begin = LOG_HEADER + goodFrames(before) * FRAME;
    var after = logAfterOneMore(base, "more", 12);
    assertThat(after).hasSameSizeAs(before);
    for (var at = begin / 4096 * 4096; at < begin + 9 * FRAME; at += 4096) {
      var torn = after.clone();
      System.arraycopy(before, at, torn, at, 4096);
      assertThat(check(torn).state()).as("at %d", at).isEqualTo(WriteAheadLog.State.TORN);
    }
  }

  private WriteAheadLog.Found check(byte[] log) throws IOException {
    var database = Files.createTempDirectory(directory, "check").resolve("journal.db");
    Files.write(WriteAheadLog.of(database), log);
    return WriteAheadLog.check(database);
  }

  /** How many rows SQLite finds in the database of {@code base} with this log. */
  private int rows(Path base, byte[] log) throws Exception {
    var copy = Files.createTempDirectory(directory, "rows");
    Files.copy(base.resolve("j.db"), copy.resolve("j.db"));
    Files.write(copy.resolve("j.db-wal"), log);
    try (var connection = connect(copy);
        var statement = connection.createStatement();
        var tables =
            statement.executeQuery("SELECT count(*) FROM sqlite_schema WHERE name = 't'")) {
      if (tables.getInt(1) == 0) {
        return 0;
      }
      try (var rows = statement.executeQuery("SELECT count(*) FROM t")) {
        return rows.getInt(1);
      }
    }
  }

  /** The frames of the log that follow from one another and belong to it as it was begun last. */
  private static int goodFrames(byte[] log) {
    var frame = 0;
    while (Arrays.equals(
        log, LOG_HEADER + frame * FRAME + 8, LOG_HEADER + frame * FRAME + 16, log, 16, 24)) {
      frame++;
    }
    return frame;
  }

  /** The log after so many commits more, over the one that was there; it is shorter than that. */
  private static byte[] logBegunAnew(Path base, int commits) throws Exception {
    var anew = base.resolveSibling("anew");
    Files.createDirectory(anew);
    try (var connection = connect(base)) {
      execute(connection, "PRAGMA wal_checkpoint(RESTART)");
      for (var i = 0; i < commits; i++) {
        execute(connection, "INSERT INTO t (b) VALUES (randomblob(2000))");
      }
      copy(base, anew);
    } finally {
      deleteFiles(base);
      copy(anew, base);
    }
    return Files.readAllBytes(base.resolve("j.db-wal"));
  }

  private static byte[] logWith(Path base, int commits) throws Exception {
    return logWith(base, commits, "zeroblob(2000)");
  }

  /** The log after this many commits of one row each; the database stays in {@code base}. */
  private static byte[] logWith(Path base, int commits, String row) throws Exception {
    var kept = base.resolveSibling(base.getFileName() + "-copy");
    Files.createDirectory(base);
    try (var connection = connect(base)) {
      execute(connection, "PRAGMA journal_mode = WAL");
      execute(connection, "CREATE TABLE t (i INTEGER PRIMARY KEY, b BLOB)");
      for (var i = 0; i < commits; i++) {
        execute(connection, "INSERT INTO t (b) VALUES (" + row + ")");
      }
      copy(base, kept);
      return Files.readAllBytes(base.resolve("j.db-wal"));
    } finally {
      deleteFiles(base);
      copy(kept, base);
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
