package io.reeve.bench;

import io.reeve.bench.BenchReport.ColdStart;
import io.reeve.bench.BenchReport.Latency;
import io.reeve.bench.BenchReport.Phase;
import io.reeve.bench.BenchReport.Syncs;
import io.reeve.bench.process.SyncCount;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The phases of a run, in order: cold start, warm-up, rounds of bulk submit, drain and end to end,
 * rounds of single submissions, and a short run under strace.
 *
 * <p>Figures of a fresh JVM measure its interpreter, so rounds start after a number of tasks and
 * not after a time.
 */
public final class BenchRun {

  private static final int COLD_FIRST = 20_000;
  private static final int COLD_MORE = 150_000;
  private static final int WARM_UP_STEP = 100_000;

  /**
   * One single submission for so many tasks of the warm-up: bulk calls leave most of the code of
   * single ones to the interpreter, and fifty a second would take minutes to change that.
   */
  private static final int WARM_UP_PER_SINGLE = 100;

  private static final int SYNC_TASKS = 20_000;
  private static final int SYNC_SINGLES = 100;

  /** Hears what the run is doing. */
  public interface Listener {
    void phase(String name, int round, int rounds);
  }

  private final BenchSettings settings;
  private final Load load;
  private final Usage.Processes processes;
  private final double startSeconds;
  private final boolean shared;
  private final Path directory;
  private final LongSupplier nanoTime;
  private final Listener listener;

  /** One measured stretch of work. */
  private record Stretch(double perSecond, Usage.PerTask cost) {}

  /**
   * @param startSeconds from the start of the first node until all served
   * @param shared whether the nodes keep tasks in a store that they share
   */
  BenchRun(
      BenchSettings settings,
      Load load,
      Usage.Processes processes,
      double startSeconds,
      boolean shared,
      Path directory,
      LongSupplier nanoTime,
      Listener listener) {
    this.settings = settings;
    this.load = load;
    this.processes = processes;
    this.startSeconds = startSeconds;
    this.shared = shared;
    this.directory = directory;
    this.nanoTime = nanoTime;
    this.listener = listener;
  }

  /** Runs all phases against a node and a worker that have just been started. */
  BenchReport run(BenchReport.Machine machine) throws IOException {
    load.connectWorker();
    var coldStart = coldStart();
    warmUp();
    var phases = rounds();
    var latency = latency();
    var syncs = syncs();
    load.disconnectWorker();
    return new BenchReport(
        machine, settings, coldStart, phases, latency, syncs, processes.peakResidentMiB());
  }

  private ColdStart coldStart() {
    listener.phase("cold start", 1, 1);
    var before = nanoTime.getAsLong();
    var firstTasks = Math.min(COLD_FIRST, settings.tasks());
    endToEnd(firstTasks);
    var first = perSecond(firstTasks, before);
    var moreTasks = Math.min(COLD_MORE, settings.tasks());
    if (moreTasks > firstTasks) {
      endToEnd(moreTasks - firstTasks);
    }
    return new ColdStart(startSeconds, firstTasks, first, moreTasks, perSecond(moreTasks, before));
  }

  private void warmUp() {
    var steps = (int) (settings.warmUpTasks() / WARM_UP_STEP);
    for (var step = 1; step <= steps; step++) {
      listener.phase("warm-up", step, steps);
      endToEnd(WARM_UP_STEP);
    }
    load.disconnectWorker();
  }

  private List<Phase> rounds() {
    var submit = new ArrayList<Stretch>();
    var drain = new ArrayList<Stretch>();
    var endToEnd = new ArrayList<Stretch>();
    for (var round = 1; round <= settings.rounds(); round++) {
      listener.phase("bulk submit", round, settings.rounds());
      submit.add(measure(settings.tasks(), () -> load.submit(settings.tasks())));
      listener.phase("drain", round, settings.rounds());
      drain.add(
          measure(
              settings.tasks(),
              () -> {
                load.connectWorker();
                load.awaitAllHandled();
              }));
      listener.phase("end to end", round, settings.rounds());
      endToEnd.add(measure(settings.tasks(), () -> endToEnd(settings.tasks())));
      load.disconnectWorker();
    }
    return List.of(
        phase("bulk submit", submit), phase("drain", drain), phase("end to end", endToEnd));
  }

  private Latency latency() {
    listener.phase("single warm-up", 1, 1);
    load.connectWorker();
    load.submitSinglesInARow((int) Math.max(1, settings.warmUpTasks() / WARM_UP_PER_SINGLE));
    load.takeWaits();
    var acks = new ArrayList<Histogram>();
    var waits = new ArrayList<Histogram>();
    var costs = new ArrayList<Usage.PerTask>();
    for (var round = 1; round <= settings.rounds(); round++) {
      listener.phase("idle latency", round, settings.rounds());
      var before = processes.now();
      acks.add(load.submitSingles(settings.singlesPerRound()));
      costs.add(processes.now().perTaskSince(before, settings.singlesPerRound()));
      waits.add(load.takeWaits());
    }
    return new Latency(
        settings.singlesPerRound(),
        percentile(waits, 50),
        percentile(waits, 99),
        percentile(acks, 50),
        percentile(acks, 99),
        Usage.PerTask.medianCpu(costs),
        Usage.PerTask.medianRows(costs));
  }

  private Syncs syncs() throws IOException {
    if (!settings.countSyncs()) {
      return new Syncs(null, null, "not asked for");
    }
    if (shared) {
      return new Syncs(null, null, "PostgreSQL does them");
    }
    if (!SyncCount.isPossible()) {
      return new Syncs(null, null, "strace is not installed");
    }
    listener.phase("fsyncs", 1, 1);
    var tasks = Math.min(SYNC_TASKS, settings.tasks());
    var singles = Math.min(SYNC_SINGLES, settings.singlesPerRound());
    var underLoad = countSyncs(tasks, () -> endToEnd(tasks));
    var single = countSyncs(singles, () -> load.submitSingles(singles));
    load.takeWaits();
    return new Syncs(
        underLoad, single, underLoad == null ? "strace may not attach to the node" : "");
  }

  private @Nullable Double countSyncs(int tasks, Runnable work) throws IOException {
    var count = SyncCount.begin(processes.servers().get(0), directory);
    if (count.isEmpty()) {
      return null;
    }
    try (var counting = count.get()) {
      work.run();
      var calls = counting.end();
      return calls.isPresent() ? (Double) (calls.getAsLong() / (double) tasks) : null;
    }
  }

  private void endToEnd(long tasks) {
    load.submit(tasks);
    load.awaitAllHandled();
  }

  private Stretch measure(int tasks, Runnable work) {
    var usage = processes.now();
    var before = nanoTime.getAsLong();
    work.run();
    var perSecond = perSecond(tasks, before);
    return new Stretch(perSecond, processes.now().perTaskSince(usage, tasks));
  }

  private double perSecond(long tasks, long since) {
    var elapsed = Math.max(1, nanoTime.getAsLong() - since);
    return tasks / (elapsed / (double) TimeUnit.SECONDS.toNanos(1));
  }

  private static Phase phase(String name, List<Stretch> rounds) {
    var costs = rounds.stream().map(Stretch::cost).toList();
    return new Phase(
        name,
        Spread.of(rounds.stream().map(Stretch::perSecond).toList()),
        Usage.PerTask.medianCpu(costs),
        Usage.PerTask.medianRows(costs));
  }

  private static Spread percentile(List<Histogram> rounds, double percentile) {
    return Spread.of(
        rounds.stream().map(round -> round.getValueAtPercentile(percentile) / 1e6).toList());
  }
}
