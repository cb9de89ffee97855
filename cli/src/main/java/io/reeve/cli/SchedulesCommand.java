package io.reeve.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code reeve schedules}: commands on schedules. */
@Command(
    name = "schedules",
    description = {
      "Schedules submit tasks by themselves: at the times of a cron expression, at equal distances,"
          + " or at single dates.",
      "A schedule has a name. It makes one task for each of its instants, whatever crashes."
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve schedules set nightly echo 'good night' --cron '30 2 * * *' --zone Europe/Berlin",
      "  reeve schedules list",
      "  reeve schedules next nightly"
    })
final class SchedulesCommand implements Runnable {

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected a command, such as 'list'");
  }
}
