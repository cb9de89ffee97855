package io.reeve.rig;

import static java.util.stream.Collectors.toMap;

import io.reeve.domain.task.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is done to the nodes, links and workers of a cluster under load, and what has to hold of it
 * besides every invariant of the checker.
 */
@Tag("rig")
@TestMethodOrder(MethodOrderer.MethodName.class)
@Timeout(420)
class FaultRigTest extends RigFixture {

  /** From the end of a fault until all goes on. */
  private static final Duration HEAL = patient(30);

  /**
   * From a crash until all goes on. The aims are 10 s and 20 s; a machine of two cores that runs
   * everything at once and starts JVMs meanwhile gets some more.
   */
  private static final Duration CRASH = patient(PROFILE.equals("fast") ? 15 : 22);

  /** Of silence, after which the others have surely given a node up. */
  private static final Duration GIVEN_UP = Duration.ofSeconds(PROFILE.equals("fast") ? 16 : 23);

  /** From a crash until the partitions go on that are not hit by it. */
  private static final Duration LIVING = patient(4);

  private static final Duration LEAVE = patient(25);

  /** From the order to the dispatcher's node to end until all goes on. */
  private static final Duration HAND_OVER = patient(3);

  private static final Duration READY = patient(60);

  /** How long the leases of a broken session wait for their worker ({@code resume-within}). */
  private static final Duration RESUME = Duration.ofSeconds(5);

  /** How long a worker may be silent ({@code silence-max}). */
  private static final Duration SILENCE = Duration.ofSeconds(10);

  /** For a machine of two cores that does all of this at once. */
  private static final Duration BUSY = patient(2);

  /** A node that was given up while it stood still notices and ends. */
  private static final Duration ZOMBIE_ENDS = patient(5);

  /** Between two changes of the members. */
  private static final Duration TURN = Duration.ofSeconds(10);

  // ---- Nodes ------------------------------------------------------------------------------------

  @Tag("rig-quick")
  @ParameterizedTest(name = "F01 seed {0}")
  @MethodSource("seeds")
  void f01TheDispatchersNodeIsKilled(long seed) {
    run("F01", seed, run -> crash(run, run.dispatcherNode()));
  }

  @Tag("rig-quick")
  @ParameterizedTest(name = "F01b seed {0}")
  @MethodSource("seeds")
  void f01bAnotherNodeIsKilled(long seed) {
    run(
        "F01b",
        seed,
        run -> {
          run.steady();
          var node = run.otherThan(run.dispatcherNode());
          kill(run, node);
          var living = run.medianStart();
          if (living.compareTo(LIVING) > 0) {
            run.wrong(
                "expected most partitions, as they are on living nodes, to give out tasks again"
                    + " within %s, got %s"
                        .formatted(RigReport.seconds(LIVING), RigReport.seconds(living)));
          }
          comeBack(run, node);
        });
  }

  private static void crash(RigRun run, String node) {
    run.steady();
    kill(run, node);
    comeBack(run, node);
  }

  private static void kill(RigRun run, String node) {
    var dispatchers = run.journal().dispatchers();
    var dispatches = node.equals(run.dispatcherNode());
    run.fault(
        "SIGKILL of " + node,
        () -> {
          run.cluster().hold(node);
          run.cluster().member(node).kill();
        });
    run.recovers("SIGKILL", CRASH, () -> !dispatches || run.journal().dispatchers() > dispatchers);
  }

  private static void comeBack(RigRun run, String node) {
    run.act("start of " + node, () -> run.cluster().release(node));
    run.recovers("start", HEAL, () -> run.cluster().isReady(node));
  }

  @Tag("rig-quick")
  @ParameterizedTest(name = "F02 seed {0}")
  @MethodSource("seeds")
  void f02TheDispatchersNodeIsToldToEnd(long seed) {
    run(
        "F02",
        seed,
        run -> {
          run.steady();
          var node = run.dispatcherNode();
          leave(run, node, HAND_OVER);
          comeBack(run, node);
        });
  }

  private static void leave(RigRun run, String node, Duration bound) {
    run.fault(
        "SIGTERM of " + node,
        () -> {
          run.cluster().hold(node);
          run.cluster().member(node).askToEnd();
        });
    run.recovers("SIGTERM", bound, () -> !run.cluster().member(node).isAlive());
    if (run.cluster().member(node).isAlive()) {
      run.wrong("expected " + node + " to have ended after SIGTERM");
      run.cluster().member(node).kill();
    }
  }

