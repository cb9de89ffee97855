package io.reeve.domain.task;

import static io.reeve.domain.task.Rejection.Code.SETTLED_OTHERWISE;
import static io.reeve.domain.task.Rejection.Code.STALE_LEASE;
import static io.reeve.domain.task.Rejection.Code.UNKNOWN_TASK;
import static io.reeve.domain.task.Rejection.Code.WRONG_STATE;

import io.reeve.domain.TimeBounds;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One task's life. Each state is a record, and each command is a method that only the states which
 * allow it override; in any other state the command is refused.
 *
 * <pre>
 *   Absent ─submission─▶ Queued ─lease, once due─▶ Leased ─complete─▶ Completed
 *                          │ ▲                       │ ├─fail, none left─▶ Dead
 *                          │ └─ release, loss, fail ─┘ │
 *                          │    with attempts left     │
 *                          ├─expire─▶ Expired          │
 *                          └─cancel─▶ Cancelled ◀─cancel
 * </pre>
 *
 * <p>Every command of a worker names the fence of its lease. The fence counts leases and only
 * grows, so a late message of an earlier lease never matches; a repeat of the message that ended
 * the latest lease is recognised and changes nothing.
 *
 * <p>If the mover dies: a Queued task is moved by its partition's dispatcher and timers, both made
 * again from the state after a restart; a Leased one by its worker, and when that is lost by the
 * end of its holder, by lease expiry, or by its execution timeout.
 */
public sealed interface Task {

  /**
   * What the submitter asked for; the same in every state.
   *
   * @param sequence the task's number within its partition, from 1
   * @param bytes of its reeve.v1.TaskSpec as submitted; shared, never changed
   */
  record Spec(long sequence, TaskProfile profile, byte[] bytes, long submittedAtMs) {}

  Spec spec();

  /** Attempts that count so far, the one in progress included. */
  int attempt();

  /** Of the latest lease; 0 before the first. Only grows. */
  long fence();

  /** From when on the task may or might be leased; each backoff moves it on. */
  long dueAtMs();

  /** What its leases left behind. */
  Past past();

  /** Where the task is, as shown at {@code nowMs}. */
  TaskState stateAt(long nowMs);

  /**
   * Whether the task waits or runs: it is neither {@link Finished} nor {@link Absent}.
   *
   * <p>Compares two final classes. A test against an interface would write to memory that all
   * threads share whenever the same class was last tested against another interface (JDK-8180450).
   */
  static boolean isLive(Task task) {
    return task instanceof Queued || task instanceof Leased;
  }

  /** Leases the task to {@code holder} until {@code expiresAtMs}, if it is due at {@code nowMs}. */
  default Decision lease(String holder, String workerId, long nowMs, long expiresAtMs) {
    return wrongState(this, "lease");
  }

  /** Records the success of the attempt under {@code fence}. Completing twice is one completion. */
  default Decision complete(long fence, byte[] result, long nowMs) {
    return stale(this, fence);
  }

  /** Records that the attempt under {@code fence} failed. Failing twice is one failure. */
  default Decision fail(long fence, FailureReport report, long nowMs) {
    return stale(this, fence);
  }

  /**
   * The holder of the lease under {@code fence} was lost. The attempt does not count, and the next
   * one may start at once, unless the rule says otherwise. A task of one attempt dies: its
   * submitter asked for one run.
   */
  default Decision lose(long fence, Failure failure, LossRule rule, long nowMs) {
    return stale(this, fence);
  }

  /** Hands the lease under {@code fence} back unused. */
  default Decision release(long fence, String reason, long nowMs) {
    return stale(this, fence);
  }

  /** Ends the task, whatever runs. */
  default Decision cancel(String reason, long nowMs) {
    return wrongState(this, "cancel");
  }

