package io.reeve.bench;

import io.reeve.bench.process.HeapFigures;
import io.reeve.bench.process.ReeveProcess;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What it costs that very many tasks wait: heap, time to start, and how long submissions take while
 * a snapshot is stored.
 *
 * <p>The waiting tasks are of a kind that nobody serves, so that others can be run past them. A
 * partition takes a snapshot when about twice as many tasks have ended as it holds, so that many
 * are run: first as fast as they go, which tells the throughput, then at an even pace. The lone
 * submissions are timed at that pace, since on busy processors they wait for those.
 */
final class BacklogRun {

  /** Snapshots that are waited for: about one of each partition. */
  private static final int SNAPSHOTS = 4;

  /** Tasks run past the waiting ones, as a multiple of them, at most. */
  private static final int ROUNDS_MAX = 6;

  private static final int STEP = 100_000;

  private static final int PACED_STEP = 1_000;
  private static final int PACED_PER_SECOND = 20_000;

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

    load.connectWorker();
    Supplier<String> logs = () -> logs(again);
    began = nanoTime.getAsLong();
    var passed = runPast(tasks, logs);
    var passedPerSecond = perSecond(passed, began);
    try (var probe = new AckProbe(load::submitOneWaiting, logs, nanoTime)) {
      var paced = runPastAtAPace(tasks, logs);
      load.disconnectWorker();
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
          paced,
          PACED_PER_SECOND,
          acks.snapshots(),
          acks.snapshotMs(),
          acks.duringMs(),
          acks.otherwiseMs());
    }
  }

  /** Returns how many tasks were run. */
  private long runPast(int tasks, Supplier<String> logs) {
    var until = AckProbe.snapshots(logs.get()) + SNAPSHOTS;
    var passed = 0L;
    var most = (long) tasks * ROUNDS_MAX;
    while (passed < most && AckProbe.snapshots(logs.get()) < until) {
      listener.phase(
          "run others past them", (int) (passed / STEP) + 1, (int) Math.max(1, most / STEP));
      load.submit(STEP);
      load.awaitAllHandled();
      passed += STEP;
    }
    return passed;
  }

  /** Returns how many tasks were run. */
  private long runPastAtAPace(int tasks, Supplier<String> logs) {
    var until = AckProbe.snapshots(logs.get()) + SNAPSHOTS;
    var passed = 0L;
    var most = (long) tasks * ROUNDS_MAX;
    var began = nanoTime.getAsLong();
    while (passed < most && AckProbe.snapshots(logs.get()) < until) {
      if (passed % STEP == 0) {
        listener.phase(
            "the same at a pace", (int) (passed / STEP) + 1, (int) Math.max(1, most / STEP));
      }
      load.submit(PACED_STEP);
      load.awaitAllHandled();
      passed += PACED_STEP;
      var due = began + passed * TimeUnit.SECONDS.toNanos(1) / PACED_PER_SECOND;
      for (var left = due - nanoTime.getAsLong(); left > 0; left = due - nanoTime.getAsLong()) {
        LockSupport.parkNanos(left);
      }
    }
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
