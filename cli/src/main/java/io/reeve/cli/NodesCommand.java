package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.v1.Node;
import picocli.CommandLine.Command;

/** {@code reeve nodes}. */
@Command(
    name = "nodes",
    description = {
      "Lists the nodes of the cluster as the called node sees them, the oldest first.",
      "STATE is joining, up, leaving or down. It is 'unreachable' if heartbeats of the node are"
          + " missing, and 'silent' if the node did not answer this call; such a node has its"
          + " last known figures. ROLES are reeve.node.roles. A node without edge has no"
          + " ENDPOINT. CPU is in processors, HEAP in MiB.",
      "Lines are cut to the width of the terminal, but not in a pipe or a file."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve nodes",
      "  reeve nodes --endpoint 127.0.0.1:7470",
      "  reeve nodes --output json | jq -r 'select(.dispatcher) | .endpoint'"
    })
final class NodesCommand extends ClientCommand {

  NodesCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var nodes = client.nodes();
    if (output.json()) {
      nodes.forEach(node -> print(Json.line(NodeJson.of(node))));
      return ExitCode.OK;
    }
    var table = NodeText.table(nodes);
    table
        .lines(terminal.outIsTerminal() ? terminal.columns() : 0, this::paint)
        .forEach(this::print);
    if (nodes.stream().noneMatch(Node::getDispatcher)) {
      note("no reachable node has the dispatcher; no task starts until one has it");
    }
    return ExitCode.OK;
  }

  private String paint(String column, String cell) {
    return column.equals("STATE") && !cell.isBlank()
        ? NodeText.colour(cell).paint(cell, colours())
        : cell;
  }
}
