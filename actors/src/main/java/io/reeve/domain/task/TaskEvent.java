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

  /** Calls the method of the visitor that is for this kind of event. */
  <R> R acceptKind(Visitor<R> visitor);

  @Override
  default <R> R accept(PartitionEvent.Visitor<R> visitor) {
    return visitor.changed(this);
  }

  /** One method for each kind of event of one task. */
  interface Visitor<R> {

    R leased(Leased event);

    R completed(Completed event);

    R attemptFailed(AttemptFailed event);

    R lost(Lost event);

    R died(Died event);

    R released(Released event);

    R cancelled(Cancelled event);

    R expired(Expired event);
  }

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
      return new Task.Leased(
          before.spec(),
          attempt,
          fence,
          before.dueAtMs(),
          holder,
          expiresAtMs,
          before.past().leased(workerId, atMs));
    }

    @Override
    public <R> R acceptKind(Visitor<R> visitor) {
      return visitor.leased(this);
    }
  }

  /** The attempt under {@code fence} succeeded. */
  record Completed(long sequence, long fence, byte[] result, long atMs) implements TaskEvent {
    @Override
    public Task applyTo(Task before) {
      return new Task.Completed(
          before.spec(), before.attempt(), fence, before.dueAtMs(), result, before.past(), atMs);
    }

    @Override
    public <R> R acceptKind(Visitor<R> visitor) {
      return visitor.completed(this);
    }
  }

  /** The attempt failed and the task may run again from {@code retryAtMs} on; decided once. */
  record AttemptFailed(long sequence, long fence, Failure failure, long retryAtMs, long atMs)
      implements TaskEvent {
    @Override
    public Task applyTo(Task before) {
      return new Task.Queued(
          before.spec(),
          before.attempt(),
          fence,
          retryAtMs,
          before.past().failed(failure, atMs, fence, before.attempt()));
    }

    @Override
    public <R> R acceptKind(Visitor<R> visitor) {
      return visitor.attemptFailed(this);
    }
  }

  /**
   * The worker of the lease was lost. The attempt does not count, but the loss does, and the task
   * is due at once.
   */
  record Lost(long sequence, long fence, Failure failure, long atMs) implements TaskEvent {
    @Override
    public Task applyTo(Task before) {
      return new Task.Queued(
          before.spec(),
          before.attempt() - 1,
          fence,
          atMs,
          before.past().lost(failure, atMs, fence, before.attempt()));
    }

    @Override
    public <R> R acceptKind(Visitor<R> visitor) {
      return visitor.lost(this);
    }
  }

  /** The attempt failed and was the last. A person decides what follows. */
  record Died(long sequence, long fence, Failure failure, long atMs) implements TaskEvent {
    @Override
    public Task applyTo(Task before) {
      var past = before.past();
      return new Task.Dead(
          before.spec(),
          before.attempt(),
          fence,
          before.dueAtMs(),
          failure.type() == FailureType.POISON
              ? past.lost(failure, atMs, fence, before.attempt())
              : past.failed(failure, atMs, fence, before.attempt()),
          atMs);
    }

    @Override
    public <R> R acceptKind(Visitor<R> visitor) {
      return visitor.died(this);
    }
  }

  /**
   * The lease was handed back unused. The attempt does not count, and the task is due as it was
   * before the lease.
   */
  record Released(long sequence, long fence, String reason, long atMs) implements TaskEvent {
    @Override
    public Task applyTo(Task before) {
      return new Task.Queued(
          before.spec(), before.attempt() - 1, fence, before.dueAtMs(), before.past());
    }

    @Override
    public <R> R acceptKind(Visitor<R> visitor) {
      return visitor.released(this);
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
          before.dueAtMs(),
          reason,
          before.past(),
          atMs);
    }

    @Override
    public <R> R acceptKind(Visitor<R> visitor) {
      return visitor.cancelled(this);
    }
  }

  /** The task was not started within its queue timeout. */
  record Expired(long sequence, long atMs) implements TaskEvent {
    @Override
    public Task applyTo(Task before) {
      return new Task.Expired(
          before.spec(), before.attempt(), before.fence(), before.dueAtMs(), before.past(), atMs);
    }

    @Override
    public <R> R acceptKind(Visitor<R> visitor) {
      return visitor.expired(this);
    }
  }
}
