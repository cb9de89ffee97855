package io.reeve.worker;

import static io.reeve.worker.FakeServer.lease;
import static io.reeve.worker.FakeServer.task;
import static io.reeve.worker.FakeServer.welcome;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.reeve.v1.CancelReason;
import io.reeve.v1.Control;
import io.reeve.v1.Lane;
import io.reeve.v1.Reconnect;
import io.reeve.v1.Settlement;
import io.reeve.v1.WorkerState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A worker against a server over loopback: sessions, credit and settlements. */
class WorkerConnectionTest extends WorkerFixture {

  @Test
  void introducesItselfAndOffersItsCapacity() {
    start(builder().slots(8).urgentPercentage(25).queues("mail", "default"));

    var session = server.session(1);
    var hello = session.hello();

    assertThat(hello.getWorkerId()).isEqualTo("worker-7");
    assertThat(hello.getPool()).isEqualTo("pool-1");
    assertThat(hello.getIncarnation()).isNotEmpty();
    assertThat(hello.getKindsList()).containsExactly("echo", "gate", "deaf");
    assertThat(hello.getQueuesList()).containsExactly("mail", "default");
    assertThat(hello.getCapacity()).isEqualTo(8);
    assertThat(hello.getUrgentReserve()).isEqualTo(2);
    assertThat(hello.getResumeToken()).isEmpty();
    assertThat(session.credits.get(0).getCapacity()).isEqualTo(8);
    assertThat(session.credits.get(0).getUrgentReserve()).isEqualTo(2);
    assertThat(session.credits.get(0).getReleasedTotal()).isZero();
  }

  @Test
  void runsAnAssignmentAcknowledgesItAndReportsItsResult() {
    start(builder());
    var session = server.session(1);

    session.assign(task("t1", "echo", "hello"));

    var settlement = session.settlementOf("t1");
    assertThat(settlement.getFence()).isEqualTo(1);
    assertThat(settlement.getCompleted().getResult().toStringUtf8()).isEqualTo("hello");
    session.awaitReleased(1);
    Await.until("acknowledgement", () -> session.received == 1);
    assertThat(session.batches.get(0).getBatch()).isEqualTo(1);
  }

  @Test
  void eachPoolHasASessionOfItsOwn() {
    start(builder().pools(4));

    server.session(4);

    assertThat(server.allSessions())
        .extracting(session -> session.hello().getPool())
        .containsExactlyInAnyOrder("pool-1", "pool-2", "pool-3", "pool-4");
  }

  @Test
  void theServersHeartbeatIntervalWinsOverTheWorkersOwn() {
    start(builder().set("link.heartbeat-interval", "10m").set("link.silence-max", "1h"));
    var session = server.session(1);

    Await.until("heartbeats", () -> session.heartbeats.size() >= 5);

    assertThat(session.heartbeats.get(0).getSequence()).isEqualTo(1);
    assertThat(session.heartbeats.get(4).getSequence()).isEqualTo(5);
    assertThat(session.heartbeats.get(4).getMemoryBytes()).isPositive();
    assertThat(session.heartbeats.get(0).getState()).isEqualTo(WorkerState.WORKER_STATE_RUNNING);
  }

  @Test
  void aRepeatedAssignmentsMessageChangesNothing() {
    start(builder());
    var session = server.session(1);

    session.assign(task("t1", "echo", "a"));
    session.resend(1, task("t1", "echo", "a"));
    session.assign(task("t2", "echo", "b"));

    session.settlementOf("t2");
    session.awaitReleased(2);
    assertThat(session.settlements())
        .extracting(Settlement::getTaskId)
        .containsExactlyInAnyOrder("t1", "t2");
  }

  @Test
  void aBrokenSessionIsResumedInTimeHoweverLongTheBackoff() {
    start(
        builder()
            .set("link.reconnect.backoff-initial", "1h")
            .set("link.reconnect.backoff-max", "1h"));
    var first = server.session(1);
    first.assign(task("t1", "gate", ""));
    awaitStarted("t1");

    first.end(Status.UNAVAILABLE);

    assertThat(server.session(2).hello().getHeldList()).containsExactly(lease("t1"));
  }

