package io.reeve.domain.task;

/**
 * A fact about one task, in the past tense, with every value that was decided when it happened.
 *
 * <p>{@link #applyTo} only copies what the event carries. It takes no decision and reads no clock
 * or setting, so a replay years later ends in the state the first run ended in.
 */
public sealed interface TaskEvent extends Decision, PartitionEvent {

  /** Of the task within its partition. */
  long sequence();

  /** When it happened, in milliseconds since the epoch. */
  long atMs();

  /** The task after this event, given the task {@code before} it. */
  Task applyTo(Task before);

  /**
   * A worker got the lease of the next attempt. If the worker dies, its holder's end moves it on.
   */
  record Leased(
      long sequence,
      int attempt,
      long fence,
      String holder,
      String workerId,
      long atMs,
      long expiresAtMs)
      implements TaskEvent {
    @Override
    public Task applyTo(Task before) {
      return new Task.Leased(before.spec(), attempt, fence, holder, workerId, atMs, expiresAtMs);
    }
  }

  /** The attempt under {@code fence} succeeded. */
  record Completed(long sequence, long fence, byte[] result, long atMs) implements TaskEvent {
    @Override
    public Task applyTo(Task before) {
      return new Task.Completed(
          before.spec(),
          before.attempt(),
          fence,
          result,
          Task.workerIdOf(before),
          Task.leasedAtMsOf(before),
          atMs);
    }
  }

  /** The attempt failed and the task may run again from {@code retryAtMs} on; decided once. */
  record AttemptFailed(long sequence, long fence, Failure failure, long retryAtMs, long atMs)
      implements TaskEvent {
    @Override
    public Task applyTo(Task before) {
      return new Task.Queued(before.spec(), before.attempt(), fence, retryAtMs, failure);
    }
  }

  /** The attempt failed and was the last. A person decides what follows. */
  record Died(long sequence, long fence, Failure failure, long atMs) implements TaskEvent {
    @Override
    public Task applyTo(Task before) {
      return new Task.Dead(
          before.spec(),
          before.attempt(),
          fence,
          failure,
          Task.workerIdOf(before),
          Task.leasedAtMsOf(before),
          atMs);
    }
  }

  /** The lease was handed back unused; the attempt does not count and the task is due at once. */
  record Released(long sequence, long fence, String reason, long atMs) implements TaskEvent {
    @Override
    public Task applyTo(Task before) {
      return new Task.Queued(
          before.spec(), before.attempt() - 1, fence, before.spec().submittedAtMs(), null);
    }
  }

  /** A client cancelled the task. */
  record Cancelled(long sequence, String reason, long atMs) implements TaskEvent {
    @Override
    public Task applyTo(Task before) {
      return new Task.Cancelled(
          before.spec(),
          before.attempt(),
          before.fence(),
          reason,
          Task.workerIdOf(before),
          Task.leasedAtMsOf(before),
          atMs);
    }
  }

  /** The task was not started within its queue timeout. */
  record Expired(long sequence, long atMs) implements TaskEvent {
    @Override
    public Task applyTo(Task before) {
      return new Task.Expired(before.spec(), before.attempt(), before.fence(), atMs);
    }
  }
}
