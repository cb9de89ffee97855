package io.reeve.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.TaskRequest;
import io.reeve.scenario.Await;
import io.reeve.scenario.Fleet;
import io.reeve.scenario.Member;
import io.reeve.scenario.NodeProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of many tasks that nobody ran yet: while no worker is there, and over a crash. */
@Tag("rig")
@Timeout(240)
class BacklogRigTest {

  private static final Duration SOON = Duration.ofSeconds(30);

  @RegisterExtension private final Fleet fleet = new Fleet();

  // ---- Workers are away -------------------------------------------------------------------------

  private static final int BASE_TASKS = 12_000;
  private static final int BACKLOG_MIN = 20_000;
  private static final int BACKLOG_MAX = 50_000;
  private static final int PER_SECOND = 800;
  private static final int SLOTS = 24;
  private static final long WINDOW_MS = 3_000;
  private static final double RATE_LEAST = 0.8;

  /**
   * How much longer the last of the backlog may wait than if nothing newer were started before it.
   * Partitions are served alike, so those with less of the backlog come to newer tasks earlier.
   */
  private static final double STRETCH_MOST = 1.3;

  @ParameterizedTest(name = "F28 seed {0}")
  @MethodSource("io.reeve.rig.FaultRigTest#seeds")
  void f28WorkersComeBackToABacklog(long seed) {
    var order = new StartOrder();
    var run = new OneNode(fleet, "F28", seed, order::add);
    var random = new Random(seed);
    var node = fleet.node();
    // Waits instead of work, so that the workers' slots are the limit and not this machine.
    try (var load =
        new BulkLoad(
            node.endpoint(), seed, it -> TaskRequest.of("sleep").payload("12ms").build())) {
      load.submit(BASE_TASKS, 200);
      var workers = workers(node);
      Await.until("the first tasks are done", SOON, () -> done(run) >= BASE_TASKS);
      var base = rate(order, firstLease(order, 0), lastEnd(order));

      workers.forEach(random.nextBoolean() ? Member::kill : Member::askToEnd);
      Await.until("the workers are away", SOON, () -> workers.stream().noneMatch(Member::isAlive));
      load.submitOn(PER_SECOND, 10);
      load.submit(random.nextInt(BACKLOG_MIN, BACKLOG_MAX), 200);
      run.pass(Duration.ofSeconds(2));
      var returnedAtMs = System.currentTimeMillis();
      workers(node);
      Await.until(
          "the backlog is gone",
          Duration.ofSeconds(90),
          () -> {
            Await.pass(Duration.ofSeconds(1));
            run.history().readOn();
            return order.tasks().stream()
                .noneMatch(it -> it.submittedAtMs <= returnedAtMs && it.endedAtMs == 0);
          });
      load.stop();
      run.drain(load::isAnswered);

      load.mistakes().forEach(run::wrong);
      order.wrong().forEach(run::wrong);
      judgeReturn(run, order, returnedAtMs, base);
      run.judge(load.acknowledged(), List.of(), 1);
    }
  }

  private List<Member> workers(NodeProcess node) {
    return List.of(worker("crane", node), worker("heron", node));
  }

  private Member worker(String id, NodeProcess node) {
    var worker = fleet.worker(id, node, SLOTS, "reeve.worker.pool.prefetch=" + SLOTS);
    Await.until(id + " is registered", SOON, () -> worker.said().contains("registered at"));
    return worker;
  }

  private static long done(OneNode run) {
    run.history().readOn();
    var checker = run.history().checker();
    return (long) checker.tasks() - checker.unfinished().size();
  }

  private static long firstLease(StartOrder order, long fromMs) {
    return order.tasks().stream()
        .mapToLong(it -> it.leasedAtMs)
        .filter(at -> at > fromMs)
        .min()
        .orElseThrow();
  }

  private static long lastEnd(StartOrder order) {
    return order.tasks().stream().mapToLong(it -> it.endedAtMs).max().orElseThrow();
  }

  /** Tasks a second. */
  private static double rate(StartOrder order, long fromMs, long toMs) {
    return order.endedBetween(fromMs, toMs) * 1000.0 / (toMs - fromMs);
  }

