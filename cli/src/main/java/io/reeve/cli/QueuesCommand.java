package io.reeve.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code reeve queues}: commands about the rules of queues. */
@Command(
    name = "queues",
    description = {
      "Shows and sets the rules of queues: weight, order of lanes, pause. They take effect within"
          + " a second on all nodes, and outlast every restart.",
      "A queue needs no rules. It exists once a task names it."
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {"  reeve queues list", "  reeve queues pause mail --reason 'the provider is down'"})
final class QueuesCommand implements Runnable {

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected a command, such as 'list'");
  }
}
