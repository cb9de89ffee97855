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
 * @param history what ended before
 */
public record Past(
    String workerId,
    long leasedAtMs,
    @Nullable Failure failure,
    long failedAtMs,
    long failedFence,
    History history) {

  /** Of a task that was never leased; all of them share it. */
  public static final Past NONE = new Past("", 0, null, 0, 0);

  /** A past without a history. */
  public Past(
      String workerId,
      long leasedAtMs,
      @Nullable Failure failure,
      long failedAtMs,
      long failedFence) {
    this(workerId, leasedAtMs, failure, failedAtMs, failedFence, History.NONE);
  }

  /** Of a task that was never leased and repeats a dead one. */
  static Past redriveOf(long sequence) {
    return new Past("", 0, null, 0, 0, History.redriveOf(sequence));
  }

  /** A worker gets the next lease. */
  Past leased(String workerId, long atMs) {
    return new Past(workerId, atMs, failure, failedAtMs, failedFence, history);
  }

  /** The attempt with this number failed, which ran under {@code fence}. */
  Past failed(Failure failure, long atMs, long fence, int attempt) {
    var ended = Attempt.ended(attempt, workerId, leasedAtMs, atMs, failure);
    return new Past(workerId, leasedAtMs, failure, atMs, fence, history.withFailure(ended));
  }

  /** The worker of the attempt with this number was lost, which ran under {@code fence}. */
  Past lost(Failure failure, long atMs, long fence, int attempt) {
    var ended = Attempt.ended(attempt, workerId, leasedAtMs, atMs, failure);
    return new Past(workerId, leasedAtMs, failure, atMs, fence, history.withLoss(ended));
  }

  /** How often in a row the worker of the task was lost under it. */
  public int losses() {
    return history.losses();
  }

  /** The same without the attempts that failed. */
  Past withoutAttempts() {
    return new Past(
        workerId, leasedAtMs, failure, failedAtMs, failedFence, history.withoutAttempts());
  }

  /** Whether the attempt under {@code fence} failed. */
  boolean failedUnder(long fence) {
    return failure != null && failedFence == fence;
  }

  /** Whether attempts that failed are known. */
  public boolean hasAttempts() {
    return !history.attempts().isEmpty();
  }

  /** Heap bytes of the attempts that failed, about; 0 of a task that never failed. */
  public int attemptBytes() {
    return history.bytes();
  }
}
