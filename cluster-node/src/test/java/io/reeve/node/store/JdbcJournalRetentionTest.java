package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.reeve.journal.JournalRetention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(StoreKind.class)
class JdbcJournalRetentionTest {

  private final StoreKind kind;
  private final Path directory;
  private final StoreKind.Opened opened;
  private final ActorTestKit kit;
  private final JournalRetention retention;

  JdbcJournalRetentionTest(StoreKind kind, @TempDir Path directory) {
    this.kind = kind;
    this.directory = directory;
    this.opened = kind.open(directory);
    this.kit = ActorTestKit.create("retention", TestStores.system(opened.store()));
    this.retention = opened.store().retention(kit.system(), System::nanoTime);
  }

  @AfterEach
  void close() {
    kit.shutdownTestKit();
    opened.close();
  }

  @Test
  void rowsUpToTheGivenOneAreRemovedAndOthersStay() throws Exception {
    writeRows("partition-1", 1, 1000, 50);
    writeRows("partition-10", 1, 5, 50);

    var removed = done(retention.trim("partition-1", 900));

    assertThat(removed).isEqualTo(900);
    assertThat(sequenceNrs("partition-1")).hasSize(100).startsWith(901L).endsWith(1000L);
    assertThat(sequenceNrs("partition-10")).hasSize(5);
  }

  @Test
  void theHighestRowStaysWhateverIsAskedFor() throws Exception {
    writeRows("partition-1", 1, 10, 50);

    done(retention.trim("partition-1", Long.MAX_VALUE));

    assertThat(sequenceNrs("partition-1")).containsExactly(10L);
  }

  @Test
  void askingAgainOrForUnknownEntitiesRemovesNothing() throws Exception {
    writeRows("partition-1", 1, 10, 50);
    done(retention.trim("partition-1", 5));

    assertThat(done(retention.trim("partition-1", 5))).isZero();
    assertThat(done(retention.trim("nobody", 5))).isZero();
    assertThat(done(retention.dropSnapshotsBelow("nobody", 5))).isZero();
  }

  @Test
  void aRowLargerThanAChunkIsRemovedAlone() throws Exception {
    writeRows("partition-1", 1, 4, 6 << 20);

    assertThat(done(retention.trim("partition-1", 3))).isEqualTo(3);
    assertThat(sequenceNrs("partition-1")).containsExactly(4L);
  }

  @Test
  void olderSnapshotsAreRemovedButNeverTheNewest() throws Exception {
    writeSnapshots("partition-1", 100, 200, 300);

    assertThat(done(retention.dropSnapshotsBelow("partition-1", 200))).isEqualTo(1);
    assertThat(snapshotNrs("partition-1")).containsExactly(200L, 300L);
    assertThat(done(retention.dropSnapshotsBelow("partition-1", Long.MAX_VALUE))).isEqualTo(1);
    assertThat(snapshotNrs("partition-1")).containsExactly(300L);
  }

  @Test
  void theFileStopsGrowingOnceRowsAreRemoved() throws Exception {
    assumeTrue(kind == StoreKind.EMBEDDED, "a server reuses the room when its vacuum has passed");
    writeRows("partition-1", 1, 500, 20_000);
    done(retention.trim("partition-1", 500));
    var once = fileSize();

    for (var round = 1; round <= 5; round++) {
      writeRows("partition-1", round * 500 + 1, round * 500 + 500, 20_000);
      done(retention.trim("partition-1", Long.MAX_VALUE));
    }

    assertThat(fileSize()).isLessThanOrEqualTo(once + once / 10);
  }

  @Test
  void writingGoesOnWhileRowsAreRemovedAndNeitherStarves() throws Exception {
    writeRows("partition-1", 1, 10_000, 2_000);
    var ledgers =
        IntStream.range(0, 4).mapToObj(i -> kit.spawn(Ledger.create("ledger-" + i))).toList();
    for (var ledger : ledgers) {
      enter(ledger).get(10, TimeUnit.SECONDS);
    }

    var removal = retention.trim("partition-1", 9_999).toCompletableFuture();
    var written = 0;
    while (!removal.isDone()) {
      var round = ledgers.stream().map(this::enter).toArray(CompletableFuture<?>[]::new);
      CompletableFuture.allOf(round).get(10, TimeUnit.SECONDS);
      written += round.length;
    }

    assertThat(removal.join()).isEqualTo(9_999);
    assertThat(written).isGreaterThan(100);
  }

