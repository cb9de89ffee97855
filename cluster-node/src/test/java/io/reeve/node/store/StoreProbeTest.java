package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.reeve.journal.JournalRoom;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A store says whether a row would be stored just now, and what keeps it from being. */
@ParameterizedClass
@EnumSource(StoreKind.class)
class StoreProbeTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  private final StoreKind kind;
  private final Path directory;
  private final StoreKind.Opened opened;
  private final ActorTestKit kit;
  private final Supplier<Optional<String>> probe;

  StoreProbeTest(StoreKind kind, @TempDir Path directory) {
    this.kind = kind;
    this.directory = directory;
    opened = kind.open(directory);
    kit = ActorTestKit.create("probe", TestStores.system(opened.store()));
    probe = opened.store().probe(kit.system());
  }

  @AfterEach
  void close() {
    kit.shutdownTestKit();
    opened.close();
  }

  @Test
  void aStoreThatTakesRowsSaysSoAndGetsNone() throws Exception {
    assertThat(probe.get()).isEmpty();
    assertThat(
            enter(kit.spawn(Ledger.create("ledger")))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS))
        .isEqualTo(1);
    assertThat(probe.get()).isEmpty();
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void aJournalThatIsLockedTakesNoRowUntilItIsFree() throws Exception {
    try (var other = opened.journal()) {
      lock(other);

      assertThat(probe.get().orElseThrow()).startsWith("the journal takes no row: ");

      other.rollback();
      other.setAutoCommit(true);
      assertThat(probe.get()).isEmpty();
    }
  }

  @Test
  void anEntityWhoseLastRowWasNotStoredIsNamedUntilItsNextOneIs() throws Exception {
    var ledger = kit.spawn(Ledger.create("ledger"));
    enter(ledger).toCompletableFuture().get(20, TimeUnit.SECONDS);
    try (var other = opened.journal();
        var statement = other.createStatement()) {
      statement.execute("ALTER TABLE event_journal RENAME TO elsewhere");
      enter(ledger);
      kit.createTestProbe()
          .awaitAssert(
              LONG,
              () -> {
                assertThat(probe.get().orElseThrow())
                    .startsWith("the last row of ledger was not stored: ")
                    .contains("event_journal");
                return probe;
              });
      statement.execute("ALTER TABLE elsewhere RENAME TO event_journal");
    }
    enter(ledger).toCompletableFuture().get(20, TimeUnit.SECONDS);

    assertThat(probe.get()).isEmpty();
  }

  @Test
  void aFileThatWasRemovedIsTold() throws Exception {
    assumeTrue(kind == StoreKind.EMBEDDED, "a server keeps its own files");
    Files.delete(directory.resolve("snapshots.db"));

    assertThat(probe.get().orElseThrow()).startsWith("STORE_REMOVED: ").contains("snapshots.db");
  }

  @Test
  void aDiskThatIsShortOfRoomIsTold() throws Exception {
    var tooMuch =
        new StoreRoom(directory, Files.getFileStore(directory).getTotalSpace(), System::nanoTime);
    var nothing = new StoreRoom(directory, 0, System::nanoTime);

    assertThat(tooMuch.now()).isNotEqualTo(JournalRoom.ENOUGH);
    assertThat(tooMuch.shortage()).startsWith("STORE_FULL: ").contains(directory.toString());
    assertThat(nothing.now()).isEqualTo(JournalRoom.ENOUGH);
  }

  private void lock(Connection other) throws SQLException {
    other.setAutoCommit(false);
    try (var statement = other.createStatement()) {
      statement.execute(
          kind == StoreKind.POSTGRES
              ? "LOCK TABLE event_journal IN EXCLUSIVE MODE"
              : "DELETE FROM event_journal WHERE FALSE");
    }
  }

  private CompletionStage<Long> enter(ActorRef<Ledger.Command> ledger) {
    return AskPattern.<Ledger.Command, Long>ask(
        ledger,
        replyTo -> new Ledger.Enter(new byte[] {0}, replyTo),
        LONG,
        kit.system().scheduler());
  }

  private int rows() throws SQLException {
    try (var connection = opened.journal();
        var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT count(*) FROM event_journal")) {
      return row.next() ? row.getInt(1) : 0;
    }
  }
}
