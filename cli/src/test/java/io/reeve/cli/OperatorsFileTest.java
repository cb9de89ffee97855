package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which file of settings counts, from the one that wins to the one that is the last resort. */
class OperatorsFileTest {

  private static final Path HERE = Path.of("/here");
  private static final Path BESIDE = Path.of("/checkout/application.conf");

  private final Properties properties = new Properties();
  private final Set<Path> readable = new HashSet<>(Set.of(BESIDE));

  OperatorsFileTest() {
    properties.setProperty("reeve.launcher", "/checkout/reeve");
  }

  private @Nullable Path find(@Nullable Path option, Map<String, String> environment) {
    return OperatorsFile.find(option, properties, environment, HERE, readable::contains);
  }

  @Test
  void theOneBesideTheLauncherIsTheLastResort() {
    assertThat(find(null, Map.of())).isEqualTo(BESIDE);

    readable.clear();
    assertThat(find(null, Map.of())).isNull();
  }

  @Test
  void theOneOfTheWorkingDirectoryWinsOverIt() {
    readable.add(HERE.resolve("application.conf"));

    assertThat(find(null, Map.of())).isEqualTo(HERE.resolve("application.conf"));
  }

  @Test
  void theNamedOnesWinInTheOrderOfTheirNearness() {
    readable.add(HERE.resolve("application.conf"));
    readable.addAll(Set.of(Path.of("variable"), Path.of("property"), Path.of("option")));
    var environment = Map.of("REEVE_CONFIG", "variable");

    assertThat(find(null, environment)).isEqualTo(Path.of("variable"));
    properties.setProperty("config.file", "property");
    assertThat(find(null, environment)).isEqualTo(Path.of("property"));
    assertThat(find(Path.of("option"), environment)).isEqualTo(Path.of("option"));
  }

  @Test
  void aNamedOneThatIsMissingIsAMistake() {
    readable.add(HERE.resolve("application.conf"));

    assertThatThrownBy(() -> find(Path.of("gone"), Map.of()))
        .hasMessage("expected --config to name a file that can be read, got 'gone'");
    assertThatThrownBy(() -> find(null, Map.of("REEVE_CONFIG", "gone")))
        .hasMessage("expected REEVE_CONFIG to name a file that can be read, got 'gone'");
  }
}
