package io.reeve.cli;

import io.reeve.client.ReeveClient;
import picocli.CommandLine.Command;

/** {@code reeve schedules resume}. */
@Command(
    name = "resume",
    description = {
      "Ends the pause of a schedule. What became due during the pause is treated by its policy for"
          + " missed runs.",
      "Resuming a schedule that is not paused changes nothing."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  reeve schedules resume nightly"})
final class ScheduleResumeCommand extends ScheduleCommand {

  ScheduleResumeCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var schedule = client.schedules().resume(name);
    print(
        output.json()
            ? Json.line(ScheduleJson.of(schedule))
            : "resumed "
                + schedule.getName()
                + ", next run: "
                + ScheduleText.next(schedule, terminal.clock()));
    return ExitCode.OK;
  }
}
