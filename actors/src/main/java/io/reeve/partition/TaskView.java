package io.reeve.partition;

import io.reeve.domain.task.Failure;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import org.jspecify.annotations.Nullable;

/**
 * One task as it is now, for readers. Times are milliseconds since the epoch, 0 when there is none.
 *
 * @param spec bytes of the task's reeve.v1.TaskSpec as submitted
 * @param attempt the attempt in progress or last made; 0 before the first
 * @param fence of the latest lease; 0 before the first
 * @param dueAtMs when it became or becomes due
 * @param workerId who holds or last held the lease; empty before the first
 * @param progress of the attempt in progress, if its worker reported any
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
    String cancelReason,
    String workerId,
    @Nullable Progress progress)
    implements Wire {

  /** The last that a worker said of a running attempt. Not journalled. */
  public record Progress(double percent, String message, long atMs) implements Wire {}
}