  /**
   * Repeats a dead task as a new one, which is due at once. Redriving twice is one redrive.
   *
   * @param newSequence of the new task
   * @param profile makes the profile of the new task from that of the dead one
   * @param edits bytes to be appended to the specification, which change fields of it
   */
  default Decision redrive(
      long newSequence, UnaryOperator<TaskProfile> profile, byte[] edits, String by, long nowMs) {
    return wrongState(this, "redrive");
  }

  /** Settles a dead task without another one. Discarding twice is once. */
  default Decision discard(String by, long nowMs) {
    return wrongState(this, "discard");
  }

  /** Ends a task that waited longer for its first start than it may. */
  default Decision expire(long nowMs) {
    return wrongState(this, "expire");
  }

  /** No such task: it never was, or it is forgotten. */
  enum Absent implements Task {
    TASK;

    @Override
    public Spec spec() {
      throw new IllegalStateException("an absent task has no specification");
    }

    @Override
    public int attempt() {
      return 0;
    }

    @Override
    public long fence() {
      return 0;
    }

    @Override
    public long dueAtMs() {
      return 0;
    }

    @Override
    public Past past() {
      return Past.NONE;
    }

    @Override
    public TaskState stateAt(long nowMs) {
      throw new IllegalStateException("an absent task has no state");
    }
  }

  /**
   * Waiting for its time or for a worker.
   *
   * @param dueAtMs from then on it may be leased
   */
  record Queued(Spec spec, int attempt, long fence, long dueAtMs, Past past) implements Task {

    /** The {@link #expiresAtMs} of a task that does not expire. */
    public static final long NEVER = Long.MAX_VALUE;

    /** As a task enters. */
    public static Queued entering(Spec spec, long dueAtMs) {
      return new Queued(spec, 0, 0, dueAtMs, Past.NONE);
    }

    /** As a task enters that repeats a dead one. It is due at once. */
    public static Queued redriving(long sequence, Spec spec) {
      return new Queued(spec, 0, 0, spec.submittedAtMs(), Past.redriveOf(sequence));
    }

    /** The same without the attempts that failed. */
    public Queued withoutAttempts() {
      return new Queued(spec, attempt, fence, dueAtMs, past.withoutAttempts());
    }

    /** Whether an attempt counts or was lost; a lease that was handed back is no start. */
    public boolean hasStarted() {
      return attempt > 0 || past.losses() > 0;
    }

    /** When it expires while it waits for its first start, or {@link #NEVER}. */
    public long expiresAtMs() {
      var timeoutMs = spec.profile().queueTimeoutMs();
      return timeoutMs == 0 || hasStarted() ? NEVER : TimeBounds.plus(dueAtMs, timeoutMs);
    }

    /** The class that it waits in: that of its profile, or the one in quarantine. */
    public TaskClass taskClass(LossRule rule) {
      var plain = spec.profile().taskClass();
      return rule.isolates(past.losses()) ? plain.inQuarantine() : plain;
    }

    @Override
    public TaskState stateAt(long nowMs) {
      return dueAtMs > nowMs ? TaskState.WAITING : TaskState.READY;
    }

    @Override
    public Decision lease(String holder, String workerId, long nowMs, long expiresAtMs) {
      return dueAtMs > nowMs
          ? wrongState(this, "lease")
          : new TaskEvent.Leased(
              spec.sequence(), attempt + 1, fence + 1, holder, workerId, nowMs, expiresAtMs);
    }

    @Override
    public Decision fail(long fence, FailureReport report, long nowMs) {
      return fence == this.fence
              && past.failedUnder(fence)
              && report.failure().equals(past.failure())
          ? Decision.Already.SO
          : stale(this, fence);
    }

    @Override
    public Decision release(long fence, String reason, long nowMs) {
      return fence == this.fence && fence > 0 && !past.failedUnder(fence)
          ? Decision.Already.SO
          : stale(this, fence);
    }

    @Override
    public Decision cancel(String reason, long nowMs) {
      return new TaskEvent.Cancelled(spec.sequence(), reason, nowMs);
    }

