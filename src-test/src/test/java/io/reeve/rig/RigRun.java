package io.reeve.rig;

import io.reeve.check.Checker;
import io.reeve.check.Invariant;
import io.reeve.cli.cluster.Pulse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * One scenario with one seed on a cluster that stands: load, faults, the end of all faults, the
 * drain, and the verdict. Everything happens on the thread of the test, which meanwhile reads the
 * journal and tends the processes.
 */
final class RigRun {

  private static final int PER_SECOND = 150;
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);

  /** Shorter ones come by chance, as the load does. */
  static final Duration SILENCE = Duration.ofSeconds(2);

  private static final Duration STEADY = Duration.ofSeconds(4);
  private static final Duration STEADY_WITHIN = Duration.ofSeconds(60);

  /** What is silent after a fault shows itself within this. */
  private static final Duration LOOK_AT_LEAST = Duration.ofSeconds(4);

  /** How long past its bound a recovery is still awaited, to say how long it took. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration STUCK_AFTER = Duration.ofSeconds(30);
  private static final Duration DRAIN_WITHIN = Duration.ofMinutes(3);
  private static final int READ_BACK_MAX = 300;

  private final RigCluster cluster;
  private final RigJournal journal;
  private final String scenario;
  private final long seed;
  private final Random random;
  private final Checker checker = Checker.ofJournal();
  private final Pulse pulse = new Pulse(SILENCE);
  private final RigLoad load;
  private final long beganNanos = System.nanoTime();
  private final List<String> timeline = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private final Map<String, List<Long>> recoveries = new TreeMap<>();
  private int faults;
  private long faultAtMs;
  private Duration medianStart = Duration.ZERO;

  /** Starts the load. */
  RigRun(RigCluster cluster, RigJournal journal, String scenario, long seed) {
    this.cluster = cluster;
    this.journal = journal;
    this.scenario = scenario;
    this.seed = seed;
    this.random = new Random(seed);
    journal.readOn();
    journal.begin(checker, pulse);
    var run = "%s-%d-%d".formatted(scenario, seed, beganNanos);
    load = new RigLoad(cluster.endpoints(), run, PER_SECOND, seed);
    note("load of %d tasks a second, dispatcher on %s".formatted(PER_SECOND, dispatcherNode()));
  }

  RigCluster cluster() {
    return cluster;
  }

  RigJournal journal() {
    return journal;
  }

  long seed() {
    return seed;
  }

  /** Draws what the seed decides. */
  Random random() {
    return random;
  }

  String dispatcherNode() {
    return journal.dispatcherNode();
  }

  /** A node that is always wanted, and not this one. */
  String otherThan(String node) {
    var others = RigCluster.NODES.stream().filter(name -> !name.equals(node)).toList();
    return others.get(random.nextInt(others.size()));
  }

  // ---- What happens -----------------------------------------------------------------------------

  /** Lets the load flow until every partition takes and gives out tasks, and for some time. */
  void steady() {
    follow(STEADY.plusMillis(random.nextInt(1000)), () -> false);
    var flows =
        follow(
            STEADY_WITHIN,
            () ->
                pulse.partitions() == RigCluster.PARTITIONS
                    && cluster.isReady()
                    && pulse.wentOnAfter(now() - STEADY.toMillis(), now()).isPresent());
    if (!flows) {
      throw new AssertionError(
          "expected load on %d partitions within %s, got it on %d"
              .formatted(RigCluster.PARTITIONS, STEADY_WITHIN, pulse.partitions()));
    }
  }

  /** Does harm, or ends it; recoveries are counted from here. */
  void act(String what, Runnable act) {
    note(what);
    faultAtMs = now();
    act.run();
  }

  /** As {@link #act}; counts among the faults. */
  void fault(String what, Runnable act) {
    faults++;
    act(what, act);
  }

  /** When the last act was done. */
  long actedAtMs() {
    return faultAtMs;
  }

  /** Lets time pass. */
  void pass(Duration time) {
    follow(time, () -> false);
  }

  /** Up to so much time, by the seed. */
  Duration upTo(Duration most) {
    return Duration.ofMillis(random.nextInt((int) most.toMillis()));
  }

  /** Waits for a condition; that it does not come is wrong, and ends the wait only. */
  boolean expect(String condition, Duration within, BooleanSupplier holds) {
    var from = now();
    var held = follow(within, holds);
    note("%s: %s after %d ms".formatted(condition, held ? "so" : "NOT so", now() - from));
    if (!held) {
      wrong("expected within %s: %s".formatted(RigReport.seconds(within), condition));
    }
    return held;
  }

  void wrong(String what) {
    note("WRONG: %s".formatted(what));
    wrong.add(what);
  }

  /** Something that took so long, for the report. */
  void recovered(String from, long millis) {
    recoveries.computeIfAbsent(from, it -> new ArrayList<>()).add(millis);
  }

  /**
   * Waits until every partition takes tasks and gives them out again, and says how long that took
   * from the last act on.
   *
   * @param from for the report: what it is counted from
   */
  void recovers(String from, Duration bound, BooleanSupplier over) {
    follow(LOOK_AT_LEAST, () -> false);
    var since = faultAtMs;
    follow(
        bound.plus(PATIENCE),
        () -> over.getAsBoolean() && pulse.wentOnAfter(since, now()).isPresent());
    var now = now();
    var taken = pulse.takenAgainAfter(since, now);
    var started = pulse.startedAgainAfter(since, now);
    if (taken.isEmpty() || started.isEmpty()) {
      cluster.dumpThreads();
      wrong("a partition is silent %s after %s".formatted(bound.plus(PATIENCE), from));
      return;
    }
    record(from, "taken", taken.get(), bound);
    record(from, "started", started.get(), bound);
    medianStart = started.get().stream().sorted().toList().get(started.get().size() / 2);
  }

  /** How long after the last recovery's act half of the partitions gave out tasks again. */
  Duration medianStart() {
    return medianStart;
  }

  private void record(String from, String what, List<Duration> each, Duration bound) {
    var millis = each.stream().map(Duration::toMillis).toList();
    var name = from + ", " + what;
    recoveries.computeIfAbsent(name, it -> new ArrayList<>()).addAll(millis);
    note(
        "%s again after %s s (p50 / p99 / max), %d of %d were silent"
            .formatted(
                name,
                RigReport.percentiles(millis),
                millis.stream().filter(one -> one > 0).count(),
                millis.size()));
    var last = each.stream().max(Duration::compareTo).orElse(Duration.ZERO);
    if (last.compareTo(bound) > 0) {
      wrong(
          "expected tasks of all partitions to be %s within %s of %s, got %s"
              .formatted(what, RigReport.seconds(bound), from, RigReport.seconds(last)));
    }
  }

  /** Partitions that took no tasks in or gave none out for some time since the last act. */
  int silent() {
    var now = now();
    return Math.max(
        silent(pulse.takenAgainAfter(faultAtMs, now)),
        silent(pulse.startedAgainAfter(faultAtMs, now)));
  }

  private static int silent(Optional<List<Duration>> each) {
    return (int) each.stream().flatMap(List::stream).filter(silence -> !silence.isZero()).count();
  }

  private boolean follow(Duration most, BooleanSupplier done) {
    var from = System.nanoTime();
    while (true) {
      look();
      if (done.getAsBoolean()) {
        return true;
      }
      if (System.nanoTime() - from >= most.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
    }
  }

  /** Takes note of what is new. */
  void look() {
    journal.readOn();
    for (var next = load.nextAcknowledgement(); next != null; next = load.nextAcknowledgement()) {
      pulse.submitted(next.partition(), next.atMs());
    }
    cluster.tend();
  }

  private static long now() {
    return System.currentTimeMillis();
  }

  void note(String what) {
    var line = "%6d ms  %s".formatted((System.nanoTime() - beganNanos) / 1_000_000, what);
    timeline.add(line);
    System.out.println(scenario + " seed " + seed + " " + line);
  }

  // ---- The end ----------------------------------------------------------------------------------

  /** Ends all faults, lets all work end, and judges; returns what is wrong. */
  List<String> finish() {
    cluster.lab().heal();
    cluster.releaseAll();
    load.stop();
    var drained = drain();
    if (drained) {
      load.readBack(READ_BACK_MAX);
    }
    load.facts().forEach(checker::add);
    var attempts =
        cluster.attempts().stream().filter(attempt -> attempt.atNanos() >= beganNanos).toList();
    cluster.told(beganNanos).forEach(checker::add);
    checker.end();
    load.early(attempts, checker);
    checker.violations().forEach(violation -> wrong.add(violation.toString()));
    checker.missing(load.acknowledged()).forEach(missing -> wrong.add("NO_LOST_ACK: " + missing));
    wrong.addAll(load.mistakes());
    note(
        "%s; %d acknowledged; refused for good: %s; overlaps of one task's attempts: %d"
            .formatted(checker.summary(), load.tasks(), load.refusals(), overlaps(attempts)));
    RigReport.add(
        new RigReport.Row(
            scenario,
            cluster.profile(),
            seed,
            load.tasks(),
            checker.leasedAgain(),
            faults,
            Map.copyOf(recoveries),
            List.copyOf(wrong)));
    write();
    load.close();
    return List.copyOf(wrong);
  }

  /** Ends without a verdict. */
  void abandon(Throwable because) {
    wrong("the run broke off: " + because);
    cluster.dumpThreads();
    write();
    load.close();
  }

  private boolean drain() {
    var ready = expect("every process is ready", Duration.ofSeconds(90), cluster::isReady);
    var progressAt = new long[] {System.nanoTime()};
    var progress = new long[] {-1};
    var began = System.nanoTime();
    BooleanSupplier ended = () -> load.waiting() == 0 && checker.allEnded();
    follow(
        DRAIN_WITHIN,
        () -> {
          var now = checker.events() + load.tasks() - load.waiting();
          if (now != progress[0]) {
            progress[0] = now;
            progressAt[0] = System.nanoTime();
          }
          return ended.getAsBoolean() || System.nanoTime() - progressAt[0] > STUCK_AFTER.toNanos();
        });
    note("drained after %d ms".formatted((System.nanoTime() - began) / 1_000_000));
    if (!ended.getAsBoolean()) {
      cluster.dumpThreads();
      checker.violated(
          Invariant.EVERYTHING_ENDS,
          "%d calls without an answer, %d tasks that do not end: %s"
              .formatted(
                  load.waiting(),
                  checker.unfinished().size(),
                  checker.unfinished().stream().limit(20).toList()));
    }
    return ready && ended.getAsBoolean();
  }

  /** Attempts of one task that ran at the same time: allowed once the first has lost its lease. */
  private static int overlaps(List<RigWorker.Attempt> attempts) {
    var ends = new HashMap<String, Long>();
    attempts.stream()
        .filter(attempt -> attempt.what().equals("end"))
        .forEach(end -> ends.put(end.taskId() + " " + end.fence(), end.atNanos()));
    var overlaps = 0;
    var byTask =
        attempts.stream()
            .filter(attempt -> attempt.what().equals("start"))
            .collect(Collectors.groupingBy(RigWorker.Attempt::taskId))
            .values();
    for (var starts : byTask) {
      for (var start : starts) {
        var end = ends.get(start.taskId() + " " + start.fence());
        overlaps +=
            (int)
                starts.stream()
                    .filter(later -> later.fence() > start.fence())
                    .filter(later -> end != null && later.atNanos() < end)
                    .count();
      }
    }
    return overlaps;
  }

  private void write() {
    var run = cluster.directory().resolve("run-%s-%d".formatted(scenario, seed));
    try {
      Files.createDirectories(run);
      Files.write(run.resolve("timeline.txt"), timeline);
      Files.write(run.resolve("wrong.txt"), wrong);
      Files.write(run.resolve("clients.txt"), load.facts().stream().map(Object::toString).toList());
      note("kept in %s".formatted(run.toAbsolutePath()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where a run on a cluster of this number keeps its files. */
  static Path directory(String name) {
    return Path.of("target", "rig", name).toAbsolutePath();
  }
}
