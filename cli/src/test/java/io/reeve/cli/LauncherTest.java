package io.reeve.cli;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher script, with a java that says what it was started with. */
class LauncherTest {

  private static final Path SCRIPT = Path.of("..", "reeve").toAbsolutePath().normalize();

  private final Path root;

  /** Lays out an installation. */
  LauncherTest(@TempDir Path root) throws IOException {
    this.root = root;
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is a bash");
    var executable =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.copy(SCRIPT, Files.createFile(root.resolve("reeve"), executable), REPLACE_EXISTING);
    Files.createDirectories(root.resolve("cli/target/lib"));
    var jdk = Files.createDirectories(root.resolve("jdk/bin"));
    Files.writeString(root.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
    Files.writeString(
        Files.createFile(jdk.resolve("java"), executable),
        "#!/bin/bash\nprintf '%s\\n' \"$@\"\nprintf 'LC_CTYPE=%s\\n' \"${LC_CTYPE-}\"\n");
    Files.writeString(root.resolve("application.conf"), "");
  }

  private List<String> started(String... arguments) throws IOException, InterruptedException {
    return started(Map.of("LC_CTYPE", "C.UTF-8"), arguments);
  }

  /**
   * @param locale all variables of the locale that are set
   */
  private List<String> started(Map<String, String> locale, String... arguments)
      throws IOException, InterruptedException {
    var run = run(locale, arguments);
    assertThat(run.exitCode()).as(run.said()).isZero();
    return run.said().lines().toList();
  }

  /** What a run of the script printed, and how it ended. */
  private record Run(int exitCode, String said) {}

  private Run run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(root.resolve("reeve").toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeAll(List.of("LC_ALL", "LC_CTYPE", "LANG", "REEVE_HEAP"));
    builder.environment().putAll(environment);
    builder.environment().put("REEVE_NO_BUILD", "1");
    builder.environment().put("JAVA_HOME", root.resolve("jdk").toString());
    var process = builder.start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Run(process.exitValue(), said);
  }

  /** The program finds the file by itself, so that one in the caller's directory can win. */
  @Test
  void namesItselfToTheProgramAndNoFileOfSettings() throws IOException, InterruptedException {
    assertThat(started("node"))
        .contains("-Dreeve.launcher=" + root.toRealPath().resolve("reeve"))
        .noneMatch(argument -> argument.contains("config.file"));
  }

  @Test
  void handsOnTheArgumentsAsTheyCame() throws IOException, InterruptedException {
    assertThat(started("submit", "echo", "two words", "", "größe"))
        .containsSequence("io.reeve.cli.ReeveMain", "submit", "echo", "two words", "", "größe");
  }

  /** Without a locale Java reads arguments as ASCII, and altered payloads would be stored. */
  @Test
  void takesAUtf8LocaleWhereNoneIsSetAndLeavesOneThatIs() throws IOException, InterruptedException {
    assertThat(started(Map.of(), "worker")).contains("LC_CTYPE=C.UTF-8");
    assertThat(started(Map.of("LANG", "de_DE.UTF-8"), "worker")).contains("LC_CTYPE=");
  }

  @ParameterizedTest
  @ValueSource(strings = {"512m", "2g", "2G", "900000k"})
  void handsTheHeapToTheJvm(String heap) throws IOException, InterruptedException {
    assertThat(started(Map.of("REEVE_HEAP", heap), "node"))
        .containsSequence("-Xms" + heap, "-Xmx" + heap);
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "2", "g", "1.5g", "2gb", "-2g", "2 g"})
  void refusesAHeapThatIsNoSize(String heap) throws IOException, InterruptedException {
    var run = run(Map.of("REEVE_HEAP", heap), "worker");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.said())
        .isEqualTo(
            "reeve: REEVE_HEAP: expected digits with k, m or g, as 2g, got '" + heap + "'.\n");
  }
}
