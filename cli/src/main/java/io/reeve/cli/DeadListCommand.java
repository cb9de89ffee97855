package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.v1.Task;
import java.util.Locale;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reeve dead list}. */
@Command(
    name = "list",
    description = {
      "Lists tasks that died and that nobody has redriven or discarded, without payloads.",
      "With --output json, each task comes with its attempts."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve dead list",
      "  reeve dead list --kind email --since 2h",
      "  reeve dead list --output json | jq -r .failure.message"
    })
final class DeadListCommand extends ClientCommand {

  @Mixin DeadFilterOptions filter = new DeadFilterOptions();

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      defaultValue = "100",
      description = "Show N tasks; 0: all. Default: 100.")
  int limit = 100;

  DeadListCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    if (limit < 0) {
      throw new IllegalArgumentException("expected --limit of 0 or more, got " + limit);
    }
    var all = client.deadLetters().list(filter.filter(terminal.clock())).spliterator();
    var wanted = limit == 0 ? Long.MAX_VALUE : limit;
    var tasks = StreamSupport.stream(all, false).limit(wanted).iterator();
    if (output.json()) {
      tasks.forEachRemaining(task -> print(Json.line(Json.of(task))));
      return ExitCode.OK;
    }
    if (!tasks.hasNext()) {
      note("no dead letters");
      return ExitCode.OK;
    }
    var table = new TextTable("ID", "DIED", "KIND", "QUEUE", "ATTEMPTS", "FAILURE");
    var shown = new int[1];
    tasks.forEachRemaining(
        task -> {
          add(table, task);
          shown[0]++;
        });
    table
        .lines(terminal.outIsTerminal() ? terminal.columns() : 0, (column, cell) -> cell)
        .forEach(this::print);
    if (shown[0] == limit) {
      note(String.format(Locale.ROOT, "the first %,d; --limit 0 shows all", limit));
    }
    return ExitCode.OK;
  }

  private static void add(TextTable table, Task task) {
    table.row(
        task.getId(),
        task.hasFinishedAt() ? Words.instant(task.getFinishedAt()) : "",
        task.getSpec().getKind(),
        TaskText.queue(task),
        Integer.toString(task.getAttempt()),
        TaskText.failure(task.getFailure()));
  }
}
