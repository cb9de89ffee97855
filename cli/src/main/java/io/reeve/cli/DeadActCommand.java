package io.reeve.cli;

import io.reeve.client.DeadLetters;
import io.reeve.client.ReeveClient;
import io.reeve.v1.DeadLetterFilter;
import io.reeve.v1.DeadLetterGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that decides about dead letters: those with these ids, or all that match. */
abstract class DeadActCommand extends ClientCommand {

  @Parameters(arity = "0..*", paramLabel = "ID", description = "Ids of tasks that died.")
  List<String> ids = List.of();

  @Mixin DeadFilterOptions filter = new DeadFilterOptions();

  @Option(names = "--all", description = "All tasks that died.")
  boolean all;

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask before acting on all tasks that match.")
  boolean yes;

  DeadActCommand(Terminal terminal) {
    super(terminal);
  }

  /** The verb, for people. */
  abstract String verb();

  /** The name of the count in JSON, and the word for people. */
  abstract String done();

  abstract ExitCode one(DeadLetters letters, String id);

  abstract long many(DeadLetters letters, DeadLetterFilter meant, LongConsumer progress);

  @Override
  final ExitCode run(ReeveClient client) {
    var byFilter = all || filter.given();
    if (byFilter == !ids.isEmpty()) {
      throw new IllegalArgumentException(
          "expected ids of tasks, or a filter, or --all, got "
              + (byFilter ? "ids and a filter" : "none"));
    }
    if (all && filter.given()) {
      throw new IllegalArgumentException("expected --all or a filter, got both");
    }
    var letters = client.deadLetters();
    return byFilter ? many(letters) : each(ids, id -> one(letters, id));
  }

  private ExitCode many(DeadLetters letters) {
    var meant = filter.filter(terminal.clock());
    var expected = count(letters, meant);
    if (!yes && !confirmed(expected)) {
      return ExitCode.USAGE;
    }
    long count;
    try (var progress = Progress.of(terminal, verb(), expected)) {
      count = many(letters, meant, progress::stepTo);
    }
    print(
        output.json()
            ? Json.line(Json.object().put(done(), count))
            : String.format(Locale.ROOT, "%s %,d", done(), count));
    return ExitCode.OK;
  }

  private static long count(DeadLetters letters, DeadLetterFilter meant) {
    var groups = letters.groups(meant);
    return groups.getOthers()
        + groups.getGroupsList().stream().mapToLong(DeadLetterGroup::getCount).sum();
  }

  /** Asks the person at the terminal; a program has to say --yes. */
  private boolean confirmed(long count) {
    if (!terminal.errIsTerminal()) {
      note("reeve: expected --yes to " + verb() + " " + count + " tasks, got no terminal to ask");
      return false;
    }
    terminal.err().print(String.format(Locale.ROOT, "%s %,d tasks? [y/N] ", verb(), count));
    terminal.err().flush();
    var answer = firstLine();
    if (answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes")) {
      return true;
    }
    note("nothing changed");
    return false;
  }

  private String firstLine() {
    var line = new StringBuilder();
    try {
      for (var c = terminal.in().read(); c >= 0 && c != '\n'; c = terminal.in().read()) {
        line.append((char) c);
      }
    } catch (IOException cannotRead) {
      throw new UncheckedIOException(cannotRead);
    }
    return line.toString().strip();
  }
}
