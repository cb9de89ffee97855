package io.reeve.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code reeve store}: commands on a store that no node uses. */
@Command(
    name = "store",
    description = "Repairs or moves a store while no node uses it.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve store migrate --from ./data --to postgres://reeve@db.example/tasks --dry-run",
      "  reeve store accept-loss --data-dir ./data"
    })
final class StoreCommand implements Runnable {

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected a command, such as 'migrate'");
  }
}
