package io.reeve.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code reeve store}: what is done to a store while no node uses it. */
@Command(
    name = "store",
    description = "Works on a store while no node uses it.",
    synopsisSubcommandLabel = "COMMAND")
final class StoreCommand implements Runnable {

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected a command, such as 'migrate'");
  }
}