  @Test
  void aSessionThatAnotherTookOverIsNotResumedAndWhatItHeldStops() {
    start(builder());
    var first = server.session(1);
    first.assign(task("t1", "gate", ""));
    awaitStarted("t1");

    first.end(
        StatusProto.toStatusRuntimeException(
            com.google.rpc.Status.newBuilder()
                .setCode(Status.Code.ABORTED.value())
                .addDetails(Any.pack(ErrorInfo.newBuilder().setReason("SUPERSEDED").build()))
                .build()));

    assertThat(server.session(2).hello().getResumeToken()).isEmpty();
    Await.until("the end of t1", () -> cancelled.contains("t1"));
  }

  @Test
  void aWorkerWhoseConnectionBrokeTriesAnotherEndpointFirst() {
    try (var other = new FakeServer()) {
      start(builder().endpoints(server.endpoint(), other.endpoint()));

      server.session(1).end(Status.UNAVAILABLE);

      assertThat(other.session(1).hello().getResumeToken()).isEqualTo("token");
      assertThat(server.sessions()).isEqualTo(1);
    }
  }

  @Test
  void aLaterAttemptRunsWhileAnEarlierOneOfTheSameTaskWindsDown() {
    start(builder().slots(2).urgentPercentage(0));
    var session = server.session(1);
    session.assign(task("t1", "deaf", ""));
    awaitStarted("t1");
    session.cancel("t1", CancelReason.CANCEL_REASON_LEASE_LOST);

    session.assign(task("t1", "echo", "later").toBuilder().setFence(2).setAttempt(2).build());

    var settlement = session.settlementOf("t1");
    assertThat(settlement.getFence()).isEqualTo(2);
    assertThat(settlement.getCompleted().getResult().toStringUtf8()).isEqualTo("later");
  }

  @Test
  void neverRunsMoreThanItsSlotsAndKeepsTheReserveForUrgentTasks() {
    start(builder().slots(4).urgentPercentage(25).prefetch(4));
    var session = server.session(1);

    for (int i = 1; i <= 5; i++) {
      session.assign(task("n" + i, "gate", ""));
    }
    awaitStarted("n3");
    session.assign(task("u1", "gate", "", Lane.LANE_URGENT));
    awaitStarted("u1");
    Await.until(
        "a heartbeat of a full pool",
        () ->
            session.heartbeats.stream()
                .anyMatch(beat -> beat.getActive() == 4 && beat.getQueuedNormal() == 2));

    assertThat(started).containsExactlyInAnyOrder("n1", "n2", "n3", "u1");
  }

  @Test
  void tasksOfALaneStartInTheOrderOfTheirArrivalUrgentOnesFirst() {
    start(builder().slots(1).prefetch(5).urgentPercentage(0));
    var session = server.session(1);
    session.assign(task("first", "gate", ""));
    awaitStarted("first");
    session.assign(
        task("n1", "gate", ""),
        task("u1", "gate", "", Lane.LANE_URGENT),
        task("n2", "gate", ""),
        task("u2", "gate", "", Lane.LANE_URGENT));

    for (var id : List.of("first", "u1", "u2", "n1", "n2")) {
      gateOf(id).countDown();
    }
    session.settlements(5);

    assertThat(started).containsExactly("first", "u1", "u2", "n1", "n2");
  }

  @Test
  void whatIsOverTheCapacityIsHandedBackNotDropped() {
    start(builder().slots(1).prefetch(1).urgentPercentage(0));
    var session = server.session(1);

    session.assign(task("t1", "gate", ""), task("t2", "gate", ""), task("t3", "gate", ""));

    assertThat(session.settlementOf("t3").hasReleased()).isTrue();
    gateOf("t1").countDown();
    gateOf("t2").countDown();
    assertThat(session.settlementOf("t2").hasCompleted()).isTrue();
    session.awaitReleased(3);
  }

