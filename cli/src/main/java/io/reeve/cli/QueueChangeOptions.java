package io.reeve.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What every change of a queue takes. */
final class QueueChangeOptions {

  @Parameters(paramLabel = "QUEUE", description = "Name of the queue.")
  String queue = "";

  @Option(
      names = {"-r", "--reason"},
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Reason, for people. It is stored with the change.")
  String reason = "";

  @Option(
      names = "--by",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "Who makes the change, for people. Default: the user of this machine.")
  String by = "";
}