    @Override
    public Decision expire(long nowMs) {
      return nowMs >= expiresAtMs()
          ? new TaskEvent.Expired(spec.sequence(), nowMs)
          : wrongState(this, "expire");
    }
  }

  /**
   * A worker runs its attempt, or is about to.
   *
   * @param holder the chain of sessions that owns the lease
   * @param expiresAtMs as told when it began; renewals move it on in memory only
   */
  record Leased(
      Spec spec, int attempt, long fence, long dueAtMs, String holder, long expiresAtMs, Past past)
      implements Task {

    /** The same without the attempts that failed. */
    public Leased withoutAttempts() {
      return new Leased(spec, attempt, fence, dueAtMs, holder, expiresAtMs, past.withoutAttempts());
    }

    @Override
    public TaskState stateAt(long nowMs) {
      return TaskState.LEASED;
    }

    @Override
    public Decision complete(long fence, byte[] result, long nowMs) {
      return fence == this.fence
          ? new TaskEvent.Completed(spec.sequence(), fence, result, nowMs)
          : stale(this, fence);
    }

    @Override
    public Decision fail(long fence, FailureReport report, long nowMs) {
      if (fence != this.fence) {
        return stale(this, fence);
      }
      var retry = spec.profile().retry();
      if (report.permanent()
          || !retry.permitsAttemptAfter(attempt)
          || retry.neverRetries(report.failure().code())) {
        return new TaskEvent.Died(spec.sequence(), fence, report.failure(), nowMs);
      }
      var backoff = retry.backoffAfter(attempt, report.random());
      var retryAtMs = TimeBounds.plus(nowMs, Math.max(backoff.toMillis(), report.retryAfterMs()));
      return new TaskEvent.AttemptFailed(
          spec.sequence(), fence, report.failure(), retryAtMs, nowMs);
    }

    @Override
    public Decision lose(long fence, Failure failure, LossRule rule, long nowMs) {
      if (fence != this.fence) {
        return stale(this, fence);
      }
      if (spec.profile().retry().attemptsMax() == 1) {
        return new TaskEvent.Died(spec.sequence(), fence, failure, nowMs);
      }
      return rule.permitsLossAfter(past.losses())
          ? new TaskEvent.Lost(spec.sequence(), fence, failure, nowMs)
          : new TaskEvent.Died(
              spec.sequence(), fence, LossRule.poison(past.losses() + 1, failure), nowMs);
    }

    @Override
    public Decision release(long fence, String reason, long nowMs) {
      return fence == this.fence
          ? new TaskEvent.Released(spec.sequence(), fence, reason, nowMs)
          : stale(this, fence);
    }

    @Override
    public Decision cancel(String reason, long nowMs) {
      return new TaskEvent.Cancelled(spec.sequence(), reason, nowMs);
    }
  }

  /** What the four last states share: they are never left. */
  sealed interface Finished extends Task {

    /** When the task ended, in milliseconds since the epoch. */
    long finishedAtMs();
  }

  /** An attempt succeeded. */
  record Completed(
      Spec spec, int attempt, long fence, long dueAtMs, byte[] result, Past past, long finishedAtMs)
      implements Finished {

    @Override
    public TaskState stateAt(long nowMs) {
      return TaskState.COMPLETED;
    }

    @Override
    public Decision complete(long fence, byte[] result, long nowMs) {
      if (fence != this.fence) {
        return stale(this, fence);
      }
      return Arrays.equals(result, this.result)
          ? Decision.Already.SO
          : settledOtherwise(this, fence);
    }

    @Override
    public Decision fail(long fence, FailureReport report, long nowMs) {
      return fence == this.fence ? settledOtherwise(this, fence) : stale(this, fence);
    }

    @Override
    public Decision release(long fence, String reason, long nowMs) {
      return fence == this.fence ? settledOtherwise(this, fence) : stale(this, fence);
    }
  }

