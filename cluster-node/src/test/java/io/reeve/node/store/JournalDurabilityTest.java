package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an acknowledged row survives, and that the disk was asked to keep it. */
class JournalDurabilityTest {

  private static final Path STRACE = Path.of("/usr/bin/strace");

  private final Path directory;

  JournalDurabilityTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void everyAcknowledgedRowIsThereAfterTheProcessWasKilled() throws Exception {
    var acknowledged = new HashMap<String, Long>();
    try (var child =
        ChildJvm.start(
            List.of(), LedgerProcess.class, directory.toString(), "4", "1000000", "2000")) {
      assertThat(child.nextLine()).isEqualTo("open");
      for (var lines = 0; lines < 500; lines++) {
        note(child.nextLine(), acknowledged);
      }
      child.kill();
      for (var line = child.nextLine(); line != null; line = child.nextLine()) {
        note(line, acknowledged);
      }
    }

    var stored = highestRows();

    assertThat(acknowledged).hasSize(4);
    acknowledged.forEach(
        (ledger, row) -> assertThat(stored).hasEntrySatisfying(ledger, s -> atLeast(s, row)));
    try (var store = TestStores.open(directory)) {
      assertThat(store.damages()).isEmpty();
    }
    assertThat(highestRows()).isEqualTo(stored);
  }

  @Test
  void eachCommitWaitsForTheDisk() throws Exception {
    assumeTrue(Files.isExecutable(STRACE), "strace is not installed");
    var trace = directory.resolve("trace");
    var rows = 200;
    var tracer =
        List.of(
            STRACE.toString(),
            "-f",
            "--seccomp-bpf",
            "-qq",
            "-e",
            "trace=fsync,fdatasync",
            "-o",
            "" + trace);
    try (var child =
        ChildJvm.start(tracer, LedgerProcess.class, directory + "/data", "1", "" + rows)) {
      assumeTrue("open".equals(child.nextLine()), "strace is not permitted here");
      while (child.nextLine() != null) {}
      assertThat(child.exitCode()).isZero();
    }

    try (var lines = Files.lines(trace)) {
      assertThat(lines.filter(line -> line.contains("sync("))).hasSizeGreaterThanOrEqualTo(rows);
    }
  }

  private static void note(@Nullable String line, Map<String, Long> rows) {
    if (line == null) {
      throw new AssertionError("the child process ended early");
    }
    var words = line.split(" ", -1);
    // The last line may be cut by the kill; a number that lost digits is below the true one.
    if (words.length == 2 && !words[1].isEmpty()) {
      rows.merge(words[0], Long.parseLong(words[1]), Math::max);
    }
  }

  private static void atLeast(long stored, long acknowledged) {
    assertThat(stored).isGreaterThanOrEqualTo(acknowledged);
  }

  private Map<String, Long> highestRows() {
    var highest = new HashMap<String, Long>();
    try (var reader = JournalReader.open(directory.resolve("journal.db"))) {
      reader.forEachRow(row -> highest.put(row.persistenceId(), row.sequenceNr()));
    }
    return highest;
  }
}
