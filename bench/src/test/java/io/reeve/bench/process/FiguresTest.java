package io.reeve.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresTest {

  @Test
  void cpuTimeIsUserAndKernelWhateverTheProgramIsCalled() {
    var stat =
        "42 (a ) name (x) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 9 0 100 200 300 ...";

    assertThat(ProcFigures.cpuMicros(stat)).hasValue(3_000_000);
  }

  @Test
  void peakMemoryIsInBytes() {
    assertThat(ProcFigures.peakResidentBytes("Name:\tjava\nVmHWM:\t  2048 kB\nVmRSS:\t 1 kB\n"))
        .hasValue(2048 * 1024);
    assertThat(ProcFigures.peakResidentBytes("Name:\tkthread\n")).isEmpty();
  }

  @Test
  void journalRowsCountThoseThatWereRemoved(@TempDir Path directory) throws SQLException {
    var file = directory.resolve("journal.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.executeUpdate(
          "CREATE TABLE event_journal (ordering INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT)");
      statement.executeUpdate("INSERT INTO event_journal (x) VALUES ('a'), ('b'), ('c')");
      statement.executeUpdate("DELETE FROM event_journal WHERE ordering < 3");
    }

    assertThat(JournalRows.inDirectory(directory).written()).hasValue(3);
    assertThat(JournalRows.inDirectory(directory.resolve("none")).written()).isEmpty();
  }

  @Test
  void syncsAreAddedUpFromTheSummaryOfStrace() {
    var summary =
        """
        % time     seconds  usecs/call     calls    errors syscall
        ------ ----------- ----------- --------- --------- ----------------
         60.00    0.001000          10       100           fdatasync
         40.00    0.000500           5        20           fsync
        ------ ----------- ----------- --------- --------- ----------------
        100.00    0.001500          12       120           total
        """;

    assertThat(SyncCount.sum(summary)).hasValue(120);
    assertThat(SyncCount.sum("")).hasValue(0);
    assertThat(SyncCount.sum("strace: attach: Operation not permitted")).isEmpty();
  }
}
