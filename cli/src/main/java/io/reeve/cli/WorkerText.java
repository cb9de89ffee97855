package io.reeve.cli;

import io.reeve.v1.Worker;
import io.reeve.v1.WorkerStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Workers as people read them. */
final class WorkerText {

  private static final double MILLICORES = 1000.0;
  private static final long MIB = 1024 * 1024;

  /** Online workers first, gone ones last. */
  static final Comparator<Worker> ORDER =
      Comparator.comparingInt((Worker worker) -> rank(worker.getStatus()))
          .thenComparing(Worker::getWorkerId)
          .thenComparing(Worker::getPool);

  private WorkerText() {}

  private static int rank(WorkerStatus status) {
    return switch (status) {
      case WORKER_STATUS_ONLINE -> 0;
      case WORKER_STATUS_DRAINING -> 1;
      case WORKER_STATUS_RESUMING -> 2;
      case WORKER_STATUS_OFFLINE -> 3;
      case WORKER_STATUS_UNSPECIFIED, UNRECOGNIZED -> 4;
    };
  }

  /** One line for each worker; values before its first heartbeat are blank. */
  static TextTable table(List<Worker> workers) {
    var table =
        new TextTable(
            "WORKER", "POOL", "STATUS", "NODE", "ACTIVE", "LEASES", "QUEUED", "CPU", "MEMORY",
            "HEARD", "QUEUES", "KINDS", "LABELS", "HOST", "PID", "CLIENT");
    workers.forEach(worker -> add(table, worker));
    return table;
  }

  private static void add(TextTable table, Worker worker) {
    var report = worker.getReport();
    var reported = worker.hasReport();
    table.row(
        Words.printable(worker.getWorkerId()),
        Words.printable(worker.getPool()),
        status(worker),
        Words.printable(
            worker.getNodeName().isEmpty() ? worker.getNodeAddress() : worker.getNodeName()),
        reported ? Integer.toString(report.getActive()) : "",
        worker.getLeases() + "/" + worker.getCapacity(),
        reported ? Long.toString(queued(worker)) : "",
        reported ? String.format(Locale.ROOT, "%.2f", report.getCpuMillicores() / MILLICORES) : "",
        reported ? Long.toString(report.getMemoryBytes() / MIB) : "",
        DurationText.of(Words.toDuration(worker.getHeardAgo())),
        names(worker.getQueuesList(), worker.getMoreQueues()),
        names(worker.getKindsList(), worker.getMoreKinds()),
        more(Words.labels(worker.getLabelsMap(), ","), worker.getMoreLabels()),
        Words.printable(worker.getHost()),
        worker.getPid() == 0 ? "" : Long.toString(worker.getPid()),
        Words.printable(worker.getClient()));
  }

  private static long queued(Worker worker) {
    return (long) worker.getReport().getQueuedNormal() + worker.getReport().getQueuedUrgent();
  }

  private static String names(List<String> names, int more) {
    return more(Words.printable(String.join(",", names)), more);
  }

  private static String more(String some, int more) {
    return more == 0 ? some : some + ",+" + more;
  }

  /** The status, with the reason if the worker is gone. */
  static String status(Worker worker) {
    var status = name(worker.getStatus());
    return worker.getReason().isEmpty() ? status : status + " " + reason(worker);
  }

  private static String reason(Worker worker) {
    return Words.printable(worker.getReason()).toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String name(WorkerStatus status) {
    return switch (status) {
      case WORKER_STATUS_ONLINE -> "online";
      case WORKER_STATUS_DRAINING -> "draining";
      case WORKER_STATUS_RESUMING -> "resuming";
      case WORKER_STATUS_OFFLINE -> "offline";
      case WORKER_STATUS_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }

  /** The colour of a status, which may have a reason and may be cut. */
  static Colour colour(String status) {
    if (status.startsWith("online")) {
      return Colour.GOOD;
    }
    if (status.startsWith("draining") || status.startsWith("resuming")) {
      return Colour.BUSY;
    }
    // A worker that left in order is no cause for concern.
    return status.equals("offline left") ? Colour.QUIET : Colour.BAD;
  }
}
