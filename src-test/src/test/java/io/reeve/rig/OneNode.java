package io.reeve.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.check.Fact;
import io.reeve.check.Invariant;
import io.reeve.check.Violation;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.scenario.Await;
import io.reeve.scenario.Fleet;
import io.reeve.scenario.History;
import io.reeve.scenario.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/** One scenario with one seed on a node of its own: its journal, what was wrong, and the report. */
final class OneNode {

  private static final Duration STUCK_AFTER = Duration.ofSeconds(30);
  private static final Duration DRAIN_WITHIN = Duration.ofMinutes(2);
  private static final Duration SOON = RigFixture.patient(30);
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);

  private final Fleet fleet;
  private final String scenario;
  private final long seed;
  private final History history;
  private final List<String> wrong = new ArrayList<>();
  private final Map<String, List<Long>> recoveries = new TreeMap<>();
  private final List<StreamHistory> streams = new ArrayList<>();
  private final long beganNanos = System.nanoTime();
  private long progressAtNanos;
  private long progress;

  OneNode(Fleet fleet, String scenario, long seed) {
    this(fleet, scenario, seed, (partition, event) -> {});
  }

  /**
   * A run.
   *
   * @param listener gets every event of the journal as it is read, with its partition
   */
  OneNode(Fleet fleet, String scenario, long seed, BiConsumer<Integer, PartitionEvent> listener) {
    this.fleet = fleet;
    this.scenario = scenario;
    this.seed = seed;
    this.history = new History(fleet, listener);
  }

  History history() {
    return history;
  }

  /** A worker process of the rig; returns when it has a session. */
  Member worker(String id, String endpoint, int slots) {
    var file = fleet.directory().resolve(id + ".history");
    streams.add(new StreamHistory(RigWorker.streams(file)));
    var worker = fleet.process(id, RigWorker.class, endpoint, id, "" + slots, file.toString());
    Await.until(id + " is registered", SOON, () -> worker.said().contains(RigWorker.READY));
    return worker;
  }

  /**
   * What workers said and heard on their streams; told once. Of no use behind a proxy that plays
   * tricks: the server may have been told something else.
   */
  List<Fact> told() {
    return streams.stream().flatMap(stream -> stream.of(beganNanos).stream()).toList();
  }

  /** Lets time pass. */
  void pass(Duration time) {
    var until = System.nanoTime() + time.toNanos();
    Await.until("time passes", time.plus(SOON), () -> System.nanoTime() - until >= 0);
  }

  @SuppressWarnings("AnnotateFormatMethod") // The annotation is in no library of this module.
  void note(String what, Object... values) {
    System.out.printf("%s seed %d: %s%n", scenario, seed, what.formatted(values));
  }

  @SuppressWarnings("AnnotateFormatMethod") // The annotation is in no library of this module.
  void wrong(String what, Object... values) {
    var text = values.length == 0 ? what : what.formatted(values);
    note("%s", "WRONG " + text);
    wrong.add(text);
  }

  /** For the report. */
  void recovered(String from, Duration took) {
    recoveries.computeIfAbsent(from, it -> new ArrayList<>()).add(took.toMillis());
  }

  /** Waits until every stored task has ended, as long as there is progress. */
  void drain(BooleanSupplier nothingComes) {
    progressAtNanos = System.nanoTime();
    Await.until(
        "every task has ended",
        DRAIN_WITHIN,
        () -> {
          // Each look reads the journal, which the node would rather have for itself.
          Await.pass(LOOK_INTERVAL);
          history.readOn();
          var now = System.nanoTime();
          if (history.checker().events() != progress) {
            progress = history.checker().events();
            progressAtNanos = now;
          }
          if (now - progressAtNanos > STUCK_AFTER.toNanos()) {
            throw new AssertionError(
                "expected progress within %s, unfinished: %s"
                    .formatted(STUCK_AFTER, history.checker().unfinished()));
          }
          return nothingComes.getAsBoolean() && history.checker().allEnded();
        });
  }

  /** Tells the checker of what began before its delay was over, or expired. */
  void early(RigLoad load, Path attempts) {
    history.readOn();
    load.early(RigCluster.attempts(attempts), history.checker());
  }

  /** Waits until every stored task has ended; that some do not in time is a violation. */
  void endWithin(Duration bound) {
    var until = System.nanoTime() + bound.toNanos();
    Await.until(
        "every task has ended, or the time is up",
        bound.plus(SOON),
        () -> {
          Await.pass(LOOK_INTERVAL);
          history.readOn();
          return history.checker().allEnded() || System.nanoTime() - until >= 0;
        });
    if (!history.checker().allEnded()) {
      history
          .checker()
          .violated(
              Invariant.EVERYTHING_ENDS,
              "after %s: %s".formatted(bound, history.checker().unfinished()));
    }
  }

  /** Nothing follows: tells the checker what was said, and what it makes of it all. */
  List<Violation> verdict(List<Fact> facts) {
    history.readOn();
    var checker = history.checker();
    facts.forEach(checker::add);
    checker.end();
    return checker.violations();
  }

  /** As {@link #verdict}, and fails when anything is wrong. */
  void judge(Map<String, List<String>> acknowledged, List<Fact> facts, int faults) {
    verdict(facts).forEach(violation -> wrong("%s", violation));
    var checker = history.checker();
    checker.missing(acknowledged).forEach(this::wrong);
    var tasks = acknowledged.values().stream().mapToInt(List::size).sum();
    note("%s in %d rows; %d faults", checker.summary(), history.rows(), faults);
    RigReport.add(
        new RigReport.Row(
            scenario,
            "one node",
            seed,
            tasks,
            checker.leasedAgain(),
            faults,
            recoveries,
            List.copyOf(wrong)));
    assertThat(wrong).as("%s, seed %d", scenario, seed).isEmpty();
  }
}
