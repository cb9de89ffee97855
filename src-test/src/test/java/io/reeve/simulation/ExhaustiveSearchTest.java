package io.reeve.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No order of a few events breaks a promise. {@code -Dreeve.search.depth=30
 * -Dreeve.search.states=…} looks further than a build has time for.
 */
class ExhaustiveSearchTest {

  private static final int DEPTH = Integer.getInteger("reeve.search.depth", 6);
  private static final int STATES = Integer.getInteger("reeve.search.states", 100_000);

  @Test
  void everyStateKeepsTheInvariantsAndCanComeToAnEnd() {
    var result = new ExhaustiveSearch(Flaw.NONE, STATES, DEPTH).run();

    System.out.printf(
        "%d states, %d moves deep, %s%n",
        result.states(),
        result.depth(),
        result.complete() ? "all there are" : "and there are more");
    assertThat(result.found()).as("after %s", result.moves()).isEmpty();
    assertThat(result.states()).isGreaterThan(10_000);
  }

  @ParameterizedTest
  @EnumSource(names = {"TAKES_OLD_EPOCHS", "ANSWERS_BEFORE_IT_IS_STORED"})
  void aSafetyThatIsMissingIsFoundInTheFewestMoves(Flaw flaw) {
    var result = new ExhaustiveSearch(flaw, STATES, DEPTH).run();

    assertThat(result.found()).isNotEmpty();
    assertThat(result.moves()).hasSizeLessThanOrEqualTo(3);
  }
}
