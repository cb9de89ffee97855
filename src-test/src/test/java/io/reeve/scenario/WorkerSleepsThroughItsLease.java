package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.ReeveClient;
import io.reeve.client.TaskRequest;
import io.reeve.v1.TaskState;
import io.reeve.v1.Worker;
import io.reeve.v1.WorkerStatus;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A worker's machine stops for longer than its lease, as under a long pause or a suspended laptop.
 * When it goes on it believes that it still holds the task; the fence says otherwise.
 */
class WorkerSleepsThroughItsLease {

  private static final Duration SOON = Duration.ofSeconds(30);

  /** Seconds instead of tens of seconds; the proportions are those of the defaults. */
  private static final String[] SHORT = {
    "reeve.partition.lease.duration=4s",
    "reeve.session.heartbeat-interval=500ms",
    "reeve.session.silence-max=2s",
    "reeve.session.received-within=1500ms",
    "reeve.session.resume-within=1s",
    "reeve.session.attach-within=500ms"
  };

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  void whatItReportsLateIsRefused() {
    var node = fleet.node(SHORT);
    var sleeper = fleet.worker("sleeper", node, 1);
    try (var client = node.client()) {
      // A lease may be out before a slow worker has heard that it is welcome.
      Await.until("the worker has a session", SOON, () -> sleeper.said().contains("registered at"));
      var id = client.submit(sleepFor("4s")).taskId();
      Await.until("the worker runs it", SOON, () -> client.get(id).getWorkerId().equals("sleeper"));
      Await.until(
          "the worker is listed with it",
          SOON,
          () -> listed(client, "sleeper").filter(w -> w.getReport().getActive() == 1).isPresent());
      assertThat(listed(client, "sleeper").orElseThrow().getStatus())
          .isEqualTo(WorkerStatus.WORKER_STATUS_ONLINE);

      sleeper.suspend();
      fleet.worker("heir", node, 1);
      Await.until(
          "the worker is listed as gone",
          SOON,
          () ->
              listed(client, "sleeper")
                  .filter(w -> w.getStatus() == WorkerStatus.WORKER_STATUS_OFFLINE)
                  .isPresent());
      assertThat(listed(client, "sleeper").orElseThrow())
          .satisfies(
              gone -> {
                assertThat(gone.getReason()).isEqualTo("SILENT");
                assertThat(gone.getHeardAgo().getSeconds()).isGreaterThanOrEqualTo(2);
                assertThat(gone.getLeases()).isZero();
              });
      Await.until(
          "the other worker is listed with the task",
          SOON,
          () -> listed(client, "heir").filter(w -> w.getReport().getActive() == 1).isPresent());
      var ended = client.awaitResult(id, SOON);

      assertThat(ended.getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
      assertThat(ended.getWorkerId()).isEqualTo("heir");
      assertThat(ended.getAttempt()).as("a lost worker costs no attempt").isEqualTo(1);
      assertThat(ended.getLosses()).isEqualTo(1);

      sleeper.resume();
      Await.until(
          "the worker notices that its session is gone",
          SOON,
          () -> sleeper.said().contains("lost " + node.endpoint()));
      var next = client.submitAll(Collections.nCopies(4, sleepFor("1s"))).taskIds();
      Await.until(
          "the worker is back and gets work",
          SOON,
          () -> next.stream().anyMatch(n -> client.get(n).getWorkerId().equals("sleeper")));
      assertThat(listed(client, "sleeper").orElseThrow().getStatus())
          .isEqualTo(WorkerStatus.WORKER_STATUS_ONLINE);
      next.forEach(n -> client.awaitResult(n, SOON));
      assertThat(client.get(id)).isEqualTo(ended);
    }
    judge();
  }

  @Test
  void aWorkerThatSettlesUnderAnOldFenceIsToldThatItIsStale() {
    var node = fleet.node(SHORT);
    try (var client = node.client()) {
      var id = client.submit(sleepFor("0s")).taskId();
      try (var first = PlainWorker.thatKeeps("first", node, 1)) {
        Await.until("the first worker has it", SOON, () -> first.kept().size() == 1);
      }
      // It left without a settlement, so the task is open again.
      try (var second = PlainWorker.thatCompletes("second", node, 1)) {
        assertThat(client.awaitResult(id, SOON).getWorkerId()).isEqualTo("second");
        var ended = client.get(id);
        assertThat(ended.getFence()).isEqualTo(2);
        assertThat(second.completed()).isEqualTo(1);

        try (var late = PlainWorker.thatKeeps("first", node, 1)) {
          late.complete(id, 1);
          Await.until("the late settlement is answered", SOON, late::isSettled);

          assertThat(late.refused())
              .singleElement()
              .satisfies(
                  refusal -> {
                    assertThat(refusal.getTaskId()).isEqualTo(id);
                    assertThat(refusal.getFence()).isEqualTo(1);
                    assertThat(refusal.getReason()).isEqualTo("STALE_LEASE");
                  });
        }
        assertThat(client.get(id)).isEqualTo(ended);
      }
    }
    judge();
  }

  /** The worker of this id, once in the list at most. */
  private static Optional<Worker> listed(ReeveClient client, String id) {
    var listed =
        client.workers().getWorkersList().stream().filter(w -> w.getWorkerId().equals(id)).toList();
    assertThat(listed).hasSizeLessThanOrEqualTo(1);
    return listed.stream().findFirst();
  }

  private void judge() {
    var history = new History(fleet);
    history.readOn();
    assertThat(history.checker().violations()).isEmpty();
    assertThat(history.checker().unfinished()).isEmpty();
  }

  private static TaskRequest sleepFor(String time) {
    return TaskRequest.of("sleep").payload(time).backoffInitial(Duration.ZERO).build();
  }
}
