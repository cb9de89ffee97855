package io.reeve.edge.grpc.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.edge.EdgeSettings;
import io.reeve.session.Session;
import io.reeve.session.WorkerCard;
import io.reeve.v1.Worker;
import io.reeve.v1.WorkerReport;
import io.reeve.v1.WorkerState;
import io.reeve.v1.WorkerStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerRosterTest {

  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final Duration REMEMBERED_FOR = Duration.ofMinutes(10);

  private long nanos = -5;
  private final WorkerRoster roster =
      new WorkerRoster(
          new EdgeSettings.Roster(3, REMEMBERED_FOR, 1 << 20),
          () -> nanos,
          Clock.fixed(NOON, ZoneOffset.UTC));

  @Test
  void showsWhatTheCardSays() {
    var card = connected("wren");
    card.connected(
        new CreditTotals(8, 2, 0, 0, 0),
        3,
        nanos,
        new Session.WorkerFigures("WORKER_STATE_RUNNING", 2, 1, 4, 5, 125, 1 << 20));
    pass(Duration.ofMillis(2500));

    var worker = list().get(0);

    assertThat(worker.getStatus()).isEqualTo(WorkerStatus.WORKER_STATUS_ONLINE);
    assertThat(worker.getCapacity()).isEqualTo(8);
    assertThat(worker.getUrgentReserve()).isEqualTo(2);
    assertThat(worker.getLeases()).isEqualTo(3);
    assertThat(worker.getReport())
        .isEqualTo(
            WorkerReport.newBuilder()
                .setState(WorkerState.WORKER_STATE_RUNNING)
                .setActive(2)
                .setActiveUrgent(1)
                .setQueuedNormal(4)
                .setQueuedUrgent(5)
                .setCpuMillicores(125)
                .setMemoryBytes(1 << 20)
                .build());
    assertThat(worker.getConnectedAt().getSeconds()).isEqualTo(NOON.getEpochSecond());
    assertThat(worker.getHeardAgo())
        .isEqualTo(
            com.google.protobuf.Duration.newBuilder().setSeconds(2).setNanos(500_000_000).build());
    assertThat(worker.getKindsList()).containsExactly("echo");
    assertThat(worker.getNodeAddress()).isEmpty();
  }

  @Test
  void aStreamWithoutAHelloIsNoWorker() {
    var card = roster.opened();
    assertThat(list()).isEmpty();

    roster.ended(card, true);

    assertThat(list()).isEmpty();
  }

  @Test
  void whoIsGoneIsRememberedForAWhile() {
    leave("wren");
    pass(REMEMBERED_FOR.minusNanos(1));
    assertThat(list())
        .singleElement()
        .satisfies(
            worker -> {
              assertThat(worker.getStatus()).isEqualTo(WorkerStatus.WORKER_STATUS_OFFLINE);
              assertThat(worker.getReason()).isEqualTo("LEFT");
            });

    pass(Duration.ofNanos(1));

    assertThat(list()).isEmpty();
  }

  @Test
  void ofManyThatAreGoneTheLastAreRemembered() {
    for (var n = 1; n <= 5; n++) {
      leave("wren-" + n);
    }
    leave("wren-3");
    leave("wren-6");

    assertThat(list())
        .extracting(Worker::getWorkerId)
        .containsExactlyInAnyOrder("wren-3", "wren-5", "wren-6");
  }

  @Test
  void whoCameBackIsKnownByBothSessions() {
    leave("wren");
    connected("wren");

    assertThat(list())
        .extracting(Worker::getStatus)
        .containsExactlyInAnyOrder(
            WorkerStatus.WORKER_STATUS_ONLINE, WorkerStatus.WORKER_STATUS_OFFLINE);
  }

  @Test
  void aSessionThatFailedSaysSo() {
    roster.ended(connected("wren"), true);

    var worker = list().get(0);

    assertThat(worker.getStatus()).isEqualTo(WorkerStatus.WORKER_STATUS_OFFLINE);
    assertThat(worker.getReason()).isEqualTo("SESSION_FAILED");
  }

  @Test
  void anOldSessionThatEndsLateDoesNotHideTheEndOfTheNew() {
    var old = connected("wren");
    pass(Duration.ofSeconds(5));
    leave("wren");

    old.end("SUPERSEDED");
    roster.ended(old, false);

    assertThat(list()).singleElement().extracting(Worker::getReason).isEqualTo("LEFT");
  }

  private void leave(String id) {
    var card = connected(id);
    card.end(false);
    roster.ended(card, false);
  }

  private WorkerCard connected(String id) {
    return EdgeWorkers.connect(roster, id, nanos);
  }

  private List<Worker> list() {
    return roster.sessions();
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }
}
