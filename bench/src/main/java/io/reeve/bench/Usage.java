package io.reeve.bench;

import io.reeve.bench.BenchReport.ByProcess;
import io.reeve.bench.process.JournalRows;
import io.reeve.bench.process.ProcFigures;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the processes used up to an instant, to be subtracted from a later one. */
record Usage(
    OptionalLong server,
    OptionalLong worker,
    OptionalLong client,
    OptionalLong store,
    OptionalLong journalRows) {

  /**
   * Who is measured.
   *
   * @param servers all nodes
   * @param store the processes of a shared store now
   */
  record Processes(
      List<Long> servers,
      long worker,
      long client,
      Supplier<List<Long>> store,
      JournalRows journal) {

    Usage now() {
      return new Usage(
          sum(servers, ProcFigures::cpuMicros),
          ProcFigures.cpuMicros(worker),
          ProcFigures.cpuMicros(client),
          sum(store.get(), ProcFigures::cpuMicros),
          journal.written());
    }

    ByProcess peakResidentMiB() {
      return new ByProcess(
          mebibytes(servers), mebibytes(List.of(worker)), mebibytes(List.of(client)), null);
    }

    private static @Nullable Double mebibytes(List<Long> pids) {
      var bytes = sum(pids, ProcFigures::peakResidentBytes);
      return bytes.isPresent() ? (Double) (bytes.getAsLong() / 1024.0 / 1024.0) : null;
    }
  }

  /** The sum over all processes; empty when there are none, or one does not tell. */
  static OptionalLong sum(List<Long> pids, LongFunction<OptionalLong> figure) {
    var figures = pids.stream().map(figure::apply).toList();
    return figures.isEmpty() || figures.stream().anyMatch(OptionalLong::isEmpty)
        ? OptionalLong.empty()
        : OptionalLong.of(figures.stream().mapToLong(OptionalLong::getAsLong).sum());
  }

  /** What one task cost between two instants. */
  record PerTask(
      @Nullable Double server,
      @Nullable Double worker,
      @Nullable Double client,
      @Nullable Double store,
      @Nullable Double journalRows) {

    static ByProcess medianCpu(List<PerTask> rounds) {
      return new ByProcess(
          median(rounds, PerTask::server),
          median(rounds, PerTask::worker),
          median(rounds, PerTask::client),
          median(rounds, PerTask::store));
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
        per(tasks, before.store, store),
        per(tasks, before.journalRows, journalRows));
  }

  private static @Nullable Double per(long tasks, OptionalLong before, OptionalLong after) {
    return before.isPresent() && after.isPresent()
        ? (after.getAsLong() - before.getAsLong()) / (double) tasks
        : null;
  }
}