  @ParameterizedTest(name = "F03 seed {0}")
  @MethodSource("seeds")
  void f03EachNodeIsKilledInTurnAndThenAll(long seed) {
    run(
        "F03",
        seed,
        run -> {
          RigCluster.NODES.forEach(node -> crash(run, node));
          run.steady();
          run.fault(
              "SIGKILL of all nodes",
              () -> RigCluster.NODES.forEach(node -> run.cluster().member(node).kill()));
          run.recovers("SIGKILL of all", READY, run.cluster()::isReady);
        });
  }

  @Tag("rig-quick")
  @ParameterizedTest(name = "F04 seed {0}")
  @MethodSource("seeds")
  void f04TheDispatchersNodeStandsStill(long seed) {
    run(
        "F04",
        seed,
        run -> {
          run.steady();
          var node = run.dispatcherNode();
          var starts = run.cluster().starts(node);
          var still = seed % 2 == 1 ? GIVEN_UP : Duration.ofSeconds(3);
          run.fault("SIGSTOP of " + node, () -> run.cluster().member(node).suspend());
          run.pass(still);
          run.act("SIGCONT of " + node, () -> run.cluster().member(node).resume());
          if (still.equals(GIVEN_UP)) {
            run.expect(
                "the node that was given up ends",
                ZOMBIE_ENDS,
                () -> run.cluster().starts(node) > starts);
          }
          run.recovers("SIGCONT", HEAL, run.cluster()::isReady);
        });
  }

  // ---- Links ------------------------------------------------------------------------------------

  @Tag("rig-quick")
  @ParameterizedTest(name = "F05 seed {0}")
  @MethodSource("seeds")
  void f05TheNodesAreParted(long seed) {
    run(
        "F05",
        seed,
        run -> {
          run.steady();
          var node = run.dispatcherNode();
          var others = RigCluster.NODES.stream().filter(name -> !name.equals(node)).toList();
          var lab = run.cluster().lab();
          var way = Parting.values()[(int) ((seed - 1) % Parting.values().length)];
          run.fault(
              "%s: %s from %s".formatted(way, node, others), () -> way.cut(lab, node, others));
          if (way == Parting.DISPATCHER_ALONE) {
            run.recovers("parting", CRASH, () -> !run.dispatcherNode().equals(node));
          }
          run.pass(Duration.ofSeconds(20).plus(run.upTo(Duration.ofSeconds(5))));
          run.act("the link heals", lab::heal);
          run.recovers("heal", HEAL, run.cluster()::isReady);
        });
  }

  /** How three nodes that all reach PostgreSQL are parted. */
  private enum Parting {
    DISPATCHER_ALONE,
    DISPATCHER_IS_NOT_HEARD,
    TWO_OF_THREE_CUT,
    DISPATCHER_HEARS_NOTHING,
    EACH_ALONE;

    void cut(NetworkLab lab, String node, List<String> others) {
      var one = others.get(0);
      var other = others.get(1);
      switch (this) {
        case DISPATCHER_ALONE -> others.forEach(name -> lab.cut(node, name));
        case DISPATCHER_IS_NOT_HEARD -> others.forEach(name -> lab.cutOneWay(node, name));
        case TWO_OF_THREE_CUT -> lab.cut(node, one);
        case DISPATCHER_HEARS_NOTHING -> others.forEach(name -> lab.cutOneWay(name, node));
        case EACH_ALONE -> {
          others.forEach(name -> lab.cut(node, name));
          lab.cut(one, other);
        }
      }
    }
  }

  @ParameterizedTest(name = "F06 seed {0}")
  @MethodSource("seeds")
  void f06ALinkFlaps(long seed) {
    run(
        "F06",
        seed,
        run -> {
          run.steady();
          var one = run.dispatcherNode();
          var other = run.otherThan(one);
          var lab = run.cluster().lab();
          var starts = RigCluster.NODES.stream().mapToInt(run.cluster()::starts).sum();
          for (var time = 1; time <= 10; time++) {
            run.fault("cut %s from %s".formatted(one, other), () -> lab.cut(one, other));
            run.pass(Duration.ofSeconds(2));
            run.act("the link heals", lab::heal);
            run.pass(Duration.ofSeconds(2));
          }
          run.recovers("heal", HEAL, run.cluster()::isReady);
          var restarts = RigCluster.NODES.stream().mapToInt(run.cluster()::starts).sum() - starts;
          if (restarts > RigCluster.NODES.size()) {
            run.wrong("expected each node to end once at most, got %d ends".formatted(restarts));
          }
        });
  }

