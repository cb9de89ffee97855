package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code reeve schedules}, against a real node. The clock of the commands shows 2026-11-20, noon;
 * the schedules run in 2098.
 */
@Timeout(240)
class SchedulesCommandTest {

  private static final String XMAS = "2098-12-24T18:00:00Z";

  @TempDir private static Path directory = Path.of("");

  private static OneJvm processes = new OneJvm(Path.of(""));

  private CommandLineRun cli = new CommandLineRun();

  @BeforeAll
  static void start() {
    processes = new OneJvm(directory);
    var programs = processes.programs(Map.of());
    assertThat(programs.node().run(null, Map.of("reeve.partition.count", 2))).isZero();
  }

  @AfterAll
  static void stop() {
    processes.close();
  }

  @AfterEach
  void deleteAll() {
    for (var name : List.of("xmas", "poll")) {
      new CommandLineRun().run("schedules", "delete", "--endpoint", processes.endpoint(), name);
    }
  }

  private int reeve(String command, String... arguments) {
    cli = new CommandLineRun().onTerminal(100).environment(Map.of("NO_COLOR", "1"));
    return cli.run(
        Stream.concat(
                Stream.of("schedules", command, "--endpoint", processes.endpoint()),
                Stream.of(arguments))
            .toArray(String[]::new));
  }

  @Test
  void aScheduleIsCreatedRepeatedAndChanged() {
    assertThat(reeve("set", "xmas", "echo", "merry", "--at", XMAS)).as(cli.err()).isZero();
    assertThat(cli.out())
        .isEqualTo("created xmas, next run: 2098-12-24 18:00:00Z, in 26332 d 6 h\n");

    assertThat(reeve("set", "xmas", "echo", "merry", "--at", XMAS)).isZero();
    assertThat(cli.out())
        .isEqualTo("unchanged xmas, next run: 2098-12-24 18:00:00Z, in 26332 d 6 h\n");

    assertThat(reeve("set", "xmas", "echo", "--every", "3w", "--start", XMAS, "--missed", "none"))
        .isZero();
    assertThat(cli.out())
        .startsWith("changed xmas to version 2, next run: 20")
        .endsWith("before: at 2098-12-24 18:00:00Z, kind echo, missed once, overlap skip\n");
  }

  @Test
  void aListFitsTheTerminal() {
    reeve("set", "xmas", "echo", "--at", XMAS);
    reeve("set", "poll", "report", "--cron", "0 9 24 12 *", "--zone", "Europe/Berlin");
    reeve("pause", "poll");

    assertThat(reeve("list")).isZero();

    assertThat(cli.out().lines()).allMatch(line -> line.length() <= 100).hasSize(3);
    assertThat(cli.out().lines().toList().get(0))
        .isEqualTo("NAME  STATE   NEXT            AT                    LAST RUN  TASK  RULE");
    assertThat(cli.out().lines().toList().get(1))
        .startsWith("poll  paused  in ")
        .contains("-12-24 08:00:00Z")
        .endsWith("0 9 24 12 * Europe/Berlin");
    assertThat(cli.out().lines().toList().get(2))
        .isEqualTo(
            "xmas  active  in 26332 d 6 h  2098-12-24 18:00:00Z                  at 2098-12-24"
                + " 18:00:00Z");

    assertThat(reeve("list", "--prefix", "po", "--output", "json")).isZero();
    assertThat(cli.out().lines())
        .singleElement()
        .asString()
        .startsWith("{\"name\":\"poll\",\"id\":\"")
        .contains("\"state\":\"paused\"")
        .contains("\"rule\":{\"cron\":\"0 9 24 12 *\",\"zone\":\"Europe/Berlin\"}")
        .contains("\"task\":{\"kind\":\"report\",\"queue\":\"default\"");
  }

  @Test
  void everythingKnownOfAScheduleIsShown() {
    reeve(
        "set", "xmas", "echo", "merry", "--at", XMAS, "--queue", "mail", "--overlap", "queue-one");
    reeve("pause", "xmas", "--reason", "too early");

    assertThat(reeve("get", "xmas")).isZero();

    assertThat(cli.out().lines().map(line -> line.replaceAll("since \\S+ \\S+?Z", "since then")))
        .containsExactly(
            "xmas  paused",
            "  paused     since then: too early",
            "  rule       at 2098-12-24 18:00:00Z",
            "  missed     once",
            "  overlap    queue-one",
            "  next       2098-12-24 18:00:00Z, in 26332 d 6 h, unless still paused",
            "  last run   none yet",
            "  runs       0",
            "  version    1, since then",
            "  kind       echo",
            "  queue      mail",
            "  lane       normal, priority normal",
            "  payload    merry");
    assertThat(reeve("resume", "xmas")).isZero();
    assertThat(cli.out())
        .isEqualTo("resumed xmas, next run: 2098-12-24 18:00:00Z, in 26332 d 6 h\n");
  }

