package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.reeve.domain.session.SettlementBatches;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Outcome;
import io.reeve.domain.task.TaskId;
import io.reeve.partition.Assignment;
import io.reeve.session.Session;
import io.reeve.session.WorkerStream.SessionRefusal;
import io.reeve.v1.Completed;
import io.reeve.v1.Credit;
import io.reeve.v1.Failed;
import io.reeve.v1.Failure;
import io.reeve.v1.Goodbye;
import io.reeve.v1.Heartbeat;
import io.reeve.v1.Hello;
import io.reeve.v1.LeaseRef;
import io.reeve.v1.Progress;
import io.reeve.v1.Received;
import io.reeve.v1.Settlement;
import io.reeve.v1.Settlements;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.WorkerMessage;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkerServiceEdgeTest {

  private static final Hello HELLO =
      Hello.newBuilder()
          .setWorkerId("crane")
          .setPool("main")
          .setIncarnation("run-1")
          .addKinds("echo")
          .setCapacity(4)
          .setUrgentReserve(1)
          .build();

  private static final String TOKEN = "0123456789abcdef0123456789abcdef.1";

  private final EdgeFixture edge =
      EdgeFixture.start(
          "reeve.session.hello-within = 1s, reeve.grpc.worker { sessions-max = 3, buffer = 8,"
              + " linger-after-end = 200ms }");

  @AfterAll
  void stop() {
    edge.close();
  }

  // ---- Hello ------------------------------------------------------------------------------------

  @Test
  void helloOpensASessionAndItsWelcomeReachesTheWorker() throws InterruptedException {
    var worker = new StreamedWorker(edge);
    worker.say(WorkerMessage.newBuilder().setHello(HELLO));
    var session = edge.nextSession();
    session.stream()
        .offer(
            new Session.Welcome(
                "session-1",
                Objects.requireNonNull(Session.ResumeToken.parse(TOKEN)),
                new Session.Settings(
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(4),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(5),
                    Duration.ofMillis(5500),
                    10_000),
                256,
                List.of(new Session.Lease(new TaskId(1, 2), 3))));

    var welcome = worker.next().getWelcome();
    assertThat(session.hello().queues()).containsExactly("default");
    assertThat(session.hello().kinds()).isEqualTo(Set.of("echo"));
    assertThat(welcome.getResumeToken()).isEqualTo(TOKEN);
    assertThat(welcome.getResumeWithin())
        .isEqualTo(
            com.google.protobuf.Duration.newBuilder().setSeconds(5).setNanos(500_000_000).build());
    assertThat(welcome.getResultBytesMax()).isEqualTo(edge.settings.tasks().resultBytesMax());
    assertThat(welcome.getBatchesMax()).isEqualTo(256);
    assertThat(welcome.getServerVersion()).isEqualTo("1.2.3");
    assertThat(welcome.getLostList())
        .containsExactly(LeaseRef.newBuilder().setTaskId("1-2").setFence(3).build());
    worker.end(session);
  }

  static List<Arguments> wrongHellos() {
    return List.of(
        Arguments.of("hello.worker_id", HELLO.toBuilder().setWorkerId(" ")),
        Arguments.of("hello.worker_id", HELLO.toBuilder().setWorkerId("a\nb")),
        Arguments.of("hello.worker_id", HELLO.toBuilder().setWorkerId("\u202ea")),
        Arguments.of("hello.pool", HELLO.toBuilder().setPool("")),
        Arguments.of("hello.incarnation", HELLO.toBuilder().setIncarnation("i".repeat(65))),
        Arguments.of("hello.kinds", HELLO.toBuilder().clearKinds()),
        Arguments.of("hello.kinds", HELLO.toBuilder().addKinds("*")),
        Arguments.of("hello.kinds[1]", HELLO.toBuilder().addKinds("a b")),
        Arguments.of("hello.queues[0]", HELLO.toBuilder().addQueues("")),
        Arguments.of("hello.capacity", HELLO.toBuilder().setCapacity(0)),
        Arguments.of("hello.capacity", HELLO.toBuilder().setCapacity(10_001)),
        Arguments.of("hello.urgent_reserve", HELLO.toBuilder().setUrgentReserve(4)),
        Arguments.of("hello.urgent_reserve", HELLO.toBuilder().setUrgentReserve(-1)),
        Arguments.of("hello.resume_token", HELLO.toBuilder().setResumeToken("secret")),
        Arguments.of("hello.held", HELLO.toBuilder().addHeld(lease("1-1", 1))),
        Arguments.of(
            "hello.held.task_id", HELLO.toBuilder().setResumeToken(TOKEN).addHeld(lease("one", 1))),
        Arguments.of(
            "hello.held.fence", HELLO.toBuilder().setResumeToken(TOKEN).addHeld(lease("1-1", 0))),
        Arguments.of(
            "hello.held",
            HELLO.toBuilder()
                .setResumeToken(TOKEN)
                .addHeld(lease("1-1", 7))
                .addHeld(lease("1-2", 7))
                .addHeld(lease("1-1", 7))),
        Arguments.of("hello.held", holding(4 * 10_000 + 1)),
        Arguments.of("hello.labels", HELLO.toBuilder().putLabels("", "v")));
  }

  private static Hello.Builder holding(int leases) {
    var hello = HELLO.toBuilder().setResumeToken(TOKEN);
    for (var i = 1; i <= leases; i++) {
      hello.addHeld(lease("1-" + i, 1));
    }
    return hello;
  }

  @Test
  void aResumingWorkerMayNameFourTimesTheLargestCapacity() throws InterruptedException {
    var worker = new StreamedWorker(edge);
    worker.say(WorkerMessage.newBuilder().setHello(holding(4 * 10_000)));

    var session = edge.nextSession();
    assertThat(session.hello().held()).hasSize(40_000);
    worker.end(session);
  }

  @ParameterizedTest
  @MethodSource("wrongHellos")
  void aWrongHelloIsRefusedByName(String field, Hello.Builder hello) {
    var worker = new StreamedWorker(edge);
    worker.say(WorkerMessage.newBuilder().setHello(hello));

    var refusal = worker.refusal();
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(EdgeFixture.field(refusal)).isEqualTo(field);
    assertThat(edge.sessions).isEmpty();
  }

  @Test
  void whatComesBeforeHelloIsRefused() {
    var worker = new StreamedWorker(edge);
    worker.say(WorkerMessage.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()));

    var refusal = worker.refusal();
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("HELLO_EXPECTED");
  }

  @Test
  void aStreamWithoutHelloEnds() {
    var refusal = new StreamedWorker(edge).refusal();

    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("HELLO_LATE");
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void aSecondHelloEndsTheStream() throws InterruptedException {
    var worker = new StreamedWorker(edge);
    worker.say(WorkerMessage.newBuilder().setHello(HELLO));
    var session = edge.nextSession();
    worker.say(WorkerMessage.newBuilder().setHello(HELLO));

    assertThat(EdgeFixture.errorInfo(worker.refusal()).getReason()).isEqualTo("SECOND_HELLO");
    assertThat(session.next()).isInstanceOf(Session.StreamClosed.class);
    worker.end(session);
  }

  @Test
  void sessionsAreBounded() throws InterruptedException {
    var first = connected();
    var second = connected();
    var third = connected();
    var fourth = new StreamedWorker(edge);
    fourth.say(WorkerMessage.newBuilder().setHello(HELLO));

    var refusal = fourth.refusal();
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("TOO_MANY_SESSIONS");
    for (var worker : List.of(first, second, third)) {
      worker.end(worker.session());
    }
  }

  // ---- What the worker says ---------------------------------------------------------------------

  @Test
  void everyMessageReachesTheSessionInOrderAndInItsWords() throws InterruptedException {
    var worker = connected();
    worker.say(
        WorkerMessage.newBuilder()
            .setCredit(Credit.newBuilder().setCapacity(4).setUrgentReserve(1).setReleasedTotal(9)));
    worker.say(WorkerMessage.newBuilder().setReceived(Received.newBuilder().setSequence(2)));
    worker.say(
        WorkerMessage.newBuilder()
            .setProgress(
                Progress.newBuilder()
                    .setTaskId("1-2")
                    .setFence(3)
                    .setPercent(Double.NaN)
                    .setMessage("m".repeat(2000))));
    worker.say(WorkerMessage.newBuilder());
    worker.say(WorkerMessage.newBuilder().setHeartbeat(Heartbeat.newBuilder().setSequence(5)));
    worker.say(WorkerMessage.newBuilder().setGoodbye(Goodbye.newBuilder().setReason("done")));

    var session = worker.session();
    assertThat(session.next()).isEqualTo(new Session.CreditStated(4, 1, 9));
    assertThat(session.next()).isEqualTo(new Session.ReceivedUpTo(2));
    assertThat(session.next())
        .isEqualTo(new Session.ProgressMade(new TaskId(1, 2), 3, 0, "m".repeat(1024)));
    assertThat(((Session.Beat) session.next()).sequence()).isEqualTo(5);
    assertThat(session.next()).isEqualTo(new Session.Goodbye("done"));
    assertThat(worker.completed()).succeedsWithin(Duration.ofSeconds(5));
  }

  @Test
  void settlementsKeepTheirOrderAndPartitions() throws InterruptedException {
    var worker = connected();
    var tooLarge = new byte[edge.settings.tasks().resultBytesMax() + 1];
    worker.say(
        WorkerMessage.newBuilder()
            .setSettlements(
                Settlements.newBuilder()
                    .setBatch(1)
                    .addSettlements(
                        Settlement.newBuilder()
                            .setTaskId("1-2")
                            .setFence(1)
                            .setCompleted(
                                Completed.newBuilder().setResult(ByteString.copyFromUtf8("ok"))))
                    .addSettlements(
                        Settlement.newBuilder()
                            .setTaskId("3-4")
                            .setFence(2)
                            .setFailed(
                                Failed.newBuilder()
                                    .setFailure(
                                        Failure.newBuilder().setMessage("\u20ac".repeat(9000)))
                                    .setRetryAfter(
                                        com.google.protobuf.Duration.newBuilder().setSeconds(2))))
                    .addSettlements(
                        Settlement.newBuilder()
                            .setTaskId("0-6")
                            .setFence(1)
                            .setCompleted(
                                Completed.newBuilder().setResult(ByteString.copyFrom(tooLarge))))));

    var settled = (Session.Settled) worker.session().next();
    var parts = settled.parts();
    assertThat(parts).extracting(SettlementBatches.Part::partition).containsExactly(1, 3, 0);
    assertThat(parts.get(0).settlements().get(0).result()).isEqualTo("ok".getBytes(UTF_8));
    var failed = parts.get(1).settlements().get(0);
    assertThat(failed.retryAfterMs()).isEqualTo(2000);
    assertThat(Objects.requireNonNull(failed.failure()).type()).isEqualTo(FailureType.ERROR);
    assertThat(failed.failure().message()).isEqualTo("\u20ac".repeat(8192 / 3));
    var over = parts.get(2).settlements().get(0);
    assertThat(over.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(over.permanent()).isTrue();
    assertThat(Objects.requireNonNull(over.failure()).code()).isEqualTo("RESULT_TOO_LARGE");
    assertThat(over.failure().type())
        .as("as the worker itself reports it")
        .isEqualTo(FailureType.ERROR);
    worker.end(worker.session());
  }

  private static final java.nio.charset.Charset UTF_8 = java.nio.charset.StandardCharsets.UTF_8;

  @Test
  void aMalformedSettlementIsRefusedByItselfAndTheOthersOfItsBatchAreTaken()
      throws InterruptedException {
    var worker = connected();
    var completed = Completed.getDefaultInstance();
    worker.say(
        WorkerMessage.newBuilder()
            .setSettlements(
                Settlements.newBuilder()
                    .setBatch(1)
                    .addSettlements(
                        Settlement.newBuilder()
                            .setTaskId("9-1")
                            .setFence(1)
                            .setCompleted(completed))
                    .addSettlements(
                        Settlement.newBuilder().setTaskId("1-2").setCompleted(completed))
                    .addSettlements(
                        Settlement.newBuilder()
                            .setTaskId("1-3")
                            .setFence(4)
                            .setCompleted(completed))
                    .addSettlements(Settlement.newBuilder().setTaskId("1-4").setFence(5))));

    var settled = (Session.Settled) worker.session().next();
    assertThat(settled.parts()).extracting(SettlementBatches.Part::partition).containsExactly(1);
    assertThat(settled.parts().get(0).settlements())
        .extracting(s -> s.sequence())
        .containsExactly(3L);
    assertThat(settled.malformed())
        .extracting(Session.RefusedSettlement::taskId)
        .containsExactly("9-1", "1-2", "1-4");
    worker.session().stream().offer(new Session.SettlementAck(1, settled.malformed()));
    assertThat(worker.next().getSettlementAck().getRefusedList())
        .extracting(refused -> refused.getReason())
        .containsOnly("MALFORMED_SETTLEMENT");
    worker.end(worker.session());
  }

  @Test
  void aBatchIsPartedByPartitionEachInTheWorkersOrder() throws InterruptedException {
    var worker = connected();
    var batch = Settlements.newBuilder().setBatch(1);
    for (var id : List.of("3-9", "1-2", "3-4", "1-7", "3-5")) {
      batch.addSettlements(
          Settlement.newBuilder()
              .setTaskId(id)
              .setFence(1)
              .setCompleted(Completed.getDefaultInstance()));
    }

    worker.say(WorkerMessage.newBuilder().setSettlements(batch));

    var parts = ((Session.Settled) worker.session().next()).parts();
    assertThat(parts).extracting(SettlementBatches.Part::partition).containsExactly(3, 1);
    assertThat(parts.get(0).settlements())
        .extracting(s -> s.sequence())
        .containsExactly(9L, 4L, 5L);
    assertThat(parts.get(1).settlements()).extracting(s -> s.sequence()).containsExactly(2L, 7L);
    worker.end(worker.session());
  }

  @Test
  void aBatchWithoutSettlementsIsTaken() throws InterruptedException {
    var worker = connected();

    worker.say(WorkerMessage.newBuilder().setSettlements(Settlements.newBuilder().setBatch(1)));

    assertThat(((Session.Settled) worker.session().next()).parts()).isEmpty();
    worker.end(worker.session());
  }

  @Test
  void textsAndWaitsOfAWorkerAreCutToTheirBounds() throws InterruptedException {
    var worker = new StreamedWorker(edge);
    worker.say(
        WorkerMessage.newBuilder()
            .setHello(HELLO.toBuilder().setClient("c".repeat(2000)).setHost("h".repeat(2000))));
    worker.session = edge.nextSession();
    assertThat(worker.session().hello().client()).hasSize(1024);
    assertThat(worker.session().hello().host()).hasSize(1024);
    worker.say(
        WorkerMessage.newBuilder()
            .setSettlements(
                Settlements.newBuilder()
                    .setBatch(1)
                    .addSettlements(
                        Settlement.newBuilder()
                            .setTaskId("1-2")
                            .setFence(1)
                            .setFailed(
                                Failed.newBuilder()
                                    .setFailure(Failure.newBuilder().setCode("c".repeat(300)))
                                    .setRetryAfter(
                                        com.google.protobuf.Duration.newBuilder()
                                            .setSeconds(1_000_000_000))))));

    var failed = ((Session.Settled) worker.session().next()).parts().get(0).settlements().get(0);
    assertThat(Objects.requireNonNull(failed.failure()).code()).hasSize(256);
    assertThat(failed.retryAfterMs()).isEqualTo(Duration.ofDays(365).toMillis());
    worker.end(worker.session());
  }

  @Test
  void aWorkerThatHalfClosesWithoutAGoodbyeMayResume() throws InterruptedException {
    var worker = connected();

    worker.halfClose();

    assertThat(worker.session().next()).isInstanceOf(Session.StreamClosed.class);
    worker.end(worker.session());
  }

  // ---- What the server says ---------------------------------------------------------------------

  @Test
  void assignmentsCarryTheSpecAsItWasSubmitted() throws InterruptedException {
    var worker = connected();
    var spec = TaskSpec.newBuilder().setKind("echo").setName("n").build();
    worker.session().stream()
        .offer(
            new Session.Assignments(
                1,
                2,
                List.of(
                    new Assignment(
                        7, 3, 1, Lane.URGENT, false, 1000, 2000, 500, spec.toByteArray()))));

    var assignment = worker.next().getAssignments().getAssignments(0);
    assertThat(assignment.getTaskId()).isEqualTo("2-7");
    assertThat(assignment.getSpec()).isEqualTo(spec);
    assertThat(assignment.getExecutionTimeoutMs()).isEqualTo(2000);
    worker.end(worker.session());
  }

  @Test
  void aRefusalOfTheSessionArrivesTyped() throws InterruptedException {
    var worker = connected();
    worker.session().stream().refuse(new SessionRefusal("STALE_LEASE", "expected X", true));

    var refusal = worker.refusal();
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("STALE_LEASE");
    worker.end(worker.session());
  }

  @Test
  void aSessionThatFailsEndsItsStreamWithARetry() throws InterruptedException {
    var worker = connected();
    worker.say(
        WorkerMessage.newBuilder().setGoodbye(Goodbye.newBuilder().setReason(EdgeFixture.POISON)));

    var refusal = worker.refusal();
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("SESSION_FAILED");
    assertThat(EdgeFixture.retryInfo(refusal)).isPresent();
  }

  @Test
  void aWorkerThatDoesNotReadFillsItsBufferAndTheSessionIsTold() throws InterruptedException {
    var worker = connected();
    var large =
        new Session.Assignments(
            1, 2, List.of(new Assignment(7, 3, 1, Lane.NORMAL, false, 1, 1, 1, new byte[1 << 20])));
    worker.stopReading();

    var offered = 0;
    while (offered < 1000 && worker.session().stream().offer(large)) {
      offered++;
    }

    assertThat(offered).isBetween(8, 999);
    worker.end(worker.session());
  }

  @Test
  void aSessionHearsThatItsWorkerIsGone() throws InterruptedException {
    var worker = connected();
    worker.cancel();

    assertThat(worker.session().next()).isInstanceOf(Session.StreamClosed.class);
    worker.end(worker.session());
  }

  // ---- Playing a worker -------------------------------------------------------------------------

  private StreamedWorker connected() throws InterruptedException {
    var worker = new StreamedWorker(edge);
    worker.say(WorkerMessage.newBuilder().setHello(HELLO));
    worker.session = edge.nextSession();
    return worker;
  }

  private static LeaseRef lease(String id, long fence) {
    return LeaseRef.newBuilder().setTaskId(id).setFence(fence).build();
  }
}
