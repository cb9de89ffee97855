package io.reeve.cli;

import io.reeve.v1.Node;
import java.util.List;
import java.util.Locale;

/** Nodes as people read them. */
final class NodeText {

  private static final double MILLICORES = 1000.0;
  private static final long MIB = 1024 * 1024;

  private NodeText() {}

  /** One line for each node; unknown values are blank. */
  static TextTable table(List<Node> nodes) {
    var table =
        new TextTable(
            "NAME",
            "STATE",
            "ROLES",
            "DISPATCHER",
            "ENDPOINT",
            "PARTITIONS",
            "SESSIONS",
            "CPU",
            "HEAP",
            "STARTED",
            "PID",
            "HOST",
            "VERSION",
            "ADDRESS");
    nodes.forEach(node -> add(table, node));
    return table;
  }

  private static void add(TextTable table, Node node) {
    var address = Words.printable(node.getAddress());
    if (!node.hasReport()) {
      table.row("?", state(node), roles(node), "", "", "", "", "", "", "", "", "", "", address);
      return;
    }
    var report = node.getReport();
    table.row(
        Words.printable(report.getName()),
        state(node),
        roles(node),
        node.getDispatcher() ? "epoch " + report.getDispatcherEpoch() : "",
        Words.printable(report.getEndpoint()),
        Integer.toString(report.getPartitionsCount()),
        Integer.toString(report.getSessions()),
        String.format(Locale.ROOT, "%.2f", report.getCpuMillicores() / MILLICORES),
        report.getHeapUsedBytes() / MIB + "/" + report.getHeapMaxBytes() / MIB,
        report.hasStartedAt() ? Words.instant(report.getStartedAt()) : "",
        Long.toString(report.getPid()),
        Words.printable(report.getHost()),
        Words.printable(report.getVersion()),
        address);
  }

  private static String roles(Node node) {
    return Words.printable(String.join(",", node.getRolesList()));
  }

  /** The state that matters most to an operator. */
  static String state(Node node) {
    return switch (node.getState()) {
      case NODE_STATE_DOWN -> "down";
      case NODE_STATE_JOINING, NODE_STATE_UP, NODE_STATE_LEAVING ->
          !node.getReachable() ? "unreachable" : !node.getAnswered() ? "silent" : membership(node);
      case NODE_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }

  /** The node's membership of the cluster, whether it answers or not. */
  static String membership(Node node) {
    return switch (node.getState()) {
      case NODE_STATE_JOINING -> "joining";
      case NODE_STATE_UP -> "up";
      case NODE_STATE_LEAVING -> "leaving";
      case NODE_STATE_DOWN -> "down";
      case NODE_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }

  static Colour colour(String state) {
    return switch (state) {
      case "up" -> Colour.GOOD;
      case "joining", "leaving" -> Colour.BUSY;
      default -> Colour.BAD;
    };
  }
}
