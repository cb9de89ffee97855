package io.reeve.domain.task;

import org.jspecify.annotations.Nullable;

/**
 * What the leases of a task left behind: who holds or last held it, and its latest failure. A
 * failure stays while later attempts run, and whatever ends the task.
 *
 * @param workerId of the worker that got the latest lease; empty before the first
 * @param leasedAtMs when the latest lease began; 0 before the first
 * @param failure the latest failure; null without one
 * @param failedAtMs when that attempt failed; 0 without one
 * @param failedFence the fence of that attempt; 0 without one
 */
public record Past(
    String workerId,
    long leasedAtMs,
    @Nullable Failure failure,
    long failedAtMs,
    long failedFence) {

  /** Of a task that was never leased; all of them share it. */
  public static final Past NONE = new Past("", 0, null, 0, 0);

  /** A worker gets the next lease. */
  Past leased(String workerId, long atMs) {
    return new Past(workerId, atMs, failure, failedAtMs, failedFence);
  }

  /** The attempt under {@code fence} failed. */
  Past failed(Failure failure, long atMs, long fence) {
    return new Past(workerId, leasedAtMs, failure, atMs, fence);
  }

  /** Whether the attempt under {@code fence} failed. */
  boolean failedUnder(long fence) {
    return failure != null && failedFence == fence;
  }
}
