package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.client.TaskQuery;
import io.reeve.client.TaskStates;
import io.reeve.v1.Lane;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code reeve list}. */
@Command(
    name = "list",
    description = {
      "Lists tasks that are live or ended lately, without payloads and results.",
      "Lines are cut to the width of the terminal; into a pipe or a file they go whole."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve list",
      "  reeve list --state dead --state expired",
      "  reeve list --queue mail --kind email --limit 0",
      "  reeve list --output json | jq -r 'select(.attempt > 1) | .id'"
    })
final class ListCommand extends ClientCommand {

  private static final int PAGE_SIZE_MAX = 1000;

  @Option(
      names = {"-s", "--state"},
      paramLabel = "STATE",
      description =
          "Only in this state: waiting, ready, leased, completed, dead, cancelled, expired. May be"
              + " given several times.")
  List<String> states = List.of();

  @Option(
      names = {"-q", "--queue"},
      paramLabel = "NAME",
      defaultValue = "",
      description = "Only of this queue.")
  String queue = "";

  @Option(
      names = {"-k", "--kind"},
      paramLabel = "KIND",
      defaultValue = "",
      description = "Only of this kind.")
  String kind = "";

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Only of this tenant.")
  String tenant = "";

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      defaultValue = "100",
      description = "Stop after so many; 0 for all. Default: 100.")
  int limit = 100;

  ListCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    if (limit < 0) {
      throw new IllegalArgumentException("expected --limit of 0 or more, got " + limit);
    }
    var query =
        TaskQuery.all()
            .states(states.stream().map(TaskStates::parse).toArray(TaskState[]::new))
            .queue(queue)
            .kind(kind)
            .tenant(tenant)
            .pageSize(limit == 0 ? PAGE_SIZE_MAX : Math.min(PAGE_SIZE_MAX, limit));
    var tasks = client.list(query).iterator();
    var table =
        new TextTable(
            "ID", "STATE", "KIND", "QUEUE", "LANE", "ATTEMPT", "SUBMITTED", "WORKER", "NAME");
    var shown = 0;
    while ((limit == 0 || shown < limit) && tasks.hasNext()) {
      var task = tasks.next();
      shown++;
      if (output.json()) {
        print(Json.line(Json.of(task)));
      } else {
        add(table, task);
      }
    }
    if (!output.json() && shown > 0) {
      table
          .lines(terminal.outIsTerminal() ? terminal.columns() : 0, this::paint)
          .forEach(this::print);
    }
    if (!output.json() && shown == 0) {
      note("no tasks");
    }
    if (shown > 0 && shown == limit && tasks.hasNext()) {
      note("the first " + shown + " are shown; --limit 0 shows all");
    }
    return ExitCode.OK;
  }

  private static void add(TextTable table, Task task) {
    var spec = task.getSpec();
    table.row(
        task.getId(),
        Words.state(task),
        spec.getKind(),
        TaskText.queue(task),
        spec.getLane() == Lane.LANE_URGENT ? "urgent" : "normal",
        Integer.toString(task.getAttempt()),
        task.hasSubmittedAt() ? Words.instant(task.getSubmittedAt()) : "",
        Words.printable(task.getWorkerId()),
        Words.printable(spec.getName()));
  }

  private String paint(String column, String cell) {
    if (!column.equals("STATE") || cell.isBlank() || cell.endsWith("…")) {
      return cell;
    }
    return Colour.of(TaskStates.parse(cell)).paint(cell, colours());
  }
}
