package io.reeve.check;

import static io.reeve.check.Invariant.ATTEMPTS_BOUND;
import static io.reeve.check.Invariant.BACKOFF_KEPT;
import static io.reeve.check.Invariant.EXPIRES_IN_TIME;
import static io.reeve.check.Invariant.FENCES_GROW;
import static io.reeve.check.Invariant.LOSSES_BOUND;
import static io.reeve.check.Invariant.NOT_TOO_EARLY;
import static io.reeve.check.Invariant.ONE_END;
import static io.reeve.check.Invariant.ONE_LEASE;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.LossRule;
import io.reeve.domain.task.Outcome;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.TaskState;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One task as its events tell it. */
final class TaskLife {

  /** How the attempt under one fence ended. */
  private record End(Outcome outcome, int result) {}

  final String requestId;
  final TaskProfile profile;
  private final byte[] spec;
  private final RetryPolicy retry;
  private final long leaseNanos;
  private final long expiresAtNanos;
  private final Map<Long, End> settled = new HashMap<>();

  /** By the fence of the attempt that failed. */
  private final NavigableMap<Long, Failure> failures = new TreeMap<>();

  private long dueAtMs;
  private long turnFromMs;
  private int attempt;
  private int losses;

  /** Fences under which it had to be alone on its worker. */
  private final Set<Long> alone = new HashSet<>();

  private long leasedAtNanos = Fact.UNKNOWN;
  private boolean leased;
  private int result;
  long fence;
  @Nullable TaskState end;

  /**
   * @param leaseNanos how long a lease lasts at least; 0: not known
   * @param atNanos when it was submitted, by the monotonic clock, or {@link Fact#UNKNOWN}
   */
  TaskLife(String requestId, Task.Queued task, long leaseNanos, long atNanos) {
    this.requestId = requestId;
    this.profile = task.spec().profile();
    this.spec = task.spec().bytes();
    this.retry = profile.retry();
    this.dueAtMs = task.dueAtMs();
    this.turnFromMs = dueAtMs;
    this.leaseNanos = leaseNanos;
    this.expiresAtNanos =
        atNanos + TimeUnit.MILLISECONDS.toNanos(expiresAtMs() - task.spec().submittedAtMs());
  }

  /** Whether this is its own specification, perhaps with changes behind it. */
  boolean isRepeatedBy(Task.Spec next) {
    return next.bytes().length >= spec.length
        && Arrays.equals(spec, 0, spec.length, next.bytes(), 0, spec.length)
        && (next.bytes().length > spec.length || next.profile().equals(profile));
  }

  /** Whether it waits for a worker, or for its time. */
  boolean isQueued() {
    return end == null && !leased;
  }

  /** The class that it waits in. */
  TaskClass taskClass() {
    var plain = profile.taskClass();
    return LossRule.DEFAULT.isolates(losses) ? plain.inQuarantine() : plain;
  }

  /** Whether it had to be alone on its worker under this fence. */
  boolean isAloneUnder(long fence) {
    return alone.contains(fence);
  }

  /** From when on it must have its turn, while it is queued; at or after the time it may start. */
  long turnFromMs() {
    return turnFromMs;
  }

  boolean leasedMoreThanOnce() {
    return fence > 1;
  }

  /** Hash of the result; 0 unless completed. */
  int result() {
    return result;
  }

  /** Whether the attempt under the fence ended so by its worker's word. */
  boolean settledSo(long fence, Outcome outcome, int result) {
    return new End(outcome, result).equals(settled.get(fence));
  }

  /** The latest failure at the time when the task was in such a state under such a fence. */
  @Nullable Failure latestFailure(TaskState state, long fence) {
    var latest =
        state == TaskState.LEASED ? failures.lowerEntry(fence) : failures.floorEntry(fence);
    return latest == null ? null : latest.getValue();
  }

  boolean hadLease(long fence) {
    return fence >= 1 && fence <= this.fence;
  }

