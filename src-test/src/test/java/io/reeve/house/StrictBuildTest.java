package io.reeve.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The static checks that every build makes. */
class StrictBuildTest {

  @Test
  @DisplayName("A warning, another format or an undeclared library ends the build")
  void everyCheckEndsTheBuild() throws IOException {
    var pom = Files.readString(SourceTree.ofTheProject().path("pom.xml"));

    assertThat(pom)
        .as("warnings of the compiler are errors")
        .containsPattern("<arg>-Xlint:all[^<]*</arg>\\s*<arg>-Werror</arg>");
    assertThat(pom)
        .as("an unused or undeclared library is an error")
        .containsPattern("<failOnWarning>true</failOnWarning>");
    assertThat(pom)
        .as("the format is checked, not only applied")
        .containsPattern(
            "<artifactId>spotless-maven-plugin</artifactId>(?s:.*?)<goal>check</goal>");
  }
}