  @Test
  void aBrokenStreamIsResumedWithWhatIsHeld() {
    server.acknowledges(false);
    start(builder().slots(2).prefetch(2).urgentPercentage(0));
    var first = server.session(1);
    first.assign(
        task("done", "echo", "x"),
        task("runs1", "gate", ""),
        task("runs2", "gate", ""),
        task("waits", "echo", ""));
    first.settlementOf("done");
    awaitStarted("runs2");
    server.acknowledges(true);

    first.end(Status.UNAVAILABLE);
    var second = server.session(2);

    assertThat(second.hello().getResumeToken()).isEqualTo("token");
    assertThat(second.hello().getIncarnation()).isEqualTo(first.hello().getIncarnation());
    assertThat(second.hello().getHeldList())
        .containsExactlyInAnyOrder(lease("done"), lease("runs1"), lease("runs2"), lease("waits"));
    assertThat(second.settlementOf("done").hasCompleted()).isTrue();
    assertThat(second.batches.get(0).getBatch()).isEqualTo(1);
    gateOf("runs1").countDown();
    gateOf("runs2").countDown();
    second.settlements(4);
    second.awaitReleased(4);
    assertThat(started).containsExactlyInAnyOrder("runs1", "runs2");
  }

  @Test
  void whatANewSessionNoLongerHasIsToldToStopAndNotReported() {
    server.acknowledges(false);
    start(builder().slots(2).urgentPercentage(0).prefetch(2));
    var first = server.session(1);
    first.assign(
        task("done", "echo", ""),
        task("lost", "gate", ""),
        task("kept", "gate", ""),
        task("waits", "echo", ""));
    first.settlementOf("done");
    awaitStarted("kept");
    server.acknowledges(true);
    server.welcomes(
        hello ->
            welcome()
                .addLost(lease("done"))
                .addLost(lease("lost"))
                .addLost(lease("waits"))
                .build());

    first.end(Status.UNAVAILABLE);
    var second = server.session(2);
    Await.until("the signal", () -> cancelled.contains("lost"));
    gateOf("kept").countDown();

    second.settlementOf("kept");
    second.assign(task("next", "echo", ""));
    second.settlementOf("next");
    second.awaitReleased(2);
    assertThat(second.settlements())
        .extracting(Settlement::getTaskId)
        .containsExactly("kept", "next");
  }

  @Test
  void afterFiveReconnectionsTheCreditIsTheCapacity() {
    start(builder().slots(4));
    for (int round = 1; round <= 5; round++) {
      var session = server.session(round);
      session.assign(task("t" + round, "echo", ""));
      session.settlementOf("t" + round);
      session.awaitReleased(1);
      session.end(Status.UNAVAILABLE);
    }

    var last = server.session(6);

    assertThat(last.credits.get(0).getCapacity()).isEqualTo(4);
    assertThat(last.credits.get(0).getReleasedTotal()).isZero();
    assertThat(last.hello().getHeldList()).isEmpty();
  }

  @Test
  void atMostTwoBatchesAreOnTheirWayAndTheRestTravelsTogether() {
    server.acknowledges(false);
    start(
        builder()
            .slots(8)
            .prefetch(100)
            .set("link.settlement-patience", "1h")
            .set("drain.settle-within", "100ms"));
    var session = server.session(1);
    session.assign(task("a", "echo", ""));
    session.settlements(1);
    session.assign(task("b", "echo", ""));
    session.settlements(2);

    for (int i = 0; i < 50; i++) {
      session.assign(task("c" + i, "echo", ""));
    }
    Await.until("all done", () -> worker.figures().values().iterator().next().completed() == 52);
    assertThat(session.batches).hasSize(2);
    assertThat(session.released()).isEqualTo(2);
    session.acknowledge(2);

    session.settlements(52);
    session.awaitReleased(52);
    assertThat(session.batches).hasSize(3);
  }

  @Test
  void batchesThatAreNotAcknowledgedForLongHoldBackNoOthers() {
    server.acknowledges(false);
    start(
        builder()
            .slots(1)
            .set("link.settlement-patience", "20ms")
            .set("drain.settle-within", "100ms"));
    var session = server.session(1);

    for (int i = 0; i < 5; i++) {
      session.assign(task("a" + i, "echo", ""));
      session.settlements(i + 1);
    }

    session.awaitReleased(5);
  }

  @Test
  void aServerThatFallsSilentIsLeft() {
    server.welcomes(
        hello ->
            welcome()
                .setHeartbeatInterval(FakeServer.millis(20))
                .setSilenceMax(FakeServer.millis(150))
                .build());
    start(builder());
    server.session(1);

    server.answers(false);
    Await.until("a second stream", () -> server.sessions() >= 2);
    server.answers(true);

    Await.until(
        "a session",
        () ->
            server.allSessions().stream().skip(1).anyMatch(session -> !session.credits.isEmpty()));
  }

