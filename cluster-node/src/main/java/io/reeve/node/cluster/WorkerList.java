package io.reeve.node.cluster;

import io.reeve.v1.ListWorkersResponse;
import io.reeve.v1.Worker;
import io.reeve.v1.WorkerStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;

/** What is made of all that is known of workers, whoever knows it. */
final class WorkerList {

  /** Of a field of the answer: its tag, and its length in up to three bytes. */
  private static final int FIELD_BYTES = 4;

  private static final Comparator<Worker> BY_NAME =
      Comparator.comparing(Worker::getWorkerId)
          .thenComparing(Worker::getPool)
          .thenComparing(Worker::getIncarnation);

  /**
   * Two sessions of one worker: that which it is connected by, else that which heard of it last.
   */
  private static final Comparator<Worker> LATEST =
      Comparator.<Worker>comparingInt(worker -> distance(worker.getStatus()))
          .thenComparing(WorkerList::heardAgo);

  /** Those that are there, then those that are gone, the longest gone last. */
  private static final Comparator<Worker> MOST_WORTH_KNOWING =
      Comparator.comparing(WorkerList::isGone)
          .thenComparing(worker -> isGone(worker) ? heardAgo(worker) : Duration.ZERO)
          .thenComparing(BY_NAME);

  private record Name(String workerId, String pool) {}

  private WorkerList() {}

  /**
   * Each worker once, as its latest session has it. One that is gone is listed only while nobody of
   * the same name and pool is there; two processes that share a name both are.
   *
   * @param known of any number of sessions of each
   * @param omitted workers that were left out before
   * @param bytesMax of the answer; what is beyond is left out, workers that are gone first
   */
  static ListWorkersResponse of(
      Collection<Worker> known, int omitted, List<String> silentNodes, int bytesMax) {
    var listed = new ArrayList<>(latest(known));
    listed.sort(MOST_WORTH_KNOWING);
    var silent = ListWorkersResponse.newBuilder().addAllSilentNodes(silentNodes).build();
    var bytes = (long) silent.getSerializedSize() + FIELD_BYTES;
    var fitting = 0;
    while (fitting < listed.size()) {
      bytes += listed.get(fitting).getSerializedSize() + FIELD_BYTES;
      if (bytes > bytesMax) {
        break;
      }
      fitting++;
    }
    var shown = listed.subList(0, fitting);
    return silent.toBuilder()
        .addAllWorkers(shown.stream().sorted(BY_NAME).toList())
        .setOmitted(omitted + listed.size() - fitting)
        .build();
  }

  private static List<Worker> latest(Collection<Worker> known) {
    var byName = new LinkedHashMap<Name, List<Worker>>();
    for (var worker : known) {
      byName
          .computeIfAbsent(
              new Name(worker.getWorkerId(), worker.getPool()), name -> new ArrayList<>(1))
          .add(worker);
    }
    var latest = new ArrayList<Worker>(byName.size());
    byName.values().forEach(sessions -> latest.addAll(ofOneName(sessions)));
    return latest;
  }

  private static List<Worker> ofOneName(List<Worker> sessions) {
    if (sessions.size() == 1) {
      return sessions;
    }
    sessions.sort(LATEST);
    var byIncarnation = new LinkedHashMap<String, Worker>();
    sessions.forEach(session -> byIncarnation.putIfAbsent(session.getIncarnation(), session));
    var here = byIncarnation.values().stream().filter(session -> !isGone(session)).toList();
    return here.isEmpty() ? sessions.subList(0, 1) : here;
  }

  private static boolean isGone(Worker worker) {
    return worker.getStatus() == WorkerStatus.WORKER_STATUS_OFFLINE;
  }

  private static Duration heardAgo(Worker worker) {
    var ago = worker.getHeardAgo();
    return Duration.ofSeconds(ago.getSeconds(), ago.getNanos());
  }

  private static int distance(WorkerStatus status) {
    return switch (status) {
      case WORKER_STATUS_ONLINE, WORKER_STATUS_DRAINING -> 0;
      case WORKER_STATUS_RESUMING -> 1;
      case WORKER_STATUS_OFFLINE, WORKER_STATUS_UNSPECIFIED, UNRECOGNIZED -> 2;
    };
  }
}
