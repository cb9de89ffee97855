package io.reeve.bench;

import io.reeve.bench.BenchReport.ByProcess;
import io.reeve.bench.process.JournalRows;
import io.reeve.bench.process.ProcFigures;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What the three processes used up to an instant, to be subtracted from a later one. */
record Usage(
    OptionalLong server, OptionalLong worker, OptionalLong client, OptionalLong journalRows) {

  /** Who is measured. */
  record Processes(long server, long worker, long client, JournalRows journal) {

    Usage now() {
      return new Usage(
          ProcFigures.cpuMicros(server),
          ProcFigures.cpuMicros(worker),
          ProcFigures.cpuMicros(client),
          journal.written());
    }

    ByProcess peakResidentMiB() {
      LongFunction<@Nullable Double> mebibytes =
          pid -> {
            var bytes = ProcFigures.peakResidentBytes(pid);
            return bytes.isPresent() ? bytes.getAsLong() / 1024.0 / 1024.0 : null;
          };
      return new ByProcess(
          mebibytes.apply(server), mebibytes.apply(worker), mebibytes.apply(client));
    }
  }

  /** What one task cost between two instants. */
  record PerTask(
      @Nullable Double server,
      @Nullable Double worker,
      @Nullable Double client,
      @Nullable Double journalRows) {

    static ByProcess medianCpu(List<PerTask> rounds) {
      return new ByProcess(
          median(rounds, PerTask::server),
          median(rounds, PerTask::worker),
          median(rounds, PerTask::client));
    }

    static @Nullable Double medianRows(List<PerTask> rounds) {
      return median(rounds, PerTask::journalRows);
    }

    private static @Nullable Double median(
        List<PerTask> rounds, Function<PerTask, @Nullable Double> figure) {
      var known =
          rounds.stream()
              .flatMap(round -> java.util.stream.Stream.ofNullable(figure.apply(round)))
              .toList();
      return known.isEmpty() ? null : Spread.of(known).median();
    }
  }

  PerTask perTaskSince(Usage before, long tasks) {
    return new PerTask(
        per(tasks, before.server, server),
        per(tasks, before.worker, worker),
        per(tasks, before.client, client),
        per(tasks, before.journalRows, journalRows));
  }

  private static @Nullable Double per(long tasks, OptionalLong before, OptionalLong after) {
    return before.isPresent() && after.isPresent()
        ? (after.getAsLong() - before.getAsLong()) / (double) tasks
        : null;
  }
}
