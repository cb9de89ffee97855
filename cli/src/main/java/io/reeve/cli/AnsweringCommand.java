package io.reeve.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that prints an answer, for people or for programs, and ends with an exit code. */
abstract class AnsweringCommand implements Callable<Integer>, Verbose {

  @Mixin OutputOptions output = new OutputOptions();

  final Terminal terminal;

  AnsweringCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  abstract ExitCode run() throws IOException;

  @Override
  public final Integer call() {
    try {
      return run().number();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
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

  /** One line of the answer. */
  final void print(String line) {
    terminal.print(line);
  }

  /** One line of the answer: a name and its value, in columns. */
  final void print(String name, String value) {
    print(String.format(Locale.ROOT, "%-13s %s", name, value));
  }

  /** Tells the person at the terminal something that is not part of the answer. */
  final void note(String line) {
    terminal.err().println(line);
  }

  final boolean colours() {
    return terminal.colours();
  }
}
