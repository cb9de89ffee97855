package io.reeve.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reeve.v1.Worker;
import io.reeve.v1.WorkerReport;
import java.util.Locale;

/**
 * A worker as {@code --output json} prints it, under the promise of {@link Json}. Fields of its
 * heartbeat are absent before the first.
 */
final class WorkerJson {

  private WorkerJson() {}

  static ObjectNode of(Worker worker) {
    var json =
        Json.object()
            .put("workerId", worker.getWorkerId())
            .put("pool", worker.getPool())
            .put("incarnation", worker.getIncarnation())
            .put("status", WorkerText.name(worker.getStatus()));
    if (!worker.getReason().isEmpty()) {
      json.put("reason", worker.getReason());
    }
    json.put("nodeAddress", worker.getNodeAddress())
        .put("nodeName", worker.getNodeName())
        .put("connectedAt", Words.toInstant(worker.getConnectedAt()).toString())
        .put("heardAgoMs", Words.toDuration(worker.getHeardAgo()).toMillis())
        .put("capacity", worker.getCapacity())
        .put("urgentReserve", worker.getUrgentReserve())
        .put("leases", worker.getLeases());
    if (worker.hasReport()) {
      put(json, worker.getReport());
    }
    var queues = json.putArray("queues");
    worker.getQueuesList().forEach(queues::add);
    var kinds = json.put("moreQueues", worker.getMoreQueues()).putArray("kinds");
    worker.getKindsList().forEach(kinds::add);
    json.put("moreKinds", worker.getMoreKinds());
    Json.labels(json, "labels", worker.getLabelsMap());
    return json.put("moreLabels", worker.getMoreLabels())
        .put("client", worker.getClient())
        .put("host", worker.getHost())
        .put("pid", worker.getPid());
  }

  private static void put(ObjectNode json, WorkerReport report) {
    json.put(
            "state", report.getState().name().replace("WORKER_STATE_", "").toLowerCase(Locale.ROOT))
        .put("active", report.getActive())
        .put("activeUrgent", report.getActiveUrgent())
        .put("queuedNormal", report.getQueuedNormal())
        .put("queuedUrgent", report.getQueuedUrgent())
        .put("cpuMillicores", report.getCpuMillicores())
        .put("memoryBytes", report.getMemoryBytes());
  }
}