  @Test
  void aServerThatNeverAnswersTheHelloIsTriedAgain() {
    server.answers(false);
    start(builder().set("link.welcome-within", "100ms"));
    Await.until("a second stream", () -> server.sessions() >= 2);

    server.answers(true);

    Await.until(
        "a session",
        () -> server.allSessions().stream().anyMatch(session -> !session.credits.isEmpty()));
  }

  @Test
  void aDeadEndpointIsPassedOver() {
    String dead;
    try (var gone = new FakeServer()) {
      dead = gone.endpoint();
    }

    start(builder().endpoints(dead, server.endpoint()));

    assertThat(server.session(1).hello().getPool()).isEqualTo("pool-1");
  }

  @Test
  void aServerThatLeavesSendsItsWorkersToTheNextEndpoint() {
    try (var other = new FakeServer()) {
      start(builder().endpoints(server.endpoint(), other.endpoint()).slots(1));
      var session = server.session(1);
      session.assign(task("t1", "gate", ""));
      awaitStarted("t1");

      session.order(Control.newBuilder().setReconnect(Reconnect.getDefaultInstance()).build());
      var moved = other.session(1);

      assertThat(moved.hello().getHeldList()).containsExactly(lease("t1"));
      gateOf("t1").countDown();
      assertThat(moved.settlementOf("t1").hasCompleted()).isTrue();
      worker.close();
    }
  }

  @Test
  void aServerThatLeavesNamesOthersBesideTheConfiguredEndpoint() {
    try (var other = new FakeServer()) {
      start(builder());
      var session = server.session(1);

      session.order(
          Control.newBuilder()
              .setReconnect(
                  Reconnect.newBuilder()
                      .addEndpoints("no endpoint")
                      .addEndpoints("127.0.0.1:1")
                      .addEndpoints(other.endpoint()))
              .build());
      other.session(1);
    }

    assertThat(server.session(2).hello().getResumeToken())
        .as("the configured endpoint is not forgotten")
        .isEqualTo("token");
  }

  @Test
  void aRefusedHelloIsToldAndRepeatedUntilItIsHopeless() throws InterruptedException {
    var reasons = new CopyOnWriteArrayList<String>();
    server.refuses(Status.INVALID_ARGUMENT.withDescription("no such queue"));

    start(
        builder()
            .set("link.refusals-max", 3)
            .listener(
                new WorkerListener() {
                  @Override
                  public void notConnected(String pool, String endpoint, String reason) {
                    reasons.add(reason);
                  }
                }));

    assertThat(worker.awaitTermination(Duration.ofSeconds(20))).isTrue();
    assertThat(reasons).containsExactly("INVALID_ARGUMENT: no such queue");
    assertThat(worker.worstEnd()).isEqualTo(PoolEnd.FAILED);
    assertThat(server.sessions()).isEqualTo(3);
  }

  @Test
  void aRefusedResumptionIsFollowedByAFreshStart() {
    start(builder().slots(1));
    var first = server.session(1);
    first.assign(task("t1", "gate", ""));
    awaitStarted("t1");
    server.refuses(Status.NOT_FOUND);

    first.end(Status.UNAVAILABLE);
    Await.until("the signal", () -> cancelled.contains("t1"));
    server.refuses(null);

    Await.until(
        "a fresh session",
        () ->
            server.allSessions().stream()
                .skip(1)
                .anyMatch(
                    session ->
                        !session.credits.isEmpty() && session.hello().getResumeToken().isEmpty()));
  }

  @Test
  void theServerMayWantLessAndNeverMoreThanTheCapacity() {
    start(builder().slots(4).urgentPercentage(25));
    var session = server.session(1);

    session.order(Control.newBuilder().setDesiredCapacity(2).build());
    Await.until("less", () -> session.lastCredit().getCapacity() == 2);
    assertThat(session.lastCredit().getUrgentReserve()).isZero();

    session.order(Control.newBuilder().setDesiredCapacity(100).build());
    Await.until("all", () -> session.lastCredit().getCapacity() == 4);
  }
}
