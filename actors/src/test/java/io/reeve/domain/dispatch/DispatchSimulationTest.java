package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random lives of a dispatcher. Each seed is a test of its own; {@code -Dseed=} repeats one. */
class DispatchSimulationTest {

  private static final List<TaskClass> CLASSES =
      List.of(
          new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL),
          new TaskClass("mail", "send", Lane.URGENT, Priority.NORMAL),
          new TaskClass("mail", "render", Lane.NORMAL, Priority.NORMAL),
          new TaskClass("mail", "render", Lane.NORMAL, Priority.HIGH),
          new TaskClass("bill", "send", Lane.NORMAL, Priority.NORMAL),
          new TaskClass("bill", "print", Lane.URGENT, Priority.NORMAL),
          new TaskClass("mail", "send", Lane.NORMAL, Priority.CRITICAL),
          new TaskClass("mail", "render", Lane.NORMAL, Priority.LOW),
          new TaskClass("bill", "print", Lane.URGENT, Priority.HIGH));

  static LongStream seeds() {
    var only = Long.getLong("seed");
    return only == null ? LongStream.rangeClosed(1, 60) : LongStream.of(only);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void countsStayExactAndNoTaskWaitsBesideFreeCredit(long seed) {
    var random = new SplittableRandom(seed);
    var simulation = randomSimulation(random);

    for (var round = 0; round < 5; round++) {
      for (var i = 0; i < 300; i++) {
        act(simulation, random, false);
        walk(simulation, random);
      }
      simulation.settleDown();
      simulation.assertNothingWaitsBesideFreeCredit();
      simulation.assertCountsAreExact();
    }

    finishAll(simulation);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatKeepsATaskIsNamedTruly(long seed) {
    var random = new SplittableRandom(seed);
    var simulation = randomSimulation(random);

    for (var round = 0; round < 10; round++) {
      for (var i = 0; i < 100; i++) {
        act(simulation, random, true);
        walk(simulation, random);
      }
      recount(simulation);
      simulation.assertExplainedTruly();
      for (var partition : simulation.partitions) {
        for (var taskClass : CLASSES) {
          if (partition.readyOf(taskClass) > 0) {
            simulation.assertLiftingHelps(partition.partition, taskClass);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void restartsOfPartitionsLoseNoTask(long seed) {
    var random = new SplittableRandom(seed);
    var simulation = randomSimulation(random);

    for (var i = 0; i < 1_000; i++) {
      act(simulation, random, true);
      walk(simulation, random);
    }

    recount(simulation);
    simulation.assertNothingWaitsBesideFreeCredit();
    simulation.assertCountsAreExact();
    finishAll(simulation);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void lostReportsAndCreditsAreMadeGoodByTheNextGreeting(long seed) {
    var random = new SplittableRandom(seed);
    var simulation = randomSimulation(random);
    simulation.settleDown();
    simulation.losesMessage = channel -> channel.endsWith("-d") && random.nextInt(10) == 0;

    work(simulation, random);

    simulation.losesMessage = channel -> false;
    // A broken connection ends with the partition watched anew.
    for (var p = 0; p < simulation.partitions.size(); p++) {
      simulation.restart(p);
    }
    recount(simulation);
    simulation.assertNothingWaitsBesideFreeCredit();
    simulation.assertCountsAreExact();
    finishAll(simulation);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void lostReportsCreditsAndGrantsAreMadeGoodByTheNextAudit(long seed) {
    var random = new SplittableRandom(seed);
    var simulation = randomSimulation(random);
    simulation.settleDown();
    simulation.losesMessage =
        channel -> (channel.endsWith("-d") || channel.startsWith("d-")) && random.nextInt(10) == 0;

    work(simulation, random);

    simulation.losesMessage = channel -> false;
    simulation.audit();
    recount(simulation);
    simulation.assertNothingWaitsBesideFreeCredit();
    simulation.assertCountsAreExact();
    finishAll(simulation);
  }

  private static DispatchSimulation randomSimulation(RandomGenerator random) {
    var normalEvery = random.nextBoolean() ? 0 : 2 + random.nextInt(10);
    var rules =
        new Rules(
            normalEvery,
            1 + random.nextInt(40),
            1 + random.nextInt(8),
            random.nextInt(5) > 0,
            3,
            200_000_000L,
            Map.of("mail", 3));
    var simulation = new DispatchSimulation(random, 1 + random.nextInt(5), rules);
    for (var i = random.nextInt(4); i >= 0; i--) {
      join(simulation, random);
    }
    return simulation;
  }

  private static void join(DispatchSimulation simulation, RandomGenerator random) {
    var capacity = 1 + random.nextInt(random.nextBoolean() ? 4 : 60);
    var queues = random.nextBoolean() ? List.of("*") : List.of("mail");
    var kinds = random.nextBoolean() ? Set.of("*") : Set.of("send", "print");
    simulation.join(capacity, random.nextInt(capacity), queues, kinds);
  }

  private static void act(DispatchSimulation simulation, RandomGenerator random, boolean restarts) {
    var sessions = new ArrayList<>(simulation.sessions.values());
    var session = sessions.isEmpty() ? null : sessions.get(random.nextInt(sessions.size()));
    var dice = random.nextInt(100);
    if (dice < 40) {
      var taskClass = CLASSES.get(random.nextInt(CLASSES.size()));
      var partition = random.nextInt(simulation.partitions.size());
      simulation.submit(partition, taskClass, 1 + random.nextInt(random.nextInt(10) == 0 ? 50 : 2));
    } else if (dice < 90 && session != null) {
      for (var i = random.nextInt(4); i >= 0; i--) {
        simulation.finishOne(session);
      }
    } else if (dice < 94 && session != null) {
      var capacity = random.nextInt(30);
      simulation.setCapacity(session, capacity, capacity == 0 ? 0 : random.nextInt(capacity));
    } else if (dice < 96 && session != null && sessions.size() > 1) {
      simulation.leave(session);
    } else if (dice < 98 && sessions.size() < 6) {
      join(simulation, random);
    } else if (restarts) {
      var partition = random.nextInt(simulation.partitions.size());
      switch (random.nextInt(3)) {
        case 0 -> simulation.restart(partition);
        case 1 -> simulation.restartInPlace(partition);
        default -> simulation.greet(partition);
      }
    }
  }

  /** Tasks come and go. */
  private static void work(DispatchSimulation simulation, RandomGenerator random) {
    for (var i = 0; i < 500; i++) {
      if (random.nextInt(4) > 0) {
        var taskClass = CLASSES.get(random.nextInt(CLASSES.size()));
        var partition = random.nextInt(simulation.partitions.size());
        simulation.submit(partition, taskClass, 1 + random.nextInt(5));
      }
      for (var session : List.copyOf(simulation.sessions.values())) {
        simulation.finishOne(session);
      }
      walk(simulation, random);
    }
  }

  private static void walk(DispatchSimulation simulation, RandomGenerator random) {
    for (var i = random.nextInt(12); i > 0; i--) {
      simulation.step();
    }
  }

  /** What time brings: everything that arrived is stated, and what did not is written off. */
  private static void recount(DispatchSimulation simulation) {
    for (var i = 0; i < 3; i++) {
      simulation.settleDown();
      simulation.sessions.values().forEach(simulation::tellCredit);
      simulation.settleDown();
      simulation.dispatch.writeOffLost();
    }
    simulation.settleDown();
  }

  /** With one worker that takes everything, everything is done in the end. */
  private static void finishAll(DispatchSimulation simulation) {
    simulation.join(7, 2, List.of("*"), Set.of("*"));
    var rounds = 0;
    while (simulation.partitions.stream().anyMatch(DispatchSimulationTest::hasReady)
        || simulation.sessions.values().stream().anyMatch(s -> s.heldCount() > 0)) {
      simulation.settleDown();
      for (var session : List.copyOf(simulation.sessions.values())) {
        for (var i = session.heldCount(); i > 0; i--) {
          simulation.finishOne(session);
        }
      }
      simulation.settleDown();
      assertThat(++rounds).isLessThan(20_000);
    }
    assertThat(simulation.finished).isEqualTo(simulation.submitted);
    simulation.assertCountsAreExact();
  }

  private static boolean hasReady(SimulatedPartition partition) {
    return partition.ready.values().stream().anyMatch(count -> count > 0);
  }
}
