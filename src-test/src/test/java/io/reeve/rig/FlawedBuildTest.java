package io.reeve.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The flaws fit the sources as they are: else their scenarios would show nothing. */
class FlawedBuildTest {

  private static final BuildFlaw FLAW = BuildFlaw.ACCEPTS_ANY_SECOND_RESULT;
  private static final String SAFETY = "return Arrays.equals(result, this.result)";

  @ParameterizedTest
  @EnumSource
  void aFlawedFileCompiles(BuildFlaw flaw, @TempDir Path directory) throws IOException {
    var classes = FlawedBuild.of(flaw, directory);

    var name = flaw.file().replaceFirst(".*/src/main/java/", "").replace(".java", ".class");
    assertThat(classes.resolve(name)).exists();
    var here = getClass().getClassLoader().getResource(name);
    assertThat(here).isNotNull();
    try (var sound = here.openStream()) {
      assertThat(Files.readAllBytes(classes.resolve(name))).isNotEqualTo(sound.readAllBytes());
    }
  }

  @Test
  void onlyTheSafetyIsTakenOut() {
    assertThat(FLAW.in("{ " + SAFETY + "; }")).isEqualTo("{ return true; }");
  }

  @Test
  void aSafetyThatIsNotThereOrTwiceIsAnErrorThatNamesTheFlaw() {
    assertThatThrownBy(() -> FLAW.in("{ return false; }"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll(FLAW.name(), FLAW.file(), "nowhere", SAFETY);
    assertThatThrownBy(() -> FLAW.in(SAFETY + SAFETY))
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll(FLAW.name(), FLAW.file(), "more than once", SAFETY);
  }
}