  @Test
  void aTaskOfAScheduleNamesIt() {
    reeve("set", "xmas", "echo", "merry", "--at", XMAS);

    assertThat(reeve("trigger", "xmas", "--request-id", "once")).isZero();
    var id = cli.out().strip().replace("submitted ", "");
    assertThat(reeve("trigger", "xmas", "--request-id", "once")).isZero();

    assertThat(cli.out()).isEqualTo("already submitted " + id + "\n");
    assertThat(cli.run("get", "--endpoint", processes.endpoint(), id)).isZero();
    assertThat(cli.out()).contains("  schedule   xmas\n").contains("  planned    20");
    assertThat(cli.run("get", "--endpoint", processes.endpoint(), id, "-o", "json")).isZero();
    assertThat(cli.out()).contains("\"schedule\":\"xmas\",\"plannedAt\":\"20");
  }

  @Test
  void theNextRunsAreThoseOfTheScheduleOrOfARule() {
    reeve("set", "xmas", "echo", "--at", XMAS, "--at", "2099-12-24");

    assertThat(reeve("next", "xmas")).isZero();
    assertThat(cli.out())
        .isEqualTo(
            """
            in 26332 d 6 h 2098-12-24 18:00:00Z
            in 26696 d 12 h 2099-12-24 00:00:00Z
            """);

    assertThat(
            reeve("next", "--cron", "30 2 * * *", "-z", "Europe/Berlin", "-n", "1", "-o", "json"))
        .isZero();
    assertThat(cli.out())
        .isEqualTo("{\"plannedAt\":\"2026-11-21T01:30:00Z\",\"dueAt\":\"2026-11-21T01:30:00Z\"}\n");
  }

  @Test
  void aRangeOfThePastIsMadeUpFor() {
    reeve("set", "poll", "echo", "--every", "1d", "--end", "2020-02-01");

    assertThat(reeve("backfill", "poll", "--from", "2020-01-01", "--to", "2020-01-03")).isZero();
    assertThat(cli.out()).startsWith("backfills poll");
    assertThat(reeve("backfill", "poll", "--stop")).isZero();
    assertThat(cli.out()).startsWith("stopped the backfill of poll");
    assertThat(reeve("backfill", "poll")).isEqualTo(ExitCode.USAGE.number());
  }

  @Test
  void whatIsWrongIsSaidWithTheFieldAndAnExitCode() {
    assertThat(reeve("get", "nobody")).isEqualTo(ExitCode.NOT_FOUND.number());
    assertThat(cli.err()).contains("(UNKNOWN_SCHEDULE)\n'reeve schedules list' shows the names");

    assertThat(reeve("set", "xmas", "echo", "--cron", "0 0 30 2 *"))
        .isEqualTo(ExitCode.REFUSED.number());
    assertThat(cli.err()).contains("definition.cron.expression: expected a cron expression");

    assertThat(reeve("set", "xmas", "echo", "--at", XMAS)).isZero();
    assertThat(reeve("set", "xmas", "echo", "--at", "2099-12-24", "--expected-version", "5"))
        .isEqualTo(ExitCode.REFUSED.number());
    assertThat(cli.err()).contains("VERSION_CHANGED").contains("set it again with its version");
  }

  @Test
  void optionsThatDoNotFitAreAMistakeOfTheCaller() {
    for (var wrong :
        List.of(
            List.of("xmas", "echo"),
            List.of("xmas", "echo", "--every", "5m", "--at", XMAS),
            List.of("xmas", "echo", "--every", "5m", "--zone", "UTC"),
            List.of("xmas", "echo", "--cron", "@daily", "--zone", "Mars/Olympus"),
            List.of("xmas", "echo", "--cron", "@daily", "--anchor", XMAS),
            List.of("xmas", "echo", "--cron", "@daily", "--missed-limit", "3"),
            List.of("xmas", "echo", "--cron", "@daily", "--missed", "some"),
            List.of("xmas", "echo", "--cron", "@daily", "--overlap", "some"),
            List.of("xmas", "echo", "--cron", "@daily", "--runs-max", "0"))) {
      assertThat(reeve("set", wrong.toArray(String[]::new)))
          .as(wrong.toString())
          .isEqualTo(ExitCode.USAGE.number());
      assertThat(cli.err()).startsWith("reeve: expected ");
    }
  }
}
