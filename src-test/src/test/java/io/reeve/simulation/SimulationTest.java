package io.reeve.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Seeds that nobody chose, as many as a build has time for; a failure prints the smallest plan that
 * still fails and how to repeat it. {@code -Dreeve.sim.seeds=10000} asks for more, {@code
 * -Dreeve.sim.seed=17} for one. The first seed differs from commit to commit, see {@link
 * BuildSeed}; {@code -Dreeve.sim.first=1} names another.
 */
class SimulationTest {

  private static final long SEEDS = Long.getLong("reeve.sim.seeds", 400);
  private static final long FIRST = Long.getLong("reeve.sim.first", BuildSeed.first());

  /** Of which messages between nodes that live are lost as well. */
  private static final long LOSSY_SEEDS = Long.getLong("reeve.sim.lossy", Math.max(1, SEEDS / 2));

  /** How many seeds it may take to see that a safety is missing. */
  private static final int SEEDS_PER_FLAW = 1_000;

  @Test
  void everySeedKeepsEveryPromise() {
    var only = Long.getLong("reeve.sim.seed");
    var start = System.nanoTime();
    var steps = 0L;
    var tasks = 0L;
    var faults = 0L;
    var scheduled = 0L;
    var first = only == null ? FIRST : only;
    var count = only == null ? SEEDS : 1;
    for (var seed = first; seed < first + count; seed++) {
      var outcome = Simulation.run(Plan.of(seed, false), Flaw.NONE);
      if (!outcome.isGood()) {
        explain(outcome, Flaw.NONE);
      }
      steps += outcome.steps();
      tasks += outcome.tasks();
      faults += outcome.plan().faults();
      scheduled += outcome.scheduled();
    }
    var took = Duration.ofNanos(System.nanoTime() - start);
    System.out.printf(
        "%d seeds from %d: %d steps, %d tasks, %d of them by schedules, %d faults in %d ms%n",
        count, first, steps, tasks, scheduled, faults, took.toMillis());
  }

  @Test
  void everySeedKeepsEveryPromiseThoughNodesThatLiveLoseMessages() {
    var lost = 0L;
    for (var seed = FIRST; seed < FIRST + LOSSY_SEEDS; seed++) {
      var outcome = Simulation.run(Plan.of(seed, true), Flaw.NONE);
      if (!outcome.isGood()) {
        explain(outcome, Flaw.NONE);
      }
      lost += outcome.lostMessages();
    }
    System.out.printf("%d seeds from %d: %d messages lost%n", LOSSY_SEEDS, FIRST, lost);
  }

  @Test
  void oneSeedIsOneStory() {
    var plan = Plan.of(7, true);

    var once = Simulation.run(plan, Flaw.NONE);
    var again = Simulation.run(plan, Flaw.NONE);

    assertThat(again).isEqualTo(once);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE", "CLAIMS_NOTHING"})
  void aSafetyThatIsMissingIsNoticed(Flaw flaw) {
    find(flaw, seed -> Plan.of(seed, flaw == Flaw.AUDITS_NOTHING));
  }

  /**
   * A node stands still until the others have given it up, and a call waits there. A partition that
   * takes the place of the one on that node and stores nothing at its start does not learn of what
   * the other one stores when its node goes on.
   */
  @Test
  void aPartitionThatFencesNobodyIsNoticed() {
    find(Flaw.CLAIMS_NOTHING, SimulationTest::oneCallWaitsAtANodeThatIsGivenUp);
  }

  /**
   * A worker whose node stands still connects again and again, and each connection resumes it under
   * the same number. One of these sessions ends; the one that lives must get work all the same.
   */
  @Test
  void aWorkerThatResumedSeveralTimesAtOnceGetsWork() {
    var worker = new WorkerOffer("worker0", 3, 3, 50, List.of("*"), Set.of("*"));
    var steps =
        List.of(
            new Step(695, Step.What.SUBMIT, 0, 11, 2832893929627330378L),
            new Step(721, Step.What.SUBMIT, 0, 1, -2213628730060276817L),
            new Step(853, Step.What.NODE_PAUSES, 0, 9698, 0),
            new Step(964, Step.What.CANCEL, 0, 0, 4641412711429749334L),
            new Step(1_026, Step.What.JOURNAL_TROUBLE, 0, 0, 3),
            new Step(1_081, Step.What.READ, 0, 0, -6047998486845523184L),
            new Step(9_781, Step.What.SUBMIT, 0, 1, -4005417362697811625L),
            new Step(9_951, Step.What.SUBMIT, 1, 1, -8641355238520450241L),
            new Step(10_606, Step.What.NODE_PAUSES, 0, 11037, 0));

    var outcome =
        Simulation.run(new Plan(1_015_633, 1, 2, 2, List.of(worker), 12_482, steps), Flaw.NONE);

    assertThat(outcome.violations()).isEmpty();
  }

  private static Plan oneCallWaitsAtANodeThatIsGivenUp(long seed) {
    var worker = new WorkerOffer("worker0", 2, 0, 0, List.of("*"), Set.of("*"));
    var givenUpAfterMs = Cluster.DOWN_AFTER / 1_000_000;
    var steps =
        List.of(
            new Step(2_000, Step.What.NODE_PAUSES, 0, (int) givenUpAfterMs + 500, 0),
            new Step(2_100, Step.What.SUBMIT, 0, 1, seed));
    return new Plan(seed, 2, 1, 1, List.of(worker), 6_000, steps);
  }

  private static void find(Flaw flaw, LongFunction<Plan> plans) {
    for (var seed = 1; seed <= SEEDS_PER_FLAW; seed++) {
      var outcome = Simulation.run(plans.apply(seed), flaw);
      if (!outcome.isGood()) {
        System.out.printf("%s: seed %d, %s%n", flaw, seed, outcome.violations().get(0));
        return;
      }
    }
    fail("%s was not noticed in %d seeds", flaw, SEEDS_PER_FLAW);
  }

  @Test
  void aFailingPlanIsMadeSmall() {
    var flaw = Flaw.IGNORES_CREDIT;
    var seed = 1L;
    var failed = Simulation.run(Plan.of(seed, false), flaw);
    while (failed.isGood()) {
      failed = Simulation.run(Plan.of(++seed, false), flaw);
    }

    var small = Shrinker.shrink(failed, flaw);

    assertThat(small.violations().get(0).invariant())
        .isEqualTo(failed.violations().get(0).invariant());
    assertThat(small.plan().steps()).hasSizeLessThan(failed.plan().steps().size());
  }

  private static void explain(Simulation.Outcome failed, Flaw flaw) {
    var small = Shrinker.shrink(failed, flaw);
    fail(
        "seed %d: %s%n%nThe smallest plan that fails alike:%n%s%n%s%n%s%n%nTo repeat it: mvn -pl"
            + " src-test -am test -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false"
            + " -Dreeve.sim.seed=%d",
        failed.plan().seed(),
        failed.violations(),
        small.plan(),
        small.violations(),
        small.summary(),
        failed.plan().seed());
  }
}