  @Tag("rig-quick")
  @ParameterizedTest(name = "F07 seed {0}")
  @MethodSource("seeds")
  void f07ANodeIsCutFromPostgres(long seed) {
    run(
        "F07",
        seed,
        run -> {
          run.steady();
          var node = seed % 2 == 1 ? run.otherThan(run.dispatcherNode()) : run.dispatcherNode();
          var lab = run.cluster().lab();
          run.fault(
              "cut %s from PostgreSQL, dispatcher on %s".formatted(node, run.dispatcherNode()),
              () -> lab.cut(node, run.cluster().postgresName()));
          run.pass(Duration.ofSeconds(10).plus(run.upTo(Duration.ofSeconds(10))));
          run.act("the link heals", lab::heal);
          run.recovers("heal", HEAL, run.cluster()::isReady);
        });
  }

  // ---- Workers ----------------------------------------------------------------------------------

  @Tag("rig-quick")
  @ParameterizedTest(name = "F16 seed {0}")
  @MethodSource("seeds")
  void f16AWorkerIsKilled(long seed) {
    run(
        "F16",
        seed,
        run -> {
          for (var round = 1; round <= 2; round++) {
            run.steady();
            var worker = RigCluster.WORKERS.get(run.random().nextInt(RigCluster.WORKERS.size()));
            run.fault("SIGKILL of " + worker, () -> run.cluster().member(worker).kill());
            tasksRunElsewhere(run, worker, RESUME);
          }
        });
  }

  @Tag("rig-quick")
  @ParameterizedTest(name = "F17 seed {0}")
  @MethodSource("seeds")
  void f17AWorkersLinkIsHalfOpen(long seed) {
    run(
        "F17",
        seed,
        run -> {
          run.steady();
          var worker = RigCluster.WORKERS.get(run.random().nextInt(RigCluster.WORKERS.size()));
          var lab = run.cluster().lab();
          run.fault(
              "cut %s from all nodes".formatted(worker),
              () -> RigCluster.NODES.forEach(node -> lab.cut(worker, node)));
          tasksRunElsewhere(run, worker, SILENCE.plus(RESUME));
          run.act("the link heals", lab::heal);
          run.recovers("heal", HEAL, () -> true);
        });
  }

  /** What the worker holds gets another lease, or its end, within the bound and a second. */
  private static void tasksRunElsewhere(RigRun run, String worker, Duration bound) {
    run.look();
    var journal = run.journal();
    var held = journal.heldBy(worker);
    var fences =
        held.stream().collect(toMap(task -> task, task -> journal.lastLease(task).fence()));
    run.note("%s holds %d tasks".formatted(worker, held.size()));
    Predicate<TaskId> moved =
        task ->
            journal.lastLease(task).fence() > fences.getOrDefault(task, 0L)
                || journal.hasEnded(task);
    run.expect(
        "the tasks of %s run elsewhere".formatted(worker),
        bound.plusSeconds(1).plus(BUSY),
        () -> held.stream().allMatch(moved));
    held.stream()
        .filter(task -> journal.lastLease(task).fence() > fences.getOrDefault(task, 0L))
        .forEach(
            task -> run.recovered("next lease", journal.lastLease(task).atMs() - run.actedAtMs()));
  }

  // ---- Many at once -----------------------------------------------------------------------------

  @ParameterizedTest(name = "F22 seed {0}")
  @MethodSource("seeds")
  void f22AllNodesAreRestartedInTurn(long seed) {
    run(
        "F22",
        seed,
        run ->
            RigCluster.NODES.forEach(
                node -> {
                  run.steady();
                  leave(run, node, LEAVE);
                  comeBack(run, node);
                }));
  }

  @ParameterizedTest(name = "F23 seed {0}")
  @MethodSource("seeds")
  void f23NodesComeAndGo(long seed) {
    run(
        "F23",
        seed,
        run -> {
          run.steady();
          for (var round = 1; round <= 2; round++) {
            run.act("start of a fourth node", () -> run.cluster().release(RigCluster.SPARE));
            run.pass(TURN);
            var node = RigCluster.NODES.get(run.random().nextInt(RigCluster.NODES.size()));
            leave(run, node, LEAVE);
            comeBack(run, node);
            leave(run, RigCluster.SPARE, LEAVE);
          }
        });
  }
}
