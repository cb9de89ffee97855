package io.reeve.domain.task;

import static io.reeve.domain.task.Rejection.Code.SETTLED_OTHERWISE;
import static io.reeve.domain.task.Rejection.Code.STALE_LEASE;
import static io.reeve.domain.task.Rejection.Code.UNKNOWN_TASK;
import static io.reeve.domain.task.Rejection.Code.WRONG_STATE;

import io.reeve.domain.TimeBounds;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One task's life. Each state is a record, and each command is a method that only the states which
 * allow it override; in any other state the command is refused.
 *
 * <pre>
 *   Absent ─submission─▶ Queued ─lease, once due─▶ Leased ─complete─▶ Completed
 *                          │ ▲                       │ ├─fail, none left─▶ Dead
 *                          │ └── release, or fail ───┘ │
 *                          │     with attempts left    │
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

  /** Where the task is, as shown at {@code nowMs}. */
  TaskState stateAt(long nowMs);

  /** Leases the task to {@code holder} until {@code expiresAtMs}, if it is due at {@code nowMs}. */
  default Decision lease(String holder, String workerId, long nowMs, long expiresAtMs) {
    return wrongState(this, "lease");
  }

  /** Records the success of the attempt under {@code fence}. Completing twice is one completion. */
  default Decision complete(long fence, byte[] result, long nowMs) {
    return stale(this, fence);
  }

  /**
   * Records that the attempt under {@code fence} failed. Failing twice is one failure.
   *
   * @param permanent the task must not run again
   * @param retryAfterMs wait at least this long
   * @param random uniform in [0, 1), for the jitter of the wait
   */
  default Decision fail(
      long fence,
      Failure failure,
      boolean permanent,
      long retryAfterMs,
      long nowMs,
      double random) {
    return stale(this, fence);
  }

  /**
   * The holder of the lease under {@code fence} was lost. The attempt counts, and the next one may
   * start at once.
   */
  default Decision lose(long fence, Failure failure, long nowMs) {
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
    public TaskState stateAt(long nowMs) {
      throw new IllegalStateException("an absent task has no state");
    }
  }

  /**
   * Waiting for its time or for a worker.
   *
   * @param dueAtMs from then on it may be leased
   * @param lastFailure of the attempt before, or null
   */
  record Queued(Spec spec, int attempt, long fence, long dueAtMs, @Nullable Failure lastFailure)
      implements Task {

    /** The {@link #expiresAtMs} of a task that does not expire. */
    public static final long NEVER = Long.MAX_VALUE;

    /** When it expires while queued, or {@link #NEVER}. */
    public long expiresAtMs() {
      var timeoutMs = spec.profile().queueTimeoutMs();
      return timeoutMs == 0 || fence > 0 ? NEVER : TimeBounds.plus(dueAtMs, timeoutMs);
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
    public Decision fail(
        long fence,
        Failure failure,
        boolean permanent,
        long retryAfterMs,
        long nowMs,
        double random) {
      return fence == this.fence && failure.equals(lastFailure)
          ? Decision.Already.SO
          : stale(this, fence);
    }

    @Override
    public Decision release(long fence, String reason, long nowMs) {
      return fence == this.fence && fence > 0 && lastFailure == null
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
      Spec spec,
      int attempt,
      long fence,
      String holder,
      String workerId,
      long leasedAtMs,
      long expiresAtMs)
      implements Task {

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
    public Decision fail(
        long fence,
        Failure failure,
        boolean permanent,
        long retryAfterMs,
        long nowMs,
        double random) {
      if (fence != this.fence) {
        return stale(this, fence);
      }
      var retry = spec.profile().retry();
      if (permanent || !retry.permitsAttemptAfter(attempt)) {
        return new TaskEvent.Died(spec.sequence(), fence, failure, nowMs);
      }
      var backoff = retry.backoffAfter(attempt, random);
      var retryAtMs = TimeBounds.plus(nowMs, Math.max(backoff.toMillis(), retryAfterMs));
      return new TaskEvent.AttemptFailed(spec.sequence(), fence, failure, retryAtMs, nowMs);
    }

    @Override
    public Decision lose(long fence, Failure failure, long nowMs) {
      if (fence != this.fence) {
        return stale(this, fence);
      }
      return spec.profile().retry().permitsAttemptAfter(attempt)
          ? new TaskEvent.AttemptFailed(spec.sequence(), fence, failure, nowMs, nowMs)
          : new TaskEvent.Died(spec.sequence(), fence, failure, nowMs);
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
      Spec spec,
      int attempt,
      long fence,
      byte[] result,
      String workerId,
      long leasedAtMs,
      long finishedAtMs)
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
    public Decision fail(
        long fence,
        Failure failure,
        boolean permanent,
        long retryAfterMs,
        long nowMs,
        double random) {
      return fence == this.fence ? settledOtherwise(this, fence) : stale(this, fence);
    }

    @Override
    public Decision release(long fence, String reason, long nowMs) {
      return fence == this.fence ? settledOtherwise(this, fence) : stale(this, fence);
    }
  }

  /** No attempts left, or an attempt failed for good. */
  record Dead(
      Spec spec,
      int attempt,
      long fence,
      Failure failure,
      String workerId,
      long leasedAtMs,
      long finishedAtMs)
      implements Finished {

    @Override
    public TaskState stateAt(long nowMs) {
      return TaskState.DEAD;
    }

    @Override
    public Decision fail(
        long fence,
        Failure failure,
        boolean permanent,
        long retryAfterMs,
        long nowMs,
        double random) {
      return fence == this.fence && failure.equals(this.failure)
          ? Decision.Already.SO
          : stale(this, fence);
    }
  }

  /** Cancelled by a client. */
  record Cancelled(
      Spec spec,
      int attempt,
      long fence,
      String reason,
      String workerId,
      long leasedAtMs,
      long finishedAtMs)
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
  record Expired(Spec spec, int attempt, long fence, long finishedAtMs) implements Finished {

    @Override
    public TaskState stateAt(long nowMs) {
      return TaskState.EXPIRED;
    }
  }

  /** Who holds or held the latest lease; empty when that is not known any more. */
  static String workerIdOf(Task task) {
    return task instanceof Leased leased ? leased.workerId() : "";
  }

  /** When the latest lease began, in milliseconds since the epoch; 0 when that is not known. */
  static long leasedAtMsOf(Task task) {
    return task instanceof Leased leased ? leased.leasedAtMs() : 0;
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
