package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process is killed while it writes, and its write-ahead log is damaged before the next start:
 * what was acknowledged and is gone is told, with its place.
 */
class LostRowsTest {

  private static final int LOG_HEADER = 32;
  private static final int FRAME = 24 + 4096;

  @TempDir private static Path killed = Path.of("");

  private static final Map<String, Long> ACKNOWLEDGED = new HashMap<>();

  @TempDir private Path directory = Path.of("");
  private Path log = Path.of("");

  @BeforeAll
  static void killAWriter() throws Exception {
    try (var child =
        ChildJvm.start(List.of(), LedgerProcess.class, killed.toString(), "3", "1000000", "200")) {
      for (var lines = 0; lines < 150; lines++) {
        note(Objects.requireNonNull(child.nextLine()));
      }
      child.kill();
      for (var line = child.nextLine(); line != null; line = child.nextLine()) {
        note(line);
      }
    }
  }

  private static void note(String line) {
    var words = line.split(" ", -1);
    // The kill may cut the last line; a number without its last digits is too low, which is safe.
    if (words.length == 2 && !words[1].isEmpty()) {
      ACKNOWLEDGED.merge(words[0], Long.parseLong(words[1]), Math::max);
    }
  }

  @BeforeEach
  void copy() throws IOException {
    try (var files = Files.list(killed)) {
      for (var file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    log = directory.resolve("journal.db-wal");
  }

  @Test
  void whatWasAcknowledgedIsThereAndMarked() throws Exception {
    TestStores.open(directory).close();

    try (var marks = Marks.open(directory.resolve("marks"));
        var rows = EmbeddedStore.journalFile(directory, TestStores.settings(directory)).connect()) {
      assertThat(marks.rows()).hasSize(3);
      for (var mark : marks.rows().entrySet()) {
        assertThat(mark.getValue())
            .isGreaterThanOrEqualTo(ACKNOWLEDGED.get(mark.getKey()))
            .isLessThanOrEqualTo(StoreFiles.highest(rows, mark.getKey()));
      }
    }
  }

  @Test
  void aBitThatFlippedInTheMiddleOfTheLogIsToldWithItsPlace() throws IOException {
    var frame = frames() / 2;
    flip(LOG_HEADER + (frame - 1) * FRAME + 24 + 1000);

    var refusal = refusal();

    assertThat(refusal.reason()).isEqualTo(StoreException.Reason.STORE_DAMAGED);
    assertThat(refusal)
        .hasMessageContaining(
            "%s is damaged at frame %d, byte %d"
                .formatted(log, frame, LOG_HEADER + (frame - 1) * FRAME));
  }

  @Test
  void aBitThatFlippedInTheSaltOfAFrameIsToldToo() throws IOException {
    flip(LOG_HEADER + frames() / 2 * FRAME + 9);

    assertThat(refusal().reason()).isEqualTo(StoreException.Reason.STORE_DAMAGED);
  }

  @Test
  void aBitThatFlippedInTheHeaderOfTheLogIsToldToo() throws IOException {
    flip(25);

    assertThat(refusal().reason()).isEqualTo(StoreException.Reason.STORE_DAMAGED);
  }

  @Test
  void aLogThatLooksEmptyToTheDatabaseIsToldToo() throws IOException {
    flip(1);

    assertThat(refusal().reason()).isEqualTo(StoreException.Reason.STORE_DAMAGED);
  }

  @Test
  void aLogWhoseTailWasCutOffLacksRows() throws IOException {
    truncate(LOG_HEADER + (frames() - 30) * FRAME);

    assertMissing();
  }

  @Test
  void aLogThatWasRemovedLacksRows() throws IOException {
    Files.delete(log);

    assertMissing();
  }

  @Test
  void anOlderCopyOfTheJournalLacksRows() throws IOException {
    TestStores.open(directory).close();
    Files.delete(directory.resolve("marks"));
    Files.copy(killed.resolve("marks"), directory.resolve("marks"));
    try (var marks = Marks.open(directory.resolve("marks"))) {
      marks.raise("ledger-1", 1_000_000);
    }

    assertThat(refusal()).hasMessageContaining("row 1000000 of ledger-1 was acknowledged");
  }

  @Test
  void oneTransactionThatWasCutOffIsNoDamage() throws IOException {
    truncate(LOG_HEADER + frames() * FRAME - 100);

    var found = WriteAheadLog.check(directory.resolve("journal.db"));

    assertThat(found.state()).isNotEqualTo(WriteAheadLog.State.DAMAGED);
  }

  @Test
  void theLogOfALiveStoreIsSound() throws IOException {
    assertThat(WriteAheadLog.check(killed.resolve("journal.db")).state())
        .isNotEqualTo(WriteAheadLog.State.DAMAGED);
  }

  private void assertMissing() {
    var refusal = refusal();
    assertThat(refusal.reason()).isEqualTo(StoreException.Reason.STORE_LOST_ROWS);
    assertThat(refusal.getMessage())
        .matches(
            "row \\d+ of ledger-\\d was acknowledged and is missing: the highest in .*journal\\.db"
                + " is \\d+; .*");
  }

  private StoreException refusal() {
    return catchThrowableOfType(StoreException.class, () -> TestStores.open(directory).close());
  }

  private long frames() throws IOException {
    return (Files.size(log) - LOG_HEADER) / FRAME;
  }

  private void flip(long at) throws IOException {
    try (var file = new RandomAccessFile(log.toFile(), "rw")) {
      file.seek(at);
      var before = file.read();
      file.seek(at);
      file.write(before ^ 4);
    }
  }

  private void truncate(long size) throws IOException {
    try (var file = new RandomAccessFile(log.toFile(), "rw")) {
      file.setLength(size);
    }
  }
}
