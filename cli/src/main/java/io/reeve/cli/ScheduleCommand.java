package io.reeve.cli;

import picocli.CommandLine.Parameters;

/** A command on one schedule. */
abstract class ScheduleCommand extends ClientCommand {

  @Parameters(index = "0", paramLabel = "NAME", description = "The name of the schedule.")
  String name = "";

  ScheduleCommand(Terminal terminal) {
    super(terminal);
  }
}
