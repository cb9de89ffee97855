package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
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
import org.slf4j.LoggerFactory;

/** What a recovery makes of snapshots that cannot be read and rows that were removed. */
@ParameterizedClass
@EnumSource(StoreKind.class)
class RecoveryTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final byte PLAIN = 0;

  private static final Logger GUARD = (Logger) LoggerFactory.getLogger(StoreGuard.class);

  private final ListAppender<ILoggingEvent> told = new ListAppender<>();
  private final StoreKind kind;
  private final StoreKind.Opened opened;
  private final ActorTestKit kit;
  private final JournalRetention retention;

  RecoveryTest(StoreKind kind, @TempDir Path directory) {
    this.kind = kind;
    opened = kind.open(directory);
    told.start();
    GUARD.addAppender(told);
    kit = ActorTestKit.create("recovery", TestStores.system(opened.store()));
    retention = opened.store().retention(kit.system(), System::nanoTime);
  }

  @AfterEach
  void close() {
    kit.shutdownTestKit();
    opened.close();
    GUARD.detachAppender(told);
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

  /** As a server with checksums answers for a page that went bad. */
  @Test
  void aSnapshotWhosePageIsDamagedIsPassedOverForTheOneBeforeIt() throws Exception {
    assumeThat(kind).isEqualTo(StoreKind.POSTGRES);
    writeTenRowsWithSnapshotsAfterFourAndEight();
    retention.trim("ledger", 4).toCompletableFuture().get(10, TimeUnit.SECONDS);
    damageSnapshots("XX001", "sequence_number = 8");

    assertThat(count(kit.spawn(Ledger.create("ledger")))).isEqualTo(10);
    assertThat(told.list).isEmpty();
  }

  @Test
  void rowsThatAreGoneAreToldWhenThePagesOfAllSnapshotsAreDamaged() throws Exception {
    assumeThat(kind).isEqualTo(StoreKind.POSTGRES);
    writeTenRowsWithSnapshotsAfterFourAndEight();
    retention.trim("ledger", 4).toCompletableFuture().get(10, TimeUnit.SECONDS);
    damageSnapshots("XX002", "sequence_number > 0");

    kit.spawn(Ledger.create("ledger"));

    demandTold("expected row 1 of ledger, got row 5");
  }

  @Test
  void damageThatHidesWhichSnapshotsThereAreIsTold() throws Exception {
    writeTenRowsWithSnapshotsAfterFourAndEight();
    if (kind == StoreKind.POSTGRES) {
      execute("ALTER TABLE snapshot RENAME TO sound");
      execute(damage("bigint", "XX002"));
      execute(
          "CREATE VIEW snapshot AS SELECT persistence_id, damaged(sequence_number) AS"
              + " sequence_number, created, snapshot_ser_id, snapshot_ser_manifest,"
              + " snapshot_payload, meta_ser_id, meta_ser_manifest, meta_payload FROM sound");
    } else {
      execute(
          "PRAGMA writable_schema = ON",
          "UPDATE sqlite_schema SET rootpage = 999999 WHERE name = 'snapshot'",
          "PRAGMA schema_version = 999");
    }

    kit.spawn(Ledger.create("ledger"));

    demandTold("ledger");
    assertThat(opened.store().broken().toCompletableFuture().isDone())
        .isEqualTo(kind == StoreKind.EMBEDDED);
  }

  private void demandTold(String words) {
    kit.createTestProbe()
        .awaitAssert(
            LONG,
            () -> {
              assertThat(told.list)
                  .anySatisfy(
                      line ->
                          assertThat(line.getFormattedMessage())
                              .startsWith("STORE_DAMAGED: ")
                              .contains(words));
              return null;
            });
  }

  /** From now on the server finds the payload of these snapshots damaged. */
  private void damageSnapshots(String state, String which) throws SQLException {
    execute("ALTER TABLE snapshot RENAME TO sound");
    execute(damage("bytea", state));
    execute(
        "CREATE VIEW snapshot AS SELECT persistence_id, sequence_number, created, snapshot_ser_id,"
            + " snapshot_ser_manifest, CASE WHEN "
            + which
            + " THEN damaged(snapshot_payload) ELSE snapshot_payload END AS snapshot_payload,"
            + " meta_ser_id, meta_ser_manifest, meta_payload FROM sound");
  }

  /** Immutable, so that the server calls it only where its result is asked for. */
  private static String damage(String type, String state) {
    return "CREATE FUNCTION damaged(bytes "
        + type
        + ") RETURNS "
        + type
        + " LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RAISE EXCEPTION 'invalid page in block 7' USING ERRCODE = '"
        + state
        + "'; END $$";
  }

  private void execute(String... statements) throws SQLException {
    try (var connection = opened.snapshots();
        var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
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
