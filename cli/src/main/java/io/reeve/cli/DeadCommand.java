package io.reeve.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code reeve dead}: tasks that died and that a person has to decide about. */
@Command(
    name = "dead",
    description = "Lists, groups, redrives and discards tasks that died.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {"  reeve dead groups", "  reeve dead redrive --kind email --attempts 6 --yes"})
final class DeadCommand implements Runnable {

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected a command, such as 'groups'");
  }
}
