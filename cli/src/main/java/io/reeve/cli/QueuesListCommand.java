package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.v1.Queue;
import java.util.ArrayList;
import picocli.CommandLine.Command;

/** {@code reeve queues list}. */
@Command(
    name = "list",
    description = {
      "Lists the queues that have rules or ready tasks, by name.",
      "READY tasks could start now, URGENT ones of them in the urgent lane; those of a paused"
          + " queue count too."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve queues list",
      "  reeve queues list --output json | jq -r 'select(.pause != null) | .queue'"
    })
final class QueuesListCommand extends ClientCommand {

  QueuesListCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var queues = new ArrayList<Queue>();
    var token = "";
    do {
      var page = client.queues(token);
      queues.addAll(page.getQueuesList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    if (output.json()) {
      queues.forEach(queue -> print(Json.line(QueueText.json(queue))));
    } else if (!queues.isEmpty()) {
      QueueText.table(queues)
          .lines(terminal.outIsTerminal() ? terminal.columns() : 0, (column, cell) -> cell)
          .forEach(this::print);
    } else {
      note("no queue has rules or ready tasks");
    }
    return ExitCode.OK;
  }
}