  /** Takes the next event; tells what is wrong with it. */
  void add(TaskEvent event, long atNanos, BiConsumer<Invariant, String> wrong) {
    if (end != null) {
      wrong.accept(ONE_END, name(event) + " after its end");
      return;
    }
    event.acceptKind(new Taking(atNanos, wrong));
  }

  /** Takes one event. */
  private final class Taking implements TaskEvent.Visitor<Taking> {

    private final long atNanos;
    private final BiConsumer<Invariant, String> wrong;

    Taking(long atNanos, BiConsumer<Invariant, String> wrong) {
      this.atNanos = atNanos;
      this.wrong = wrong;
    }

    @Override
    public Taking leased(TaskEvent.Leased event) {
      TaskLife.this.leased(event, atNanos, wrong);
      return this;
    }

    @Override
    public Taking completed(TaskEvent.Completed event) {
      result = Arrays.hashCode(event.result());
      settled(event, event.fence(), new End(Outcome.COMPLETED, result), wrong);
      end = TaskState.COMPLETED;
      return this;
    }

    @Override
    public Taking attemptFailed(TaskEvent.AttemptFailed event) {
      settled(event, event.fence(), new End(Outcome.FAILED, 0), wrong);
      failures.put(event.fence(), event.failure());
      failed(event, atNanos, wrong);
      losses = 0;
      dueAtMs = event.retryAtMs();
      turnFromMs = dueAtMs;
      return this;
    }

    @Override
    public Taking lost(TaskEvent.Lost event) {
      settled(event, event.fence(), new End(Outcome.FAILED, 0), wrong);
      failures.put(event.fence(), event.failure());
      lostInTime(event.failure().message(), atNanos, wrong);
      attempt--;
      losses++;
      if (retry.attemptsMax() == 1 || losses > LossRule.DEFAULT.lossesMax()) {
        wrong.accept(
            LOSSES_BOUND,
            "runs again after %d losses and at most %d attempts"
                .formatted(losses, retry.attemptsMax()));
      }
      dueAtMs = event.atMs();
      turnFromMs = dueAtMs;
      return this;
    }

    @Override
    public Taking died(TaskEvent.Died event) {
      settled(event, event.fence(), new End(Outcome.FAILED, 0), wrong);
      failures.put(event.fence(), event.failure());
      lostInTime(event.failure().message(), atNanos, wrong);
      diedOfLosses(event.failure(), wrong);
      end = TaskState.DEAD;
      return this;
    }

    @Override
    public Taking released(TaskEvent.Released event) {
      settled(event, event.fence(), new End(Outcome.RELEASED, 0), wrong);
      attempt--;
      turnFromMs = Math.max(dueAtMs, event.atMs());
      return this;
    }

    @Override
    public Taking cancelled(TaskEvent.Cancelled event) {
      end = TaskState.CANCELLED;
      return this;
    }

    @Override
    public Taking expired(TaskEvent.Expired event) {
      if (attempt > 0 || losses > 0) {
        wrong.accept(
            ONE_END, "expired while queued, though %d attempts started".formatted(attempt));
      }
      if (event.atMs() < expiresAtMs()) {
        wrong.accept(
            NOT_TOO_EARLY, "expired %d ms too early".formatted(expiresAtMs() - event.atMs()));
      }
      end = TaskState.EXPIRED;
      return this;
    }
  }

