package io.reeve.cli;

import io.reeve.client.ReeveClient;
import picocli.CommandLine.Command;

/** {@code reeve schedules delete}. */
@Command(
    name = "delete",
    description = {
      "Removes a schedule. Tasks that it made go on.",
      "With --output json, the command prints what the schedule was."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  reeve schedules delete nightly"})
final class ScheduleDeleteCommand extends ScheduleCommand {

  ScheduleDeleteCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var schedule = client.schedules().delete(name);
    print(output.json() ? Json.line(ScheduleJson.of(schedule)) : "deleted " + schedule.getName());
    return ExitCode.OK;
  }
}
