package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Cron expressions are explained without a node. The clock of the runs shows 2026-11-20, noon. */
class CronCommandTest {

  private final CommandLineRun cli = new CommandLineRun();

  @Test
  void showsTheNextTimesInTheZoneAndInUtc() {
    assertThat(cli.run("cron", "30 2 * * mon-fri", "--zone", "Europe/Berlin", "-n", "2")).isZero();

    assertThat(cli.out().lines())
        .containsExactly(
            "2026-11-23T02:30+01:00  2026-11-23T01:30:00Z",
            "2026-11-24T02:30+01:00  2026-11-24T01:30:00Z");
    assertThat(cli.err()).isEmpty();
  }

  @Test
  void givesProgramsOneJsonDocument() {
    assertThat(cli.run("cron", " @daily", "--count", "1", "--output", "json")).isZero();

    assertThat(cli.out())
        .isEqualTo(
            "{\"expression\":\"@daily\",\"zone\":\"UTC\",\"next\":[\"2026-11-21T00:00:00Z\"]}\n");
  }

  @Test
  void showsTheTimesThereAre() {
    assertThat(cli.run("cron", "0 0 31 12 *", "--from", "2197-12-31", "--count", "1000")).isZero();

    assertThat(cli.out().lines())
        .containsExactly(
            "2198-12-31T00:00Z  2198-12-31T00:00:00Z", "2199-12-31T00:00Z  2199-12-31T00:00:00Z");
  }

  @Test
  void refusesWhatCannotWork() {
    assertThat(cli.run("cron", "0 0 30 2 *")).isEqualTo(ExitCode.USAGE.number());
    assertThat(cli.run("cron", "@daily", "--zone", "Mars/Olympus"))
        .isEqualTo(ExitCode.USAGE.number());
    assertThat(cli.run("cron", "@daily", "--count", "0")).isEqualTo(ExitCode.USAGE.number());

    assertThat(cli.err().lines())
        .containsExactly(
            "reeve: expected a cron expression that fires, got \"0 0 30 2 *\", which no day meets",
            "reeve: expected the id of a time zone, such as Europe/Berlin, got \"Mars/Olympus\"",
            "reeve: expected --count from 1 to 1000, got 0");
  }
}
