package io.reeve.worker;

import static io.reeve.worker.FakeServer.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.v1.CancelReason;
import io.reeve.v1.Control;
import io.reeve.v1.Drain;
import io.reeve.v1.FailureType;
import io.reeve.v1.Resume;
import io.reeve.v1.Settlement;
import io.reeve.v1.Shutdown;
import io.reeve.v1.WorkerState;
import io.reeve.worker.link.ProcessFigures;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A worker against a server over loopback: how attempts, slots and pools come to an end. */
class WorkerEndTest extends WorkerFixture {

  @Test
  void aCancelledTaskIsToldToStopAndItsSlotIsFree() {
    start(builder().slots(1).urgentPercentage(0));
    var session = server.session(1);
    session.assign(task("t1", "gate", ""));
    awaitStarted("t1");

    session.cancel("t1", CancelReason.CANCEL_REASON_CANCELLED);

    session.awaitReleased(1);
    Await.until("the signal", () -> cancelled.contains("t1"));
    session.assign(task("t2", "echo", ""));
    session.settlementOf("t2");
    assertThat(session.settlements()).extracting(Settlement::getTaskId).containsExactly("t2");
  }

  @Test
  void aTaskCancelledWhileItWaitsNeverStarts() {
    start(builder().slots(1).prefetch(1).urgentPercentage(0));
    var session = server.session(1);
    session.assign(task("t1", "gate", ""), task("t2", "gate", ""));
    awaitStarted("t1");

    session.cancel("t2", CancelReason.CANCEL_REASON_CANCELLED);
    session.awaitReleased(1);
    gateOf("t1").countDown();

    session.awaitReleased(2);
    assertThat(started).containsExactly("t1");
  }

  @Test
  void aHandlerThatDoesNotStopLosesItsSlotToAnotherLife() {
    start(
        builder()
            .slots(1)
            .urgentPercentage(0)
            .set("slot.cancel-grace", "50ms")
            .set("slot.watch-interval", "10ms")
            .set("slot.restart.backoff-initial", "20ms"));
    var session = server.session(1);
    session.assign(task("t1", "deaf", ""));
    awaitStarted("t1");

    session.cancel("t1", CancelReason.CANCEL_REASON_CANCELLED);
    session.awaitReleased(1);
    session.assign(task("t2", "echo", ""));

    assertThat(session.settlementOf("t2").hasCompleted()).isTrue();
    var figures = worker.figures().values().iterator().next();
    assertThat(figures.abandoned()).isEqualTo(1);
    assertThat(figures.restarts()).isEqualTo(1);
  }

  @Test
  void anAttemptThatOutlivesItsTimeoutIsStoppedHereToo() {
    start(builder().set("slot.watch-interval", "10ms"));
    var session = server.session(1);

    session.assign(task("t1", "gate", "").toBuilder().setExecutionTimeoutMs(50).build());

    var failure = session.settlementOf("t1").getFailed().getFailure();
    assertThat(failure.getType()).isEqualTo(FailureType.FAILURE_TYPE_TIMED_OUT);
  }

  @Test
  void drainsAndResumesByOrder() {
    start(builder().slots(2).prefetch(2).urgentPercentage(0));
    var session = server.session(1);
    session.assign(task("r1", "gate", ""), task("r2", "gate", ""), task("waits", "gate", ""));
    awaitStarted("r2");

    session.order(Control.newBuilder().setDrain(Drain.getDefaultInstance()).build());

    assertThat(session.settlementOf("waits").hasReleased()).isTrue();
    Await.until("no capacity", () -> session.lastCredit().getCapacity() == 0);
    Await.until(
        "draining",
        () ->
            session.heartbeats.stream()
                .anyMatch(beat -> beat.getState() == WorkerState.WORKER_STATE_DRAINING));
    session.assign(task("late", "echo", ""));
    assertThat(session.settlementOf("late").hasReleased()).isTrue();
    gateOf("r1").countDown();
    assertThat(session.settlementOf("r1").hasCompleted()).isTrue();

    session.order(Control.newBuilder().setResume(Resume.getDefaultInstance()).build());
    Await.until("capacity", () -> session.lastCredit().getCapacity() == 4);
    session.assign(task("again", "echo", ""));
    assertThat(session.settlementOf("again").hasCompleted()).isTrue();
  }

  @Test
  void aShutdownByOrderFinishesWhatRunsAndSaysGoodbye() throws InterruptedException {
    start(builder().slots(1).prefetch(1).urgentPercentage(0));
    var session = server.session(1);
    session.assign(task("t1", "gate", ""), task("t2", "gate", ""));
    awaitStarted("t1");

    session.order(Control.newBuilder().setShutdown(Shutdown.getDefaultInstance()).build());
    assertThat(session.settlementOf("t2").hasReleased()).isTrue();
    gateOf("t1").countDown();

    assertThat(worker.awaitTermination(Duration.ofSeconds(20))).isTrue();
    assertThat(session.settlementOf("t1").hasCompleted()).isTrue();
    assertThat(session.goodbye).startsWith("ordered by the server");
    assertThat(worker.worstEnd()).isEqualTo(PoolEnd.DRAINED);
  }

