package io.reeve.edge.grpc.worker;

import io.reeve.edge.calls.WireTime;
import io.reeve.session.Session.WorkerFigures;
import io.reeve.session.WorkerCard;
import io.reeve.v1.Worker;
import io.reeve.v1.WorkerReport;
import io.reeve.v1.WorkerState;
import io.reeve.v1.WorkerStatus;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** Puts what sessions know of workers into the words of the protocol. */
final class WorkerLines {

  private static final int TEXT_CHARS_MAX = 128;

  private static final Map<String, WorkerState> STATES =
      Arrays.stream(WorkerState.values()).collect(Collectors.toMap(Enum::name, state -> state));

  private WorkerLines() {}

  /**
   * One worker, without its node.
   *
   * @param connectedAtMs milliseconds since the epoch
   * @param nowNanos by the clock of the entry
   */
  static Worker line(WorkerCard.Entry entry, long connectedAtMs, long nowNanos) {
    var worker = entry.worker();
    var line =
        Worker.newBuilder()
            .setWorkerId(worker.workerId())
            .setPool(worker.pool())
            .setIncarnation(worker.incarnation())
            .setStatus(status(entry))
            .setReason(entry.reason())
            .setCapacity(entry.capacity())
            .setUrgentReserve(entry.urgentReserve())
            .setLeases(Math.toIntExact(entry.leases()))
            .setConnectedAt(WireTime.instant(connectedAtMs))
            .setHeardAgo(
                WireTime.duration(Duration.ofNanos(Math.max(0, nowNanos - entry.heardAtNanos()))))
            .addAllQueues(worker.queues().first())
            .setMoreQueues(worker.queues().more())
            .addAllKinds(worker.kinds().first())
            .setMoreKinds(worker.kinds().more())
            .setClient(WorkerMessages.cut(worker.client(), TEXT_CHARS_MAX))
            .setHost(WorkerMessages.cut(worker.host(), TEXT_CHARS_MAX))
            .setPid(worker.pid())
            .putAllLabels(worker.labels().asMap())
            .setMoreLabels(worker.moreLabels());
    var figures = entry.figures();
    if (figures != null) {
      line.setReport(report(figures));
    }
    return line.build();
  }

  private static WorkerStatus status(WorkerCard.Entry entry) {
    return switch (entry.status()) {
      case ONLINE -> WorkerStatus.WORKER_STATUS_ONLINE;
      case DRAINING -> WorkerStatus.WORKER_STATUS_DRAINING;
      case RESUMING -> WorkerStatus.WORKER_STATUS_RESUMING;
      case OFFLINE -> WorkerStatus.WORKER_STATUS_OFFLINE;
    };
  }

  private static WorkerReport report(WorkerFigures figures) {
    var state = STATES.get(figures.state());
    return WorkerReport.newBuilder()
        .setState(
            state == null || state == WorkerState.UNRECOGNIZED
                ? WorkerState.WORKER_STATE_UNSPECIFIED
                : state)
        .setActive(figures.active())
        .setActiveUrgent(figures.activeUrgent())
        .setQueuedNormal(figures.queuedNormal())
        .setQueuedUrgent(figures.queuedUrgent())
        .setCpuMillicores(figures.cpuMillicores())
        .setMemoryBytes(figures.memoryBytes())
        .build();
  }
}
