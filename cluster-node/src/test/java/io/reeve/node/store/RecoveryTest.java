package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.journal.JournalRetention;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recovery makes of snapshots that cannot be read and rows that were removed. */
class RecoveryTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final byte PLAIN = 0;

  private final EmbeddedStore store;
  private final ActorTestKit kit;
  private final JournalRetention retention;
  private final SqliteFile snapshots;

  RecoveryTest(@TempDir Path directory) {
    store = TestStores.open(directory);
    kit = ActorTestKit.create("recovery", TestStores.system(store));
    retention = store.retention(kit.system(), System::nanoTime);
    snapshots = EmbeddedStore.snapshotFile(directory, TestStores.settings(directory));
  }

  @AfterEach
  void close() {
    kit.shutdownTestKit();
    store.close();
  }

  @Test
  void anUnreadableSnapshotIsPassedOverForTheOneBeforeIt() throws Exception {
    writeTenRowsWithSnapshotsAfterFourAndEight();
    retention.trim("ledger", 4).toCompletableFuture().get(10, TimeUnit.SECONDS);
    spoilSnapshots("sequence_number = 8");

    var ledger = kit.spawn(Ledger.create("ledger"));

    assertThat(count(ledger)).isEqualTo(10);
  }

  @Test
  void allRowsAreReplayedWhenNoSnapshotCanBeRead() throws Exception {
    writeTenRowsWithSnapshotsAfterFourAndEight();
    spoilSnapshots("TRUE");

    var ledger = kit.spawn(Ledger.create("ledger"));

    assertThat(count(ledger)).isEqualTo(10);
  }

  @Test
  void anEntityWhoseFirstRowsAreGoneDoesNotStartWithoutASnapshot() throws Exception {
    writeTenRowsWithSnapshotsAfterFourAndEight();
    retention.trim("ledger", 4).toCompletableFuture().get(10, TimeUnit.SECONDS);
    spoilSnapshots("TRUE");

    var refusals = kit.createTestProbe(Throwable.class);
    kit.spawn(Ledger.create("ledger", refusals.ref()));

    assertThat(refusals.receiveMessage(LONG))
        .hasMessageContaining("expected row 1 of ledger, got row 5");
    assertThat(refusals.receiveMessage(LONG))
        .hasMessageContaining("expected row 1 of ledger, got row 5");
  }

  private void writeTenRowsWithSnapshotsAfterFourAndEight() {
    var ledger = kit.spawn(Ledger.create("ledger"));
    for (var row = 1; row <= 10; row++) {
      var first = row == 4 || row == 8 ? Ledger.THEN_SNAPSHOT : PLAIN;
      AskPattern.<Ledger.Command, Long>ask(
              ledger,
              replyTo -> new Ledger.Enter(new byte[] {first}, replyTo),
              LONG,
              kit.system().scheduler())
          .toCompletableFuture()
          .join();
    }
    kit.createTestProbe().awaitAssert(LONG, this::twoSnapshotsAreStored);
    kit.stop(ledger);
  }

  private Void twoSnapshotsAreStored() throws SQLException {
    try (var connection = snapshots.connect();
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT count(*) FROM snapshot")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getInt(1)).isEqualTo(2);
    }
    return null;
  }

  private void spoilSnapshots(String which) throws SQLException {
    try (var connection = snapshots.connect();
        var statement = connection.createStatement()) {
      statement.execute("UPDATE snapshot SET snapshot_payload = x'00' WHERE " + which);
    }
  }

  private long count(ActorRef<Ledger.Command> ledger) {
    return AskPattern.<Ledger.Command, Long>ask(
            ledger, Ledger.Count::new, LONG, kit.system().scheduler())
        .toCompletableFuture()
        .join();
  }
}
