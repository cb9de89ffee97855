package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code reeve submit --unique-key} against a real node without workers. */
@Timeout(120)
class UniqueTasksCommandTest {

  @TempDir private static Path directory = Path.of("");

  private static OneJvm processes = new OneJvm(Path.of(""));
  private final CommandLineRun cli = new CommandLineRun();

  @BeforeAll
  static void start() {
    processes = new OneJvm(directory);
    var node = processes.programs(Map.of()).node();
    assertThat(node.run(null, Map.of("reeve.partition.count", 2))).isZero();
  }

  @AfterAll
  static void stop() {
    processes.close();
  }

  @Test
  void theSecondOneNamesTheFirst() {
    assertThat(submit("--unique-key", "first")).isZero();
    var first = id();

    assertThat(submit("--unique-key", "first", "--request-id", "again")).isZero();

    assertThat(cli.out()).endsWith("not submitted, since there is " + first + "\n");
    assertThat(submit("--unique-key", "first", "--request-id", "again", "--output", "json"))
        .isZero();
    assertThat(cli.out())
        .contains("\"taskId\":\"" + first + "\"")
        .contains("\"alreadySubmitted\":true", "\"returnedFirst\":true");
    assertThat(reeve("get", first)).isZero();
    assertThat(cli.out()).contains("unique     first, until ended");
    assertThat(reeve("get", first, "--output", "json")).isZero();
    assertThat(cli.out()).contains("\"uniqueKey\":\"first\",\"uniqueScope\":\"until-ended\"");
    assertThat(submit("--unique-key", "first", "--tenant", "other")).isZero();
    assertThat(id()).isNotEqualTo(first);
  }

  @Test
  void aNewerOneTakesThePlace() {
    assertThat(submit("--unique-key", "newer", "--unique-scope", "while-waiting")).isZero();
    var first = id();

    assertThat(submit("--unique-key", "newer", "--on-collision", "replace")).isZero();

    assertThat(id()).isNotEqualTo(first);
    assertThat(reeve("get", first)).isZero();
    assertThat(cli.out()).contains("a newer task with the same unique key took its place");
  }

  @Test
  void aRefusalNamesTheFirst() {
    assertThat(
            submit("--unique-key", "no", "--unique-scope", "for-period", "--unique-period", "10m"))
        .isZero();
    var first = id();

    assertThat(submit("--unique-key", "no", "--on-collision", "refuse"))
        .isEqualTo(ExitCode.REFUSED.number());

    assertThat(cli.err())
        .contains("ALREADY_EXISTS")
        .contains("Look at that task with 'reeve get " + first + "'.");
    assertThat(reeve("get", first)).isZero();
    assertThat(cli.out()).contains("unique     no, for period 10 m 0 s");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--unique-scope until-ended",
        "--on-collision refuse",
        "--unique-key k --unique-scope for-ever",
        "--unique-key k --unique-scope for-period",
        "--unique-key k --unique-period 10m",
        "--unique-key k --on-collision panic",
        "--unique-key k --count 2"
      })
  void optionsThatDoNotFitAreRefused(String options) {
    assertThat(submit(options.split(" "))).isEqualTo(ExitCode.USAGE.number());
  }

  private int submit(String... options) {
    var all = new String[options.length + 2];
    all[0] = "submit";
    all[1] = "nobody-runs-this";
    System.arraycopy(options, 0, all, 2, options.length);
    return reeve(all);
  }

  /** The task that the last command submitted. */
  private String id() {
    var lines = cli.out().lines().toList();
    var last = lines.get(lines.size() - 1);
    assertThat(last).startsWith("submitted ");
    return last.substring("submitted ".length());
  }

  private int reeve(String... arguments) {
    var all = new ArrayList<>(List.of(arguments));
    all.addAll(1, List.of("--endpoint", processes.endpoint()));
    return cli.run(all.toArray(String[]::new));
  }
}
