package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.node.store.MemberDirectory.Line;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes and one database. */
class PostgresMembersTest {

  private static final Line CRANE = new Line("crane#1", "crane", "pekko://reeve@127.0.0.1:1");
  private static final Line HERON = new Line("heron#1", "heron", "pekko://reeve@127.0.0.1:2");

  private final String schema = TestPostgres.newSchema();

  @TempDir private Path directory = Path.of("");

  private PostgresStore craneStore;
  private PostgresStore heronStore;
  private MemberDirectory crane;
  private MemberDirectory heron;

  @BeforeEach
  void open() {
    craneStore =
        PostgresStore.open(
            TestPostgres.settings(directory.resolve("crane"), schema), TestStores.SENSES);
    heronStore =
        PostgresStore.open(
            TestPostgres.settings(directory.resolve("heron"), schema), TestStores.SENSES);
    crane = craneStore.members().orElseThrow();
    heron = heronStore.members().orElseThrow();
  }

  @AfterEach
  void close() {
    craneStore.close();
    heronStore.close();
  }

  @Test
  void allNodesGoByTheClockOfTheServer() throws SQLException {
    var before = clockOfTheServerMs();
    var shown = craneStore.clockMs().orElseThrow();
    var shownLater = heronStore.clockMs().orElseThrow();

    assertThat(shown).isBetween(before, shownLater);
    assertThat(shownLater).isLessThanOrEqualTo(clockOfTheServerMs());
  }

  @Test
  void ofTwoThatLookOneIsFirstAndStaysSoUntilItLeaves() {
    assertThat(crane.look().first()).isTrue();
    assertThat(heron.look().first()).isFalse();
    assertThat(crane.look().first()).isTrue();

    crane.close();

    // The server frees the lock when it has noticed that the connection was closed.
    var first = false;
    for (var looks = 0; looks < 10_000 && !first; looks++) {
      first = heron.look().first();
    }
    assertThat(first).isTrue();
  }

  @Test
  void aMemberIsSeenUntilItLeaves() {
    crane.look();
    crane.announce(CRANE);

    var seen = heron.look();
    assertThat(seen.first()).isFalse();
    assertThat(seen.lines()).containsExactly(CRANE);
    heron.announce(HERON);
    assertThat(heron.look().lines()).containsExactly(CRANE, HERON);

    crane.close();

    assertThat(heron.look().lines()).containsExactly(HERON);
  }

  @Test
  void aMemberThatDiedFreesItsLockAndLeavesItsLine() throws SQLException {
    crane.look();
    crane.announce(CRANE);

    breakConnectionsOfMembers();

    var seen = heron.look();
    assertThat(seen.first()).isTrue();
    assertThat(seen.lines()).containsExactly(CRANE);
    heron.forget(CRANE.incarnation());
    assertThat(heron.look().lines()).isEmpty();
  }

  @Test
  void aMemberWhoseConnectionBrokeTakesItsLockAndItsLineAgain() throws SQLException {
    crane.look();
    crane.announce(CRANE);
    heron.forget(CRANE.incarnation());
    breakConnectionsOfMembers();

    crane.keep();

    var seen = heron.look();
    assertThat(seen.first()).isFalse();
    assertThat(seen.lines()).containsExactly(CRANE);
  }

  @Test
  void whoHasNotAnnouncedItselfKeepsNothing() {
    crane.keep();

    var seen = heron.look();
    assertThat(seen.first()).isTrue();
    assertThat(seen.lines()).isEmpty();
  }

  /** As by a crash: the server frees the locks, and nobody says goodbye. */
  private long clockOfTheServerMs() throws SQLException {
    try (var database =
            new PostgresDatabase(TestPostgres.settings(directory.resolve("other"), schema));
        var connection = database.connect();
        var query =
            connection.prepareStatement(
                "SELECT round(extract(epoch FROM clock_timestamp()) * 1000)::bigint");
        var row = query.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  private void breakConnectionsOfMembers() throws SQLException {
    try (var database =
            new PostgresDatabase(TestPostgres.settings(directory.resolve("other"), schema));
        var connection = database.connect();
        var kill =
            connection.prepareStatement(
                "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_locks"
                    + " WHERE locktype = 'advisory' AND mode = 'ShareLock' AND objid = ?::oid")) {
      kill.setLong(1, Integer.toUnsignedLong(schema.hashCode()));
      try (var killed = kill.executeQuery()) {
        killed.next();
        assertThat(killed.getInt(1)).as("connections of members").isPositive();
      }
    }
  }
}
