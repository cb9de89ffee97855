package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.client.TaskQuery;
import io.reeve.client.TaskStates;
import io.reeve.v1.Lane;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import java.time.Clock;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code reeve list}. */
@Command(
    name = "list",
    description = {
      "Lists live and recently ended tasks, the newest first, without payloads and results.",
      "The server keeps no list by age, so the command reads every task that the server"
          + " remembers. A million tasks take seconds. --limit 0 shows all tasks in the order of"
          + " the server; with --output json, it prints each task as it arrives.",
      "Lines are cut to the width of the terminal, but not in a pipe or a file."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve list",
      "  reeve list --state dead --state expired",
      "  reeve list --queue mail --kind email --limit 0",
      "  reeve list --since 2h --label team=finance",
      "  reeve list --output json | jq -r 'select(.attempt > 1) | .taskId'"
    })
final class ListCommand extends ClientCommand {

  private static final int PAGE_SIZE_MAX = 1000;

  @Option(
      names = {"-s", "--state"},
      paramLabel = "STATE",
      description =
          "Only tasks in this state: waiting, ready, leased, completed, dead, cancelled or"
              + " expired. Can be repeated.")
  List<String> states = List.of();

  @Option(
      names = {"-q", "--queue"},
      paramLabel = "NAME",
      defaultValue = "",
      description = "Only tasks of this queue.")
  String queue = "";

  @Option(
      names = {"-k", "--kind"},
      paramLabel = "KIND",
      defaultValue = "",
      description = "Only tasks of this kind.")
  String kind = "";

  @Option(
      names = "--tenant",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Only tasks of this tenant.")
  String tenant = "";

  @Option(
      names = {"-l", "--label"},
      paramLabel = "NAME=VALUE",
      description = "Only tasks with this label. Can be repeated; all must match.")
  Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = "--since",
      paramLabel = "DURATION|INSTANT",
      description = "Only tasks submitted since then: 2h, 7d, 2026-12-24 or 2026-12-24T18:00:00Z.")
  @Nullable String since;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "N",
      defaultValue = "100",
      description = "Show the newest N tasks; 0: all. Default: 100.")
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
            .pageSize(PAGE_SIZE_MAX);
    var matching = StreamSupport.stream(client.list(query).spliterator(), false).filter(filter());
    if (limit == 0) {
      show(matching.iterator());
      return ExitCode.OK;
    }
    var newest = new Newest(limit);
    matching.forEach(newest::add);
    show(newest.tasks().iterator());
    if (newest.seen() > limit) {
      note(
          String.format(
              Locale.ROOT, "the newest %,d of %,d; --limit 0 shows all", limit, newest.seen()));
    }
    return ExitCode.OK;
  }

  /** The conditions that the server cannot check itself. */
  private Predicate<Task> filter() {
    var from = since == null ? null : since(since, terminal.clock());
    return task ->
        (from == null || !Words.toInstant(task.getSubmittedAt()).isBefore(from))
            && labels.entrySet().stream()
                .allMatch(
                    label ->
                        label.getValue().equals(task.getSpec().getLabelsMap().get(label.getKey())));
  }

  static Instant since(String text, Clock clock) {
    if (text.strip().matches("\\d{4}-.*")) {
      return InstantText.parse(text);
    }
    return clock.instant().minus(DurationText.parse(text));
  }

  private void show(Iterator<Task> tasks) {
    if (output.json()) {
      tasks.forEachRemaining(task -> print(Json.line(Json.of(task))));
      return;
    }
    if (!tasks.hasNext()) {
      note("no tasks");
      return;
    }
    var table =
        new TextTable(
            "ID", "STATE", "KIND", "QUEUE", "LANE", "ATTEMPT", "SUBMITTED", "WORKER", "NAME");
    tasks.forEachRemaining(task -> add(table, task));
    table
        .lines(terminal.outIsTerminal() ? terminal.columns() : 0, this::paint)
        .forEach(this::print);
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
