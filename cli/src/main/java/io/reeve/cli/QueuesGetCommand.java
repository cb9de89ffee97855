package io.reeve.cli;

import io.reeve.client.ReeveClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code reeve queues get}. */
@Command(
    name = "get",
    description = "Shows one queue: its rules and its ready tasks.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve queues get mail",
      "  reeve queues get mail --output json | jq .pause.reason"
    })
final class QueuesGetCommand extends ClientCommand {

  @Parameters(paramLabel = "QUEUE", description = "Name of the queue.")
  String queue = "";

  QueuesGetCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var found = client.queue(queue);
    if (output.json()) {
      print(Json.line(QueueText.json(found)));
    } else {
      QueueText.table(List.of(found))
          .lines(terminal.outIsTerminal() ? terminal.columns() : 0, (column, cell) -> cell)
          .forEach(this::print);
    }
    return ExitCode.OK;
  }
}
