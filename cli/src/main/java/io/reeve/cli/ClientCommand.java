package io.reeve.cli;

import io.reeve.client.ReeveClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/**
 * A command that talks to a server: connects, runs, and turns what goes wrong into an exit code.
 */
abstract class ClientCommand implements Callable<Integer>, Verbose {

  @Mixin ConnectionOptions connection = new ConnectionOptions();
  @Mixin OutputOptions output = new OutputOptions();

  final Terminal terminal;

  ClientCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Runs against a connected client. */
  abstract ExitCode run(ReeveClient client);

  @Override
  public final Integer call() {
    try (var client = connection.connect()) {
      return run(client).number();
    }
  }

  @Override
  public final boolean verbose() {
    return output.verbose;
  }

  @Override
  public final boolean json() {
    return output.json();
  }

  final void print(String line) {
    terminal.out().println(line);
  }

  /** For the person at the terminal, beside the output proper. */
  final void note(String line) {
    terminal.err().println(line);
  }

  final boolean colours() {
    return terminal.colours();
  }
}
