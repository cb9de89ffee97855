package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.reeve.session.Session;
import io.reeve.v1.Completed;
import io.reeve.v1.Credit;
import io.reeve.v1.Hello;
import io.reeve.v1.LeaseRef;
import io.reeve.v1.Settlement;
import io.reeve.v1.Settlements;
import io.reeve.v1.WorkerMessage;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every field of a worker's messages that is bounded: a value at its bound passes, and the next one
 * beyond ends the stream with its reason and the name of the field.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkerFieldBoundsTest {

  private static final int CAPACITY = 10_000;
  private static final String TOKEN = "0123456789abcdef0123456789abcdef.1";
  private static final String CAPACITY_REASON = "CAPACITY_OUT_OF_BOUNDS";

  private final EdgeFixture edge = EdgeFixture.start();

  @AfterAll
  void stop() {
    edge.close();
  }

  static Stream<Bound<Hello.Builder>> helloBounds() {
    return Stream.of(
        Bound.of(
            "worker_id", "longest", h -> h.setWorkerId(text(128)), h -> h.setWorkerId(text(129))),
        Bound.of("pool", "longest", h -> h.setPool(text(128)), h -> h.setPool(text(129))),
        Bound.of(
            "incarnation",
            "longest",
            h -> h.setIncarnation(text(64)),
            h -> h.setIncarnation(text(65))),
        Bound.of("kinds", "most", h -> kinds(h, 1000), h -> kinds(h, 1001)),
        Bound.of("kinds[1]", "longest", h -> h.addKinds(text(128)), h -> h.addKinds(text(129))),
        Bound.of("queues", "most", h -> queues(h, 1000), h -> queues(h, 1001)),
        Bound.of("queues[0]", "longest", h -> h.addQueues(text(128)), h -> h.addQueues(text(129))),
        Bound.of("labels", "most", h -> labels(h, 32), h -> labels(h, 33)),
        Bound.of(
            "labels",
            "longest name",
            h -> h.putLabels(text(128), ""),
            h -> h.putLabels(text(129), "")),
        Bound.of(
            "labels",
            "longest value",
            h -> h.putLabels("n", text(128)),
            h -> h.putLabels("n", text(129))),
        Bound.<Hello.Builder>of("capacity", "least", h -> h.setCapacity(1), h -> h.setCapacity(0))
            .withReason(CAPACITY_REASON),
        Bound.<Hello.Builder>of(
                "capacity", "most", h -> h.setCapacity(CAPACITY), h -> h.setCapacity(CAPACITY + 1))
            .withReason(CAPACITY_REASON),
        Bound.<Hello.Builder>of(
                "urgent_reserve", "least", h -> h.setUrgentReserve(0), h -> h.setUrgentReserve(-1))
            .withReason(CAPACITY_REASON),
        Bound.<Hello.Builder>of(
                "urgent_reserve",
                "most",
                h -> h.setCapacity(4).setUrgentReserve(3),
                h -> h.setCapacity(4).setUrgentReserve(4))
            .withReason(CAPACITY_REASON),
        Bound.<Hello.Builder>of(
                "held", "most", h -> held(h, 4 * CAPACITY), h -> held(h, 4 * CAPACITY + 1))
            .withReason(CAPACITY_REASON));
  }

  @ParameterizedTest
  @MethodSource("helloBounds")
  void ofAHello(Bound<Hello.Builder> bound) throws InterruptedException {
    var taken = connect(bound.at());
    taken.end(edge.nextSession());

    workerRefused(connect(bound.beyond()), "hello." + bound.field(), bound.reason());
    assertThat(edge.sessions).isEmpty();
  }

  static Stream<Bound<WorkerMessage.Builder>> messageBounds() {
    return Stream.of(
        credit("capacity", "least", c -> c.setCapacity(0), c -> c.setCapacity(-1))
            .withReason(CAPACITY_REASON),
        credit("capacity", "most", c -> c.setCapacity(CAPACITY), c -> c.setCapacity(CAPACITY + 1))
            .withReason(CAPACITY_REASON),
        credit(
                "urgent_reserve",
                "most",
                c -> c.setCapacity(4).setUrgentReserve(3),
                c -> c.setCapacity(4).setUrgentReserve(4))
            .withReason(CAPACITY_REASON),
        credit("released_total", "least", c -> c.setReleasedTotal(0), c -> c.setReleasedTotal(-1)),
        Bound.of(
            "settlements.batch",
            "least",
            m -> m.setSettlements(Settlements.newBuilder().setBatch(1)),
            m -> m.setSettlements(Settlements.newBuilder().setBatch(0))),
        Bound.of(
            "settlements",
            "most",
            m -> m.setSettlements(settlements(10_000)),
            m -> m.setSettlements(settlements(10_001))));
  }

  @ParameterizedTest
  @MethodSource("messageBounds")
  void ofALaterMessage(Bound<WorkerMessage.Builder> bound) throws InterruptedException {
    var worker = connect(h -> {});
    var session = edge.nextSession();
    worker.say(message(bound.at()));
    assertThat(session.next()).isNotInstanceOf(Session.StreamClosed.class);

    worker.say(message(bound.beyond()));

    workerRefused(worker, bound.field(), bound.reason());
    worker.end(session);
  }

  @Test
  void aMessageOverTheLimitEndsTheStreamWithItsReason() throws InterruptedException {
    var worker = connect(h -> {});
    var session = edge.nextSession();
    var most = edge.settings.server().messageBytesMax();
    var result = ByteString.copyFrom(new byte[most]);
    worker.say(
        WorkerMessage.newBuilder()
            .setSettlements(
                Settlements.newBuilder()
                    .setBatch(1)
                    .addSettlements(
                        Settlement.newBuilder()
                            .setTaskId("1-2")
                            .setFence(1)
                            .setCompleted(Completed.newBuilder().setResult(result)))));

    var refusal = worker.refusal();
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("MESSAGE_TOO_LARGE");
    assertThat(EdgeFixture.retryInfo(refusal)).isEmpty();
    assertThat(session.next()).isInstanceOf(Session.StreamClosed.class);
    worker.end(session);
  }

  private StreamedWorker connect(Consumer<Hello.Builder> change) {
    var hello =
        Hello.newBuilder()
            .setWorkerId("crane")
            .setPool("main")
            .setIncarnation("run-1")
            .addKinds("echo")
            .setCapacity(4);
    change.accept(hello);
    var worker = new StreamedWorker(edge);
    worker.say(WorkerMessage.newBuilder().setHello(hello));
    return worker;
  }

  private static void workerRefused(StreamedWorker worker, String field, String reason) {
    var refusal = worker.refusal();
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo(reason);
    assertThat(EdgeFixture.field(refusal)).isEqualTo(field);
  }

  private static WorkerMessage.Builder message(Consumer<WorkerMessage.Builder> change) {
    var message = WorkerMessage.newBuilder();
    change.accept(message);
    return message;
  }

  private static Bound<WorkerMessage.Builder> credit(
      String field, String which, Consumer<Credit.Builder> at, Consumer<Credit.Builder> beyond) {
    return Bound.of(
        "credit." + field,
        which,
        m -> at.accept(m.getCreditBuilder()),
        m -> beyond.accept(m.getCreditBuilder()));
  }

  private static Settlements settlements(int count) {
    var batch = Settlements.newBuilder().setBatch(1);
    for (var i = 1; i <= count; i++) {
      batch.addSettlements(
          Settlement.newBuilder()
              .setTaskId("1-" + i)
              .setFence(1)
              .setCompleted(Completed.getDefaultInstance()));
    }
    return batch.build();
  }

  // ---- Values -----------------------------------------------------------------------------------

  private static String text(int chars) {
    return "x".repeat(chars);
  }

  private static void labels(Hello.Builder hello, int count) {
    IntStream.range(0, count).forEach(i -> hello.putLabels("n" + i, ""));
  }

  private static void kinds(Hello.Builder hello, int count) {
    hello.clearKinds();
    IntStream.range(0, count).forEach(i -> hello.addKinds("k" + i));
  }

  private static void queues(Hello.Builder hello, int count) {
    IntStream.range(0, count).forEach(i -> hello.addQueues("q" + i));
  }

  private static void held(Hello.Builder hello, int count) {
    hello.setResumeToken(TOKEN);
    IntStream.rangeClosed(1, count)
        .forEach(i -> hello.addHeld(LeaseRef.newBuilder().setTaskId("1-" + i).setFence(1)));
  }
}