  /**
   * No attempts left, or an attempt failed for good.
   *
   * @param disposal what a person decided about it; null: it is an open dead letter
   */
  record Dead(
      Spec spec,
      int attempt,
      long fence,
      long dueAtMs,
      Past past,
      long finishedAtMs,
      @Nullable Disposal disposal)
      implements Finished {

    public Dead {
      if (past.failure() == null) {
        throw new IllegalArgumentException("expected the failure of a dead task, got none");
      }
    }

    /** As a task dies. */
    public Dead(Spec spec, int attempt, long fence, long dueAtMs, Past past, long finishedAtMs) {
      this(spec, attempt, fence, dueAtMs, past, finishedAtMs, null);
    }

    /** Whether nobody has decided about it yet. */
    public boolean isOpen() {
      return disposal == null;
    }

    /** Why it died. */
    public Failure failure() {
      return Objects.requireNonNull(past.failure());
    }

    Dead disposed(Disposal how) {
      return new Dead(spec, attempt, fence, dueAtMs, past, finishedAtMs, how);
    }

    @Override
    public Decision redrive(
        long newSequence, UnaryOperator<TaskProfile> profile, byte[] edits, String by, long nowMs) {
      if (disposal == null) {
        var next =
            new Spec(
                newSequence, profile.apply(spec.profile()), joined(spec.bytes(), edits), nowMs);
        return new Redriven(spec.sequence(), Queued.redriving(spec.sequence(), next), by, nowMs);
      }
      return disposal.redriven()
          ? Decision.Already.SO
          : Decision.refuse(WRONG_STATE, "expected an open dead letter, got one that is discarded");
    }

    @Override
    public Decision discard(String by, long nowMs) {
      if (disposal == null) {
        return new Discarded(spec.sequence(), by, nowMs);
      }
      return disposal.redriven()
          ? Decision.refuse(WRONG_STATE, "expected an open dead letter, got one that is redriven")
          : Decision.Already.SO;
    }

    private static byte[] joined(byte[] first, byte[] second) {
      if (second.length == 0) {
        return first;
      }
      var both = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, both, first.length, second.length);
      return both;
    }

    @Override
    public TaskState stateAt(long nowMs) {
      return TaskState.DEAD;
    }

    @Override
    public Decision fail(long fence, FailureReport report, long nowMs) {
      return fence == this.fence && report.failure().equals(past.failure())
          ? Decision.Already.SO
          : stale(this, fence);
    }
  }

  /** Cancelled by a client. */
  record Cancelled(
      Spec spec, int attempt, long fence, long dueAtMs, String reason, Past past, long finishedAtMs)
      implements Finished {

    @Override
    public TaskState stateAt(long nowMs) {
      return TaskState.CANCELLED;
    }

    @Override
    public Decision cancel(String reason, long nowMs) {
      return Decision.Already.SO;
    }
  }

  /** Not started within its queue timeout. */
  record Expired(Spec spec, int attempt, long fence, long dueAtMs, Past past, long finishedAtMs)
      implements Finished {

    @Override
    public TaskState stateAt(long nowMs) {
      return TaskState.EXPIRED;
    }
  }

  private static String name(Task task) {
    return task == Absent.TASK
        ? "absent"
        : task.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  private static Decision wrongState(Task task, String command) {
    return task == Absent.TASK
        ? Decision.refuse(UNKNOWN_TASK, "expected a known task, got none")
        : Decision.refuse(
            WRONG_STATE,
            "expected a task that allows " + command + ", got one that is " + name(task));
  }

  private static Decision stale(Task task, long fence) {
    if (task == Absent.TASK) {
      return Decision.refuse(UNKNOWN_TASK, "expected a known task, got none");
    }
    return Decision.refuse(
        STALE_LEASE,
        task instanceof Leased
            ? "expected fence " + task.fence() + ", got fence " + fence
            : "expected a leased task, got one that is " + name(task) + "; fence " + fence);
  }

  private static Decision settledOtherwise(Task task, long fence) {
    return Decision.refuse(
        SETTLED_OTHERWISE,
        "expected the first settlement of fence " + fence + ", got another; it is " + name(task));
  }
}
