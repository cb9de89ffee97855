package io.reeve.cli;

import io.reeve.client.ReeveClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code reeve demand}. */
@Command(
    name = "demand",
    description = {
      "Shows how many workers the tasks need, for the person or program that starts and stops"
          + " workers.",
      "WANTED workers have slots for the running tasks (HELD), plus enough to start the READY"
          + " tasks within reeve.dispatcher.demand.clear-within. HOLD is the average time that a"
          + " task occupies a slot. So WANTED rises with the backlog and falls to HELD when"
          + " nothing waits. UNSERVED ready tasks have a queue or kind that no connected worker"
          + " serves.",
      "If workers have different queues or kinds, ask for each group with --queue and --kind."
          + " Without these options, the command counts all workers and tasks together."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve demand",
      "  reeve demand --queue mail --queue default",
      "  reeve demand --output json | jq .wantedWorkers"
    })
final class DemandCommand extends ClientCommand {

  @Option(
      names = {"-q", "--queue"},
      paramLabel = "NAME",
      description =
          "A queue of the workers, which serve these queues and no others. Can be repeated."
              + " Default: workers with any queues.")
  List<String> queues = List.of();

  @Option(
      names = {"-k", "--kind"},
      paramLabel = "KIND",
      description =
          "A kind of the workers, which run these kinds and no others. Can be repeated. Default:"
              + " workers with any kinds.")
  List<String> kinds = List.of();

  DemandCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var demand = client.demand(queues, kinds);
    if (output.json()) {
      print(Json.line(DemandText.json(demand)));
      return ExitCode.OK;
    }
    DemandText.table(demand)
        .lines(terminal.outIsTerminal() ? terminal.columns() : 0, (column, cell) -> cell)
        .forEach(this::print);
    if (demand.getUnserved() > 0) {
      note(
          demand.getUnserved()
              + " ready tasks have a queue or a kind that no connected worker serves; start a"
              + " worker for them");
    }
    if (demand.getUnheardPartitions() > 0) {
      note(
          demand.getUnheardPartitions()
              + " partitions are moving, so more tasks may be ready; ask again in a moment");
    }
    return ExitCode.OK;
  }
}
