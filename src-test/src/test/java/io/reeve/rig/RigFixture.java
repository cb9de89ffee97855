package io.reeve.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

/**
 * What all scenarios of the rig's cluster have in common. One cluster serves those of a class in
 * turn; a run in which something was wrong takes its cluster with it, and leaves its files behind.
 *
 * <p>{@code -Dreeve.rig.seeds=30} asks for so many seeds of each, {@code -Dreeve.rig.first=7} for
 * the first one, {@code -Dreeve.rig.profile=safe} for the other failure profile.
 */
abstract class RigFixture {

  private static final long SEEDS = Long.getLong("reeve.rig.seeds", 1);
  private static final long FIRST = Long.getLong("reeve.rig.first", 1);
  static final String PROFILE = System.getProperty("reeve.rig.profile", "fast");

  /** Multiplies every bound of time: a machine that others use too says less of times. */
  static final int PATIENCE = Integer.getInteger("reeve.rig.patience", 1);

  private static final RigGround GROUND = new RigGround(PROFILE);

  static Duration patient(int seconds) {
    return Duration.ofSeconds(seconds).multipliedBy(PATIENCE);
  }

  static LongStream seeds() {
    return LongStream.range(FIRST, FIRST + SEEDS);
  }

  @BeforeEach
  void theMachineHasWhatItTakes() {
    demand(NetworkLab.lacks());
  }

  /** Skips the test, and says why, where the machine lacks this. */
  static void demand(Optional<String> lacks) {
    lacks.ifPresent(what -> System.out.println("SKIPPED, the fault rig needs more: " + what));
    // Networks and clocks of one's own need Linux, root and tools that not every desk has.
    Assumptions.assumeTrue(lacks.isEmpty(), () -> "the fault rig: " + lacks.orElse(""));
  }

  @AfterAll
  static void end() {
    GROUND.close();
  }

  static void run(String scenario, long seed, Consumer<RigRun> story) {
    assertThat(GROUND.run(scenario, seed, story)).as("%s, seed %d", scenario, seed).isEmpty();
  }
}