  private static void judgeReturn(OneNode run, StartOrder order, long returnedAtMs, double base) {
    var backlog =
        order.tasks().stream()
            .filter(it -> it.submittedAtMs <= returnedAtMs && it.endedAtMs > returnedAtMs)
            .toList();
    var from = firstLease(order, returnedAtMs);
    var gone = backlog.stream().mapToLong(it -> it.endedAtMs).max().orElseThrow();
    var levels = new ArrayList<Long>();
    for (var at = from; at < gone; at += WINDOW_MS) {
      levels.add(order.backlogAt(at));
    }
    for (var i = 1; i < levels.size(); i++) {
      if (levels.get(i) >= levels.get(i - 1)) {
        run.wrong("expected a backlog that falls in each window of 3 s, got %s", levels);
      }
    }
    var drained = rate(order, from, gone);
    if (drained < RATE_LEAST * base) {
      run.wrong("expected %.0f tasks/s or more, got %.0f", RATE_LEAST * base, drained);
    }
    var lastStart = backlog.stream().mapToLong(it -> it.leasedAtMs).max().orElseThrow();
    var newer = order.tasks().stream().filter(it -> it.submittedAtMs > returnedAtMs).toList();
    var before =
        newer.stream().filter(it -> it.leasedAtMs < lastStart && it.leasedAtMs > 0).count();
    var alone = backlog.size() / drained * 1000;
    if (lastStart - from > STRETCH_MOST * alone) {
      run.wrong(
          "expected the last of the backlog to start after %.0f ms or less, got %d: %d newer ones"
              + " came before it",
          STRETCH_MOST * alone, lastStart - from, before);
    }
    run.recovered("return, backlog gone", Duration.ofMillis(gone - from));
    run.note(
        "base rate %.0f tasks/s, backlog %s each 3 s, drained at %.0f tasks/s; %d newer tasks"
            + " before the last of it",
        base, levels, drained, before);
  }

  // ---- The node is away -------------------------------------------------------------------------

  private static final int TASKS = 100_000;
  private static final Duration READY = Duration.ofSeconds(20);
  private static final String HEAP = "384m";
  private static final int PAYLOAD_MAX = 200;

  @ParameterizedTest(name = "F24 seed {0}")
  @MethodSource("io.reeve.rig.FaultRigTest#seeds")
  void f24ManyWaitingTasksStartOverACrash(long seed) {
    var order = new StartOrder();
    var run = new OneNode(fleet, "F24", seed, order::add);
    var random = new Random(seed);
    var node = fleet.node(0, HEAP, Map.of(), () -> {});
    try (var load = new BulkLoad(node.endpoint(), seed, BacklogRigTest::someTask)) {
      var submits = new Thread(() -> load.submit(TASKS, 500), "submits");
      submits.setDaemon(true);
      submits.start();
      // While the last of them are on their way, or some time after.
      var killAt = random.nextBoolean() ? TASKS : TASKS - random.nextInt(10_000);
      Await.until("enough tasks are acknowledged", SOON, () -> load.tasks() >= killAt);
      node.process().kill();
      var killed = System.nanoTime();
      var again = fleet.node(node.port(), HEAP, Map.of(), () -> {});
      var readyIn = Duration.ofNanos(System.nanoTime() - killed);
      Await.until("the rest is acknowledged", SOON, () -> load.tasks() == TASKS);

      run.recovered("SIGKILL, ready", readyIn);
      if (readyIn.compareTo(READY) > 0) {
        run.wrong("expected to be ready within %s, got %s", READY, readyIn);
      }
      fleet.worker("crane", again, 16, "reeve.worker.pool.prefetch=500");
      run.drain(load::isAnswered);
      run.note(
          "killed at %d tasks, ready after %s, all done %d ms after the first start",
          killAt, RigReport.seconds(readyIn), lastEnd(order) - firstLease(order, 0));
      load.mistakes().forEach(run::wrong);
      order.wrong().forEach(run::wrong);
      assertThat(again.process().said()).doesNotContain("OutOfMemoryError");
      run.judge(load.acknowledged(), List.of(), 1);
    }
  }

  private static TaskRequest someTask(Random random) {
    return TaskRequest.of("echo").payload(new byte[random.nextInt(PAYLOAD_MAX)]).build();
  }
}
