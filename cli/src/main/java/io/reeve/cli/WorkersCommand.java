package io.reeve.cli;

import io.reeve.client.ReeveClient;
import picocli.CommandLine.Command;

/** {@code reeve workers}. */
@Command(
    name = "workers",
    description = {
      "Lists the workers of the cluster: first online, then draining and resuming, then offline"
          + " workers. Each group is ordered by id and pool.",
      "STATUS is online; draining: accepts no new tasks; resuming: its stream broke and its"
          + " leases wait for it for a moment; or offline: gone, and its tasks are leased to"
          + " other workers. The word after it is the reason: disconnected, silent (no heartbeat"
          + " in time), left (stopped in order), and others. A node forgets offline workers"
          + " after a while (reeve.grpc.worker.remembered-for, 1 h) and when it ends.",
      "ACTIVE (running attempts), QUEUED (waiting in the worker), CPU in processors and MEMORY"
          + " in MiB are from the last heartbeat. LEASES are the leases of the worker out of its"
          + " capacity. HEARD is the time since the last sign of life. NODE is its current or"
          + " last node.",
      "Lines are cut to the width of the terminal, but not in a pipe or a file."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve workers",
      "  reeve workers --output json | jq -r 'select(.status == \"offline\") | .workerId'"
    })
final class WorkersCommand extends ClientCommand {

  WorkersCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var answer = client.workers();
    var workers = answer.getWorkersList().stream().sorted(WorkerText.ORDER).toList();
    if (output.json()) {
      workers.forEach(worker -> print(Json.line(WorkerJson.of(worker))));
    } else if (!workers.isEmpty()) {
      WorkerText.table(workers)
          .lines(terminal.outIsTerminal() ? terminal.columns() : 0, this::paint)
          .forEach(this::print);
    } else {
      note("no worker is connected or remembered; 'reeve worker' starts one");
    }
    if (answer.getOmitted() > 0) {
      note("workers left out, because the list would be too long: " + answer.getOmitted());
    }
    if (answer.getSilentNodesCount() > 0) {
      note(
          "nodes that did not answer, whose workers may be missing here: "
              + Words.printable(String.join(", ", answer.getSilentNodesList()))
              + "; see 'reeve nodes'");
    }
    return ExitCode.OK;
  }

  private String paint(String column, String cell) {
    return column.equals("STATUS") ? WorkerText.colour(cell).paint(cell, colours()) : cell;
  }
}
