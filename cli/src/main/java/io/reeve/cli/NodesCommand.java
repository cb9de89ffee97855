package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.v1.Node;
import picocli.CommandLine.Command;

/** {@code reeve nodes}. */
@Command(
    name = "nodes",
    description = {
      "Lists the nodes of the cluster, the oldest first, as the asked node sees them.",
      "Its STATE is what a node does in the cluster (joining, up, leaving, down), or 'unreachable' when"
          + " its heartbeats are missed, or 'silent' when it did not answer just now; the rest of such a"
          + " line is the last that was heard. ROLES are reeve.node.roles; one without edge has no"
          + " ENDPOINT. CPU is in processors, HEAP in MiB.",
      "Lines are cut to the width of the terminal; into a pipe or a file they go whole."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve nodes",
      "  reeve nodes --endpoint 127.0.0.1:7461",
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
      note("no node that is heard of runs the dispatcher; nothing is started until one does");
    }
    return ExitCode.OK;
  }

  private String paint(String column, String cell) {
    return column.equals("STATE") && !cell.isBlank()
        ? NodeText.colour(cell).paint(cell, colours())
        : cell;
  }
}
