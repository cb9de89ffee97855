package io.reeve.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.check.Violation;
import io.reeve.scenario.FakeClock;
import io.reeve.scenario.Fleet;
import io.reeve.scenario.NodeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wall clocks are set while everything runs. No task may start before its delay is over, none may
 * expire before its time, and none may wait for a clock that was set back.
 */
@Tag("rig")
@Timeout(420)
class ClockRigTest {

  private static final RigGround GROUND = RigGround.withFakeClocks(RigFixture.PROFILE);

  /** Long enough that the clock was looked at several times, and that delays end meanwhile. */
  private static final Duration EACH = Duration.ofSeconds(4);

  /** Nothing is hurt, so nothing may pause for longer than by chance. */
  private static final Duration NO_PAUSE = RigFixture.patient(3);

  private static final int PER_SECOND = 150;
  private static final int SLOTS = 40;
  private static final int READ_BACK_MAX = 300;

  @RegisterExtension private final Fleet fleet = new Fleet();

  /** What a clock is set to: ahead of the right time, behind it, and back. */
  private static final List<Duration> SETTINGS =
      List.of(Duration.ofHours(1), Duration.ofHours(-1), Duration.ofDays(1), Duration.ZERO);

  /** A clock that runs wrong by this much a second, for so many seconds, is a drifting one. */
  private static final Duration DRIFT = Duration.ofMillis(2500);

  private static final int DRIFTS = 5;

  @BeforeEach
  void theMachineHasWhatItTakes() {
    RigFixture.demand(FakeClock.lacks());
  }

  @AfterAll
  static void end() {
    GROUND.close();
  }

  /** Odd seeds: that of the dispatcher's node; even ones: that of another. */
  @ParameterizedTest(name = "F21 seed {0}")
  @MethodSource("io.reeve.rig.FaultRigTest#seeds")
  void f21TheClockOfANodeIsSet(long seed) {
    RigFixture.demand(NetworkLab.lacks());
    var wrong = GROUND.run("F21", seed, ClockRigTest::setClock);
    assertThat(wrong).as("F21, seed %d", seed).isEmpty();
  }

  private static void setClock(RigRun run) {
    run.steady();
    var cluster = run.cluster();
    var dispatcher = run.dispatcherNode();
    var node = run.seed() % 2 == 1 ? dispatcher : run.otherThan(dispatcher);
    for (var ahead : SETTINGS) {
      run.fault(
          "the clock of %s shows the right time and %s".formatted(node, ahead),
          () -> cluster.clock(node).set(ahead));
      run.pass(EACH);
      run.recovers("clock", NO_PAUSE, () -> true);
    }
    run.fault("the clock of %s begins to drift".formatted(node), () -> {});
    for (var second = 1; second <= DRIFTS; second++) {
      cluster.clock(node).set(DRIFT.multipliedBy(second));
      run.pass(Duration.ofSeconds(1));
    }
    run.recovers("drift", NO_PAUSE, () -> true);
  }

  /** A node without PostgreSQL has no clock but the machine's. */
  @Tag("rig-quick")
  @ParameterizedTest(name = "F21b seed {0}")
  @MethodSource("io.reeve.rig.FaultRigTest#seeds")
  void f21bTheClockOfALoneNodeIsSet(long seed) {
    try (var clock = new FakeClock()) {
      setClock(new OneNode(fleet, "F21b", seed), clock, seed);
    }
  }

  private void setClock(OneNode run, FakeClock clock, long seed) {
    var node = node(clock);
    try (var load = load(node, seed)) {
      var attempts = workedFor(run, node);
      for (var ahead : SETTINGS) {
        run.note("the clock shows the right time and %s", ahead);
        clock.set(ahead);
        run.pass(EACH);
      }
      for (var second = 1; second <= DRIFTS; second++) {
        clock.set(DRIFT.multipliedBy(second));
        run.pass(Duration.ofSeconds(1));
      }
      load.stop();
      run.drain(() -> load.waiting() == 0);
      load.readBack(READ_BACK_MAX);
      run.early(load, attempts);
      load.mistakes().forEach(run::wrong);
      run.judge(load.acknowledged(), load.facts(), SETTINGS.size() + 1);
    }
  }

  /** What the scenario is there for: a node that goes by its machine's clock is found out. */
  @Test
  void f21bABuildThatFollowsTheClockTurnsRed() throws IOException {
    var flaw = BuildFlaw.FOLLOWS_THE_CLOCK_OF_THE_MACHINE;
    fleet.nodesTakeClassesFrom(FlawedBuild.of(flaw, fleet.directory().resolve("flawed")));
    var run = new OneNode(fleet, flaw.toString(), 1);
    try (var clock = new FakeClock()) {
      var node = node(clock);
      try (var load = load(node, 1)) {
        var attempts = workedFor(run, node);
        clock.set(SETTINGS.get(0));
        run.pass(EACH);
        run.early(load, attempts);
        assertThat(run.verdict(load.facts()))
            .extracting(Violation::invariant)
            .contains(flaw.noticedAs());
      }
    }
  }

  private NodeProcess node(FakeClock clock) {
    return fleet.node(0, "384m", clock.environment(), () -> {}, "reeve.clock.look-interval=500ms");
  }

  private static RigLoad load(NodeProcess node, long seed) {
    return new RigLoad(List.of(node.endpoint()), "F21b", PER_SECOND, seed);
  }

  /** A worker, and some time; tells where it writes its attempts down. */
  private Path workedFor(OneNode run, NodeProcess node) {
    var name = "crane";
    run.worker(name, node.endpoint(), SLOTS);
    run.pass(EACH);
    return fleet.directory().resolve(name + ".history");
  }
}