  @Test
  void aRemovalThatFailsSaysSoAndTheNextOneMakesUpForIt() throws Exception {
    writeRows("partition-1", 1, 10, 50);
    execute("ALTER TABLE event_journal RENAME TO away");

    assertThatThrownBy(() -> done(retention.trim("partition-1", 4)))
        .hasRootCauseInstanceOf(SQLException.class);

    execute("ALTER TABLE away RENAME TO event_journal");
    assertThat(done(retention.trim("partition-1", 8))).isEqualTo(8);
  }

  @Test
  void theEndOfTheSystemEndsARemovalAndLeavesTheRestForLater() throws Exception {
    writeRows("partition-1", 1, 20_000, 2_000);
    var first = retention.trim("partition-1", 19_999).toCompletableFuture();
    var second = retention.trim("partition-2", 1).toCompletableFuture();

    kit.shutdownTestKit();

    assertThatThrownBy(() -> done(first)).isNotNull();
    assertThatThrownBy(() -> done(second)).isNotNull();
    assertThatThrownBy(() -> done(retention.trim("partition-1", 1))).isNotNull();
    assertThat(sequenceNrs("partition-1")).endsWith(20_000L);
  }

  private static long done(CompletionStage<Long> removal) throws Exception {
    return removal.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private CompletableFuture<Long> enter(ActorRef<Ledger.Command> ledger) {
    return AskPattern.<Ledger.Command, Long>ask(
            ledger,
            replyTo -> new Ledger.Enter(new byte[2_000], replyTo),
            Duration.ofSeconds(10),
            kit.system().scheduler())
        .toCompletableFuture();
  }

  private void writeRows(String persistenceId, long from, long to, int size) throws SQLException {
    try (var connection = opened.journal()) {
      connection.setAutoCommit(false);
      for (var sequenceNr = from; sequenceNr <= to; sequenceNr++) {
        writeRow(connection, persistenceId, sequenceNr, size);
        if (sequenceNr % 100 == 0) {
          connection.commit();
        }
      }
      connection.commit();
    }
  }

  private static void writeRow(
      Connection connection, String persistenceId, long sequenceNr, int size) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            "INSERT INTO event_journal (persistence_id, sequence_number, writer, write_timestamp,"
                + " adapter_manifest, event_ser_id, event_ser_manifest, event_payload)"
                + " VALUES (?, ?, 'w', 0, '', 4, '', ?)")) {
      insert.setString(1, persistenceId);
      insert.setLong(2, sequenceNr);
      insert.setBytes(3, new byte[size]);
      insert.executeUpdate();
    }
  }

  private void writeSnapshots(String persistenceId, long... sequenceNrs) throws SQLException {
    try (var connection = opened.snapshots()) {
      for (var sequenceNr : sequenceNrs) {
        try (var insert =
            connection.prepareStatement(
                "INSERT INTO snapshot (persistence_id, sequence_number, created, snapshot_ser_id,"
                    + " snapshot_ser_manifest, snapshot_payload) VALUES (?, ?, 0, 4, '', ?)")) {
          insert.setString(1, persistenceId);
          insert.setLong(2, sequenceNr);
          insert.setBytes(3, new byte[100_000]);
          insert.executeUpdate();
        }
      }
    }
  }

  private List<Long> sequenceNrs(String persistenceId) {
    var sequenceNrs = new ArrayList<Long>();
    try (var reader = opened.reader()) {
      reader.forEachRow(persistenceId, 1, row -> sequenceNrs.add(row.sequenceNr()));
    }
    return sequenceNrs;
  }

  private List<Long> snapshotNrs(String persistenceId) throws SQLException {
    var sequenceNrs = new ArrayList<Long>();
    try (var connection = opened.snapshots();
        var query =
            connection.prepareStatement(
                "SELECT sequence_number FROM snapshot WHERE persistence_id = ? ORDER BY 1")) {
      query.setString(1, persistenceId);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          sequenceNrs.add(rows.getLong(1));
        }
      }
    }
    return sequenceNrs;
  }

  private long fileSize() throws IOException {
    return Files.size(directory.resolve("journal.db"));
  }

  private void execute(String sql) throws SQLException {
    try (var connection = opened.journal();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
