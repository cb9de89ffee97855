package io.reeve.cli;

import io.reeve.client.ReeveClient;
import picocli.CommandLine.Command;

/** {@code reeve schedules get}. */
@Command(
    name = "get",
    description = "Shows a schedule: its rule, its next and its last run, and its task.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve schedules get nightly",
      "  reeve schedules get nightly --output json | jq -r .next.plannedAt"
    })
final class ScheduleGetCommand extends ScheduleCommand {

  ScheduleGetCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var schedule = client.schedules().get(name);
    if (output.json()) {
      print(Json.line(ScheduleJson.of(schedule)));
    } else {
      ScheduleText.lines(schedule, terminal.clock(), colours()).forEach(this::print);
    }
    return ExitCode.OK;
  }
}
