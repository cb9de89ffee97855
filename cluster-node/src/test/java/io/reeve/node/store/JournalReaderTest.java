package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JournalReaderTest {

  private final Path directory;

  JournalReaderTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @EnumSource(StoreKind.class)
  void rowsComeByEntityAndSequenceNumberFromALiveAndFromAClosedStore(StoreKind kind) {
    StoreKind.Opened closed;
    try (var opened = kind.open(directory)) {
      closed = opened;
      var kit = ActorTestKit.create("reader", TestStores.system(opened.store()));
      for (var name : new String[] {"b", "a", "B", "b", "a"}) {
        var ledger = kit.spawn(Ledger.create(name));
        AskPattern.<Ledger.Command, Long>ask(
                ledger,
                replyTo -> new Ledger.Enter(name.getBytes(StandardCharsets.UTF_8), replyTo),
                Duration.ofSeconds(10),
                kit.system().scheduler())
            .toCompletableFuture()
            .join();
        kit.stop(ledger);
      }

      expectFiveRows(opened);
      kit.shutdownTestKit();
    }
    expectFiveRows(closed);
  }

  @Test
  void readingChangesNoFileThatAKilledProcessLeft() throws Exception {
    try (var child =
        ChildJvm.start(List.of(), LedgerProcess.class, directory.toString(), "1", "1000000")) {
      for (var lines = 0; lines < 20; lines++) {
        assertThat(child.nextLine()).isNotNull();
      }
      child.kill();
    }
    var log = Files.readAllBytes(directory.resolve("journal.db-wal"));
    var file = Files.readAllBytes(directory.resolve("journal.db"));

    try (var reader = JournalReader.open(directory.resolve("journal.db"))) {
      assertThat(reader.rows()).hasSizeGreaterThanOrEqualTo(19);
    }

    assertThat(directory.resolve("journal.db-wal")).hasBinaryContent(log);
    assertThat(directory.resolve("journal.db")).hasBinaryContent(file);
  }

  @Test
  void aMissingFileIsRefused() {
    assertThatThrownBy(() -> JournalReader.open(directory.resolve("none.db")).rows())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("none.db");
    assertThat(directory.resolve("none.db")).doesNotExist();
  }

  private static void expectFiveRows(StoreKind.Opened opened) {
    try (var reader = opened.reader()) {
      var rows = reader.rows();
      assertThat(rows)
          .extracting(JournalRow::persistenceId, JournalRow::sequenceNr)
          .containsExactly(
              tuple("B", 1L), tuple("a", 1L), tuple("a", 2L), tuple("b", 1L), tuple("b", 2L));
      assertThat(rows)
          .allSatisfy(
              row ->
                  assertThat(row.payload())
                      .isEqualTo(row.persistenceId().getBytes(StandardCharsets.UTF_8)));
      var later = new ArrayList<Long>();
      reader.forEachRow("b", 2, row -> later.add(row.sequenceNr()));
      assertThat(later).containsExactly(2L);
      assertThat(rows)
          .extracting(JournalRow::writeTimestampMs)
          .allSatisfy(at -> assertThat(at).isPositive());
      assertThat(rows).extracting(JournalRow::writer).doesNotContainNull();
      assertThat(rows).extracting(JournalRow::serializerId).containsOnly(4);
    }
  }
}
