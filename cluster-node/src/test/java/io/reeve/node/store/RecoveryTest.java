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
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a recovery makes of snapshots that cannot be read and rows that were removed. */
@ParameterizedClass
@EnumSource(StoreKind.class)
class RecoveryTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final byte PLAIN = 0;

  private final StoreKind.Opened opened;
  private final ActorTestKit kit;
  private final JournalRetention retention;

  RecoveryTest(StoreKind kind, @TempDir Path directory) {
    opened = kind.open(directory);
    kit = ActorTestKit.create("recovery", TestStores.system(opened.store()));
    retention = opened.store().retention(kit.system(), System::nanoTime);
  }

  @AfterEach
  void close() {
    kit.shutdownTestKit();
    opened.close();
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

  @Test
  void aSnapshotThatCannotBeLoadedForAWhileIsWaitedFor() throws Exception {
    writeTenRowsWithSnapshotsAfterFourAndEight();
    retention.trim("ledger", 4).toCompletableFuture().get(10, TimeUnit.SECONDS);
    execute("ALTER TABLE snapshot RENAME TO away");

    var refusals = kit.createTestProbe(Throwable.class);
    var ledger = kit.spawn(Ledger.create("ledger", refusals.ref()));

    for (var attempts = 0; attempts < 2; attempts++) {
      assertThat(refusals.receiveMessage(LONG))
          .hasMessageNotContaining("expected row")
          .hasMessageContaining("snapshot");
    }
    assertThat(opened.store().broken().toCompletableFuture()).isNotDone();
    execute("ALTER TABLE away RENAME TO snapshot");
    assertThat(count(ledger)).isEqualTo(10);
  }

  private void execute(String sql) throws SQLException {
    try (var connection = opened.snapshots();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
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
    try (var connection = opened.snapshots();
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT count(*) FROM snapshot")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getInt(1)).isEqualTo(2);
    }
    return null;
  }

  private void spoilSnapshots(String which) throws SQLException {
    try (var connection = opened.snapshots();
        var update =
            connection.prepareStatement(
                "UPDATE snapshot SET snapshot_payload = ? WHERE " + which)) {
      update.setBytes(1, new byte[1]);
      update.execute();
    }
  }

  private long count(ActorRef<Ledger.Command> ledger) {
    return AskPattern.<Ledger.Command, Long>ask(
            ledger, Ledger.Count::new, LONG, kit.system().scheduler())
        .toCompletableFuture()
        .join();
  }
}
