package io.reeve.cli;

import io.reeve.client.ReeveClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code reeve schedules pause}. */
@Command(
    name = "pause",
    description = {
      "Stops a schedule from making tasks until it is resumed. Tasks that exist go on.",
      "Pausing a paused schedule changes nothing but the reason."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  reeve schedules pause nightly --reason 'stocktaking until Monday'"})
final class SchedulePauseCommand extends ScheduleCommand {

  @Option(
      names = {"-r", "--reason"},
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Reason, for people. It stays with the schedule while it is paused.")
  String reason = "";

  SchedulePauseCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var schedule = client.schedules().pause(name, reason);
    print(output.json() ? Json.line(ScheduleJson.of(schedule)) : "paused " + schedule.getName());
    return ExitCode.OK;
  }
}