  private void leased(TaskEvent.Leased event, long atNanos, BiConsumer<Invariant, String> wrong) {
    if (leased) {
      wrong.accept(
          ONE_LEASE, "leased under fence %d while %d is open".formatted(event.fence(), fence));
    }
    if (event.fence() != fence + 1) {
      wrong.accept(FENCES_GROW, "leased under fence %d after %d".formatted(event.fence(), fence));
    }
    if (event.attempt() != attempt + 1) {
      wrong.accept(ATTEMPTS_BOUND, "attempt %d after %d".formatted(event.attempt(), attempt));
    }
    if (event.attempt() > retry.attemptsMax()) {
      wrong.accept(
          ATTEMPTS_BOUND,
          "attempt %d of at most %d".formatted(event.attempt(), retry.attemptsMax()));
    }
    if (event.atMs() < dueAtMs) {
      wrong.accept(
          NOT_TOO_EARLY, "leased %d ms before it was due".formatted(dueAtMs - event.atMs()));
    }
    // By both clocks, since the wall clock jumps. Where the other one is not known, nobody knows
    // either how many tasks expired at once, and a row takes only so many of them.
    if (atNanos != Fact.UNKNOWN && event.atMs() >= expiresAtMs() && atNanos >= expiresAtNanos) {
      wrong.accept(
          EXPIRES_IN_TIME,
          "leased %d ms after its queue timeout".formatted(event.atMs() - expiresAtMs()));
    }
    if (LossRule.DEFAULT.isolates(losses)) {
      alone.add(event.fence());
    }
    leased = true;
    leasedAtNanos = atNanos;
    fence = event.fence();
    attempt = event.attempt();
  }

  /** When it expires while it waits. */
  private long expiresAtMs() {
    return attempt > 0 || losses > 0 || profile.queueTimeoutMs() == 0
        ? Long.MAX_VALUE
        : TimeBounds.plus(dueAtMs, profile.queueTimeoutMs());
  }

  private void settled(TaskEvent event, long under, End how, BiConsumer<Invariant, String> wrong) {
    if (!leased) {
      wrong.accept(
          FENCES_GROW, "%s under fence %d, and no lease is open".formatted(name(event), under));
    } else if (under != fence) {
      wrong.accept(
          FENCES_GROW, "%s under fence %d, expected %d".formatted(name(event), under, fence));
    }
    settled.put(under, how);
    leased = false;
  }

  private void failed(
      TaskEvent.AttemptFailed event, long atNanos, BiConsumer<Invariant, String> wrong) {
    if (attempt >= retry.attemptsMax()) {
      wrong.accept(
          ATTEMPTS_BOUND,
          "waits for another attempt after %d of %d".formatted(attempt, retry.attemptsMax()));
    }
    lostInTime(event.failure().message(), atNanos, wrong);
    if (event.failure().type() != FailureType.WORKER_LOST) {
      var least = retry.backoffAfter(attempt, 0).toMillis();
      var waits = event.retryAtMs() - event.atMs();
      if (waits < least) {
        wrong.accept(BACKOFF_KEPT, "waits %d ms, expected %d or more".formatted(waits, least));
      }
    }
  }

  /** A task dies of the first loss if it has one attempt, else of the one in quarantine. */
  private void diedOfLosses(Failure failure, BiConsumer<Invariant, String> wrong) {
    var poisoned = failure.type() == FailureType.POISON;
    if (poisoned && losses != LossRule.DEFAULT.lossesMax()) {
      wrong.accept(LOSSES_BOUND, "is poison after %d losses and one more".formatted(losses));
    }
    if (failure.message().equals("the worker was lost") && retry.attemptsMax() > 1) {
      wrong.accept(LOSSES_BOUND, "died of a loss, after %d others".formatted(losses));
    }
  }

  /** A lease that ran out lasted as long as it was to. */
  private void lostInTime(String message, long atNanos, BiConsumer<Invariant, String> wrong) {
    if (message.endsWith("the lease ran out")
        && atNanos != Fact.UNKNOWN
        && leasedAtNanos != Fact.UNKNOWN
        && atNanos - leasedAtNanos < leaseNanos) {
      wrong.accept(
          NOT_TOO_EARLY,
          "its lease ran out after %d of %d ns".formatted(atNanos - leasedAtNanos, leaseNanos));
    }
  }

  private static String name(TaskEvent event) {
    return event.getClass().getSimpleName();
  }

  @Override
  public String toString() {
    return end != null
        ? "ended " + end
        : "%s, attempt %d, fence %d".formatted(leased ? "leased" : "queued", attempt, fence);
  }
}
