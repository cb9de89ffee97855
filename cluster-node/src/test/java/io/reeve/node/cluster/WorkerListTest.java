package io.reeve.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import io.reeve.v1.Worker;
import io.reeve.v1.WorkerStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WorkerListTest {

  private static final WorkerStatus ONLINE = WorkerStatus.WORKER_STATUS_ONLINE;
  private static final WorkerStatus RESUMING = WorkerStatus.WORKER_STATUS_RESUMING;
  private static final WorkerStatus OFFLINE = WorkerStatus.WORKER_STATUS_OFFLINE;
  private static final int MUCH = 1 << 20;

  @Test
  void whoIsConnectedElsewhereIsNotGoneFromTheNodeThatItLeft() {
    var left = worker("wren", "a1", OFFLINE, 60);
    var here = worker("wren", "a1", ONLINE, 2);

    assertThat(listed(left, here)).containsExactly(here);
    assertThat(listed(here, left)).containsExactly(here);
  }

  @Test
  void whoIsConnectedIsSoThoughItsOldSessionWasHeardLater() {
    var waits = worker("wren", "a1", RESUMING, 1);
    var here = worker("wren", "a1", ONLINE, 2);

    assertThat(listed(waits, here)).containsExactly(here);
  }

  @Test
  void ofTwoSessionsOfOneProcessThatWhichHeardLaterIsListed() {
    var hung = worker("wren", "a1", ONLINE, 12);
    var here = worker("wren", "a1", WorkerStatus.WORKER_STATUS_DRAINING, 2);

    assertThat(listed(hung, here)).containsExactly(here);
  }

  @Test
  void aProcessThatWasStartedAgainIsListedOnce() {
    var before = worker("wren", "a1", OFFLINE, 3);
    var now = worker("wren", "b2", ONLINE, 5);

    assertThat(listed(before, now)).containsExactly(now);
  }

  @Test
  void ofThoseThatAreGoneTheLastIsRemembered() {
    var first = worker("wren", "a1", OFFLINE, 90);
    var last = worker("wren", "b2", OFFLINE, 30);

    assertThat(listed(first, last)).containsExactly(last);
  }

  @Test
  void twoProcessesOfOneNameAreBothThere() {
    var one = worker("wren", "a1", ONLINE, 1);
    var other = worker("wren", "b2", ONLINE, 2);
    var waits = worker("wren", "c3", RESUMING, 2);

    assertThat(listed(waits, other, one)).containsExactly(one, other, waits);
  }

  @Test
  void poolsOfOneWorkerAreApart() {
    var main = worker("wren", "a1", ONLINE, 1);
    var side = main.toBuilder().setPool("side").setStatus(OFFLINE).build();

    assertThat(listed(side, main)).containsExactly(main, side);
  }

  @Test
  void theOrderIsThatOfTheNamesWhateverTheOrderOfTheAnswers() {
    var workers = new ArrayList<Worker>();
    for (var n = 100; n < 200; n++) {
      workers.add(worker("wren-" + n, "a1", n % 3 == 0 ? OFFLINE : ONLINE, n));
    }
    var shuffled = new ArrayList<>(workers);
    Collections.shuffle(shuffled, new Random(7));

    assertThat(WorkerList.of(shuffled, 0, List.of(), MUCH).getWorkersList()).isEqualTo(workers);
  }

  @Test
  void whatDoesNotFitIsCountedAndThoseThatAreGoneGoFirst() {
    var there = worker("wren-1", "a1", ONLINE, 9);
    var goneLast = worker("wren-2", "a1", OFFLINE, 30);
    var goneFirst = worker("wren-0", "a1", OFFLINE, 90);
    var known = List.of(goneFirst, there, goneLast);
    var whole = WorkerList.of(known, 0, List.of("crane:7355"), MUCH);
    assertThat(whole.getOmitted()).isZero();

    for (var bytesMax = 0; bytesMax <= whole.getSerializedSize() + 20; bytesMax++) {
      var list = WorkerList.of(known, 5, List.of("crane:7355"), bytesMax);

      assertThat(list.getWorkersCount() + list.getOmitted()).isEqualTo(3 + 5);
      assertThat(list.getSilentNodesList()).containsExactly("crane:7355");
      if (list.getWorkersCount() > 0) {
        assertThat(list.getSerializedSize()).isLessThanOrEqualTo(bytesMax);
        assertThat(list.getWorkersList()).contains(there);
      }
      if (list.getWorkersCount() == 2) {
        assertThat(list.getWorkersList()).containsExactly(there, goneLast);
      }
    }
  }

  private static List<Worker> listed(Worker... known) {
    return WorkerList.of(List.of(known), 0, List.of(), MUCH).getWorkersList();
  }

  private static Worker worker(String id, String incarnation, WorkerStatus status, int heardAgo) {
    return Worker.newBuilder()
        .setWorkerId(id)
        .setPool("main")
        .setIncarnation(incarnation)
        .setStatus(status)
        .setHeardAgo(Duration.newBuilder().setSeconds(heardAgo))
        .build();
  }
}
