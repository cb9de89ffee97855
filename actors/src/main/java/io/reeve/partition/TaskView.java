package io.reeve.partition;

import io.reeve.domain.task.Attempt;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One task as it is now, for readers. Times are milliseconds since the epoch, 0 when there is none.
 *
 * @param spec bytes of the task's reeve.v1.TaskSpec as submitted
 * @param attempt the attempt in progress or last made; 0 before the first
 * @param fence of the latest lease; 0 before the first
 * @param dueAtMs when it became or becomes due
 * @param failure the latest failure, whatever came after it
 * @param failedAtMs when that attempt failed
 * @param workerId who holds or last held the lease; empty before the first
 * @param progress of the attempt in progress, if its worker reported any
 * @param redrivenAs the new task of the same partition that repeats this dead one; 0: none
 * @param redriveOf the dead task of the same partition that this one repeats; 0: none
 * @param attempts that failed, in order
 * @param discardedAtMs when a person discarded this dead task
 * @param losses how often its worker was lost under it
 */
public record TaskView(
    TaskId id,
    TaskState state,
    byte[] spec,
    int attempt,
    long fence,
    long submittedAtMs,
    long dueAtMs,
    long leasedAtMs,
    long finishedAtMs,
    byte[] result,
    @Nullable Failure failure,
    long failedAtMs,
    String cancelReason,
    String workerId,
    @Nullable Progress progress,
    long redrivenAs,
    long redriveOf,
    List<Attempt> attempts,
    long discardedAtMs,
    int losses) {

  /** The last that a worker said of a running attempt. Not journalled. */
  public record Progress(double percent, String message, long atMs) {}

  /** Bytes of a view beside its texts, payload and result, about, in any encoding. */
  private static final int FIXED_BYTES = 250;

  /** Bytes of an attempt beside its texts, about. */
  private static final int ATTEMPT_BYTES = 40;

  private static final byte[] NOTHING = {};

  /** Bytes of this view in a message, about, and rather too many than too few. */
  public long bytes() {
    var size = FIXED_BYTES + (long) spec.length + result.length;
    size += 3L * cancelReason.length();
    if (failure != null) {
      size += 3L * (failure.message().length() + failure.code().length());
    }
    for (var attempt : attempts) {
      size += bytes(attempt);
    }
    return progress == null ? size : size + 3L * progress.message().length();
  }

  private static long bytes(Attempt attempt) {
    var failure = attempt.failure();
    var chars = attempt.workerId().length() + failure.message().length() + failure.code().length();
    return ATTEMPT_BYTES + 3L * chars;
  }

  /** The same task without its specification, its result and the attempts that failed. */
  public TaskView bare() {
    return with(NOTHING, NOTHING, List.of());
  }

  /** The same task without the attempts that failed. */
  public TaskView withoutAttempts() {
    return attempts.isEmpty() ? this : with(spec, result, List.of());
  }

  /** The same task without its payload and its result. */
  public TaskView withoutBytes() {
    return with(SpecBytes.withoutPayload(spec), NOTHING, attempts);
  }

  private TaskView with(byte[] otherSpec, byte[] otherResult, List<Attempt> otherAttempts) {
    return new TaskView(
        id,
        state,
        otherSpec,
        attempt,
        fence,
        submittedAtMs,
        dueAtMs,
        leasedAtMs,
        finishedAtMs,
        otherResult,
        failure,
        failedAtMs,
        cancelReason,
        workerId,
        progress,
        redrivenAs,
        redriveOf,
        otherAttempts,
        discardedAtMs,
        losses);
  }
}
