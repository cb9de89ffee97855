package io.reeve.domain.task;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Values that the tests of a task's life share, and short ways to reach its states. */
final class TaskSamples {

  /** Saturday, 1 November 2025, noon. */
  static final long NOON = 1_761_998_400_000L;

  static final long QUEUE_TIMEOUT_MS = 60_000;
  static final int ATTEMPTS_MAX = 3;
  static final String HOLDER = "holder-1";
  static final String WORKER = "worker-1";

  /** In the middle: no jitter. */
  static final double NO_JITTER = 0.5;

  static final byte[] RESULT = utf8("digest 42");
  static final byte[] OTHER_RESULT = utf8("digest 43");
  static final Failure DISK_FULL = new Failure(FailureType.ERROR, "disk full", "28");
  static final Failure LOST = new Failure(FailureType.WORKER_LOST, "no heartbeat for 10 s", "");

  static final Task.Spec SPEC =
      new Task.Spec(
          7,
          new TaskProfile(
              new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL),
              300_000,
              QUEUE_TIMEOUT_MS,
              new RetryPolicy(
                  ATTEMPTS_MAX, Duration.ofSeconds(10), Duration.ofMinutes(10), 2.0, 0.2),
              ""),
          utf8("to: ann"),
          NOON);

  /** As {@link #SPEC}, with one attempt. */
  static final Task.Spec ONE_ATTEMPT =
      new Task.Spec(
          7,
          new TaskProfile(
              SPEC.profile().taskClass(),
              300_000,
              QUEUE_TIMEOUT_MS,
              new RetryPolicy(1, Duration.ofSeconds(10), Duration.ofMinutes(10), 2.0, 0.2),
              ""),
          SPEC.bytes(),
          NOON);

  private TaskSamples() {}

  static Task.Queued queued() {
    return Task.Queued.entering(SPEC, NOON);
  }

  static Task.Queued delayed() {
    return Task.Queued.entering(SPEC, NOON + 5_000);
  }

  /** The task under its next lease, begun as soon as it was due. */
  static Task leased(Task task) {
    var nowMs = ((Task.Queued) task).dueAtMs();
    return after(task, task.lease(HOLDER, WORKER, nowMs, nowMs + 30_000));
  }

  static Task completed(Task task) {
    return after(task, task.complete(task.fence(), RESULT, NOON + 20));
  }

  static Task failed(Task task) {
    return after(task, task.fail(task.fence(), report(DISK_FULL), NOON + 20));
  }

  /** Not for good, without a wish for a wait, and without jitter. */
  static FailureReport report(Failure failure) {
    return new FailureReport(failure, false, 0, NO_JITTER);
  }

  static Task released(Task task) {
    return after(task, task.release(task.fence(), "draining", NOON + 20));
  }

  /** The task after its worker was lost. */
  static Task lost(Task task) {
    var failure = new Failure(FailureType.WORKER_LOST, "the worker was lost", "");
    return after(task, task.lose(task.fence(), failure, LossRule.DEFAULT, NOON + 20));
  }

  /** A task that runs alone. */
  static Task quarantined() {
    return leased(lost(leased(lost(leased(queued())))));
  }

  /** A task that runs and has one attempt. */
  static Task onlyAttempt() {
    return leased(Task.Queued.entering(ONE_ATTEMPT, NOON));
  }

  static Task cancelled(Task task) {
    return after(task, task.cancel("not needed", NOON + 20));
  }

  static Task expired(Task task) {
    return after(task, task.expire(NOON + QUEUE_TIMEOUT_MS));
  }

  /** In its last attempt. */
  static Task lastAttempt() {
    return leased(failed(leased(failed(leased(queued())))));
  }

  static Task dead() {
    return failed(lastAttempt());
  }

  /** The task that repeats a dead one. */
  static Task.Queued redriving() {
    return redriven().task();
  }

  /** A dead task that was redriven. */
  static Task.Dead redrivenDead() {
    return redriven().applyTo((Task.Dead) dead());
  }

  /** A dead task that was discarded. */
  static Task.Dead discardedDead() {
    return ((Discarded) dead().discard("anna", NOON + 30)).applyTo((Task.Dead) dead());
  }

  private static Redriven redriven() {
    return (Redriven) dead().redrive(8, profile -> profile, new byte[0], "anna", NOON + 30);
  }

  static Task after(Task before, Decision decision) {
    return eventOf(decision).applyTo(before);
  }

  static TaskEvent eventOf(Decision decision) {
    if (decision instanceof TaskEvent event) {
      return event;
    }
    throw new AssertionError("expected an event, got " + decision);
  }

  static Rejection reasonOf(Decision decision) {
    if (decision instanceof Decision.Refused refused) {
      return refused.reason();
    }
    throw new AssertionError("expected a refusal, got " + decision);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
