package io.reeve.cli;

import io.reeve.client.ReeveClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code reeve demand}. */
@Command(
    name = "demand",
    description = {
      "Tells how many workers the tasks need, for the person or program that starts and stops"
          + " workers.",
      "WANTED workers have slots for the running tasks (HELD) and for as many more as clear the"
          + " READY tasks within reeve.dispatcher.demand.clear-within, given how long a task holds"
          + " its slot (HOLD). So WANTED rises with the backlog and falls to HELD when nothing"
          + " waits. UNSERVED ready tasks have a queue or kind that no connected worker serves.",
      "Ask for each group of workers with the same queues and kinds by --queue and --kind. Without"
          + " them all workers and all tasks are counted together."
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
          "A queue that such workers serve, and no others; may be given several times. Default:"
              + " whatever they serve.")
  List<String> queues = List.of();

  @Option(
      names = {"-k", "--kind"},
      paramLabel = "KIND",
      description =
          "A kind that they run, and no others; may be given several times. Default: whatever they"
              + " run.")
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
              + " ready tasks are of a queue or a kind that no connected worker serves; start one"
              + " that does");
    }
    if (demand.getUnheardPartitions() > 0) {
      note(
          demand.getUnheardPartitions()
              + " partitions move just now, so more may be ready; ask again in a moment");
    }
    return ExitCode.OK;
  }
}