  @Test
  void whatDoesNotFinishInTimeIsHandedBack() {
    start(builder().slots(1).set("drain.finish-within", "100ms"));
    var session = server.session(1);
    session.assign(task("t1", "gate", ""));
    awaitStarted("t1");

    worker.close();
    worker.close();

    assertThat(session.settlementOf("t1").hasReleased()).isTrue();
    assertThat(session.goodbye).isNotNull();
    assertThat(worker.worstEnd()).isEqualTo(PoolEnd.DRAINED);
  }

  @Test
  void byThePolicyToHandBackRunningWorkIsHandedBackAtOnce() {
    start(builder().slots(1).set("drain.policy", "hand-back").set("drain.finish-within", "1h"));
    var session = server.session(1);
    session.assign(task("t1", "gate", ""));
    awaitStarted("t1");

    worker.drain();

    assertThat(session.settlementOf("t1").hasReleased()).isTrue();
  }

  @Test
  void aCrashFailsTheAttemptAndTheSlotComesBack() {
    var calls = new AtomicInteger();
    start(
        builder()
            .slots(1)
            .set("slot.restart.backoff-initial", "20ms")
            .handler(
                "crash",
                task -> {
                  calls.incrementAndGet();
                  throw new StackOverflowError("too deep");
                }));
    var session = server.session(1);

    session.assign(task("t1", "crash", ""));
    var failure = session.settlementOf("t1").getFailed().getFailure();
    session.assign(task("t2", "echo", ""));

    assertThat(failure.getCode()).isEqualTo("StackOverflowError");
    assertThat(failure.getMessage()).isEqualTo("too deep");
    assertThat(session.settlementOf("t2").hasCompleted()).isTrue();
    assertThat(worker.figures().values().iterator().next().restarts()).isEqualTo(1);
  }

  @Test
  void aPoolWithoutASlotLeftEndsAndSaysSo() throws InterruptedException {
    start(
        builder()
            .slots(1)
            .set("slot.restart.policy", "never")
            .handler(
                "crash",
                task -> {
                  throw new AssertionError("no");
                }));
    var session = server.session(1);

    session.assign(task("t1", "crash", ""));

    assertThat(worker.awaitTermination(Duration.ofSeconds(20))).isTrue();
    assertThat(session.settlementOf("t1").hasFailed()).isTrue();
    assertThat(session.goodbye).isEqualTo("no slot left");
    assertThat(worker.worstEnd()).isEqualTo(PoolEnd.FAILED);
  }

  @Test
  void progressIsSentInOrderClampedAndNeverFalling() {
    start(
        builder()
            .set("link.progress-interval", "1ms")
            .handler(
                "steps",
                task -> {
                  for (var percent : new double[] {-5, 30, 20, Double.NaN, 400}) {
                    task.progress(percent, "at " + percent);
                    gateOf("step " + percent).await();
                  }
                  return null;
                }));
    var session = server.session(1);
    session.assign(task("t1", "steps", ""));

    for (var percent : new double[] {-5, 30, 20, Double.NaN, 400}) {
      Await.until(
          "progress",
          () ->
              session.progress.stream()
                  .anyMatch(progress -> progress.getMessage().equals("at " + percent)));
      gateOf("step " + percent).countDown();
    }

    assertThat(session.progress)
        .extracting(progress -> progress.getPercent())
        .containsExactly(0.0, 30.0, 30.0, 30.0, 100.0);
  }

  @Test
  void aPoolThatFailsByABugStartsAnewWithNothingHeld() {
    var real = AmbientMain.ofProcess();
    var samples = new AtomicInteger();
    var breaking =
        new Ambient(
            real.nanos(),
            real.millis(),
            real.random(),
            real.incarnations(),
            () ->
                () -> {
                  if (samples.incrementAndGet() == 3) {
                    throw new IllegalStateException("injected");
                  }
                  return new ProcessFigures.Sample(0, 0);
                },
            real.host(),
            real.pid());
    start(builder().slots(1).ambient(breaking).set("slot.restart.backoff-initial", "20ms"));
    var first = server.session(1);
    first.assign(task("t1", "gate", ""));
    awaitStarted("t1");

    var second = server.session(2);

    Await.until("the signal", () -> cancelled.contains("t1"));
    assertThat(second.hello().getResumeToken()).isEmpty();
    assertThat(second.hello().getIncarnation()).isNotEqualTo(first.hello().getIncarnation());
    second.assign(task("t2", "echo", ""));
    assertThat(second.settlementOf("t2").hasCompleted()).isTrue();
  }
}
