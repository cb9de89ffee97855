package io.reeve.bench;

import io.reeve.bench.process.HeapFigures;
import io.reeve.bench.process.ReeveProcess;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What it costs that very many tasks wait: heap, time to start, and how long submissions take while
 * a snapshot is stored.
 *
 * <p>The waiting tasks are of a kind that nobody serves, so that others can be run past them. A
 * partition takes a snapshot when about twice as many tasks have ended as it holds, so that many
 * are run.
 */
final class BacklogRun {

  /** Snapshots that are waited for: about one of each partition. */
  private static final int SNAPSHOTS = 4;

  /** Tasks run past the waiting ones, as a multiple of them, at most. */
  private static final int ROUNDS_MAX = 6;

  private static final int STEP = 100_000;

  private final BenchSettings settings;
  private final Load load;
  private final LongSupplier nanoTime;
  private final BenchRun.Listener listener;

  BacklogRun(BenchSettings settings, Load load, LongSupplier nanoTime, BenchRun.Listener listener) {
    this.settings = settings;
    this.load = load;
    this.nanoTime = nanoTime;
    this.listener = listener;
  }

  /**
   * Runs all of it.
   *
   * @param nodes serve, with nothing in them
   * @param restart kills the nodes, starts them again, and returns them when they serve
   */
  BacklogReport run(int tasks, List<ReeveProcess> nodes, Supplier<List<ReeveProcess>> restart) {
    listener.phase("empty heap", 1, 1);
    var empty = liveBytes(nodes);
    listener.phase("submit " + tasks, 1, 1);
    var began = nanoTime.getAsLong();
    load.submitWaiting(tasks);
    var submitPerSecond = perSecond(tasks, began);
    listener.phase("full heap", 1, 1);
    var full = liveBytes(nodes);

    listener.phase("restart", 1, 1);
    began = nanoTime.getAsLong();
    var again = restart.get();
    var restartSeconds = seconds(began);

    began = nanoTime.getAsLong();
    try (var probe = new AckProbe(load::submitOneWaiting, () -> logs(again), nanoTime)) {
      var passed = runPast(tasks, probe);
      var passedPerSecond = perSecond(passed, began);
      var acks = probe.figures();
      return new BacklogReport(
          tasks,
          settings.payloadBytes(),
          submitPerSecond,
          empty.isPresent() && full.isPresent()
              ? (Double) ((full.getAsLong() - empty.getAsLong()) / (double) tasks)
              : null,
          restartSeconds,
          passed,
          passedPerSecond,
          acks.snapshots(),
          acks.snapshotMs(),
          acks.duringMs(),
          acks.otherwiseMs());
    }
  }

  /** Returns how many tasks were run. */
  private long runPast(int tasks, AckProbe probe) {
    load.connectWorker();
    var passed = 0L;
    var most = (long) tasks * ROUNDS_MAX;
    while (passed < most && probe.snapshots() < SNAPSHOTS) {
      listener.phase(
          "run others past them", (int) (passed / STEP) + 1, (int) Math.max(1, most / STEP));
      load.submit(STEP);
      load.awaitAllHandled();
      passed += STEP;
    }
    load.disconnectWorker();
    return passed;
  }

  private static String logs(List<ReeveProcess> nodes) {
    return nodes.stream().map(ReeveProcess::log).collect(Collectors.joining("\n"));
  }

  /** Of all nodes together. */
  private static OptionalLong liveBytes(List<ReeveProcess> nodes) {
    return Usage.sum(nodes.stream().map(ReeveProcess::pid).toList(), HeapFigures::liveBytes);
  }

  private double perSecond(long tasks, long since) {
    return tasks / seconds(since);
  }

  private double seconds(long since) {
    return Math.max(1, nanoTime.getAsLong() - since) / (double) TimeUnit.SECONDS.toNanos(1);
  }
}
