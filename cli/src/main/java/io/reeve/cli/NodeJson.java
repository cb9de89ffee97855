package io.reeve.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reeve.v1.Node;

/**
 * A node as {@code --output json} prints it, under the promise of {@link Json}. Fields of its
 * report are absent before the node's first answer.
 */
final class NodeJson {

  private NodeJson() {}

  static ObjectNode of(Node node) {
    var json =
        Json.object()
            .put("address", node.getAddress())
            .put("incarnation", node.getIncarnation())
            .put("state", NodeText.membership(node))
            .put("reachable", node.getReachable())
            .put("answered", node.getAnswered())
            .put("dispatcher", node.getDispatcher());
    var roles = json.putArray("roles");
    node.getRolesList().forEach(roles::add);
    if (!node.hasReport()) {
      return json;
    }
    var report = node.getReport();
    json.put("name", report.getName())
        .put("endpoint", report.getEndpoint())
        .put("host", report.getHost())
        .put("pid", report.getPid())
        .put("version", report.getVersion());
    if (report.hasStartedAt()) {
      json.put("startedAt", Words.toInstant(report.getStartedAt()).toString());
    }
    var partitions = json.putArray("partitions");
    report.getPartitionsList().forEach(partitions::add);
    return json.put("sessions", report.getSessions())
        .put("cpuMillicores", report.getCpuMillicores())
        .put("heapUsedBytes", report.getHeapUsedBytes())
        .put("heapMaxBytes", report.getHeapMaxBytes())
        .put("dispatcherEpoch", report.getDispatcherEpoch());
  }
}
