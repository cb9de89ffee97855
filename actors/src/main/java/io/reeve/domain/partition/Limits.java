package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;

/**
 * The bounds of one partition.
 *
 * @param tasksMax live tasks
 * @param bytesMax bytes of live tasks' specifications, each counted with {@link #TASK_OVERHEAD}
 * @param finishedMax finished tasks that stay readable
 * @param finishedBytesMax bytes of their specifications and results
 * @param finishedKeptMs how long they stay readable
 * @param requestsMax request ids that are remembered
 * @param requestKeptMs how long a request id is remembered
 * @param leaseNanos how long a lease lasts without a renewal; at most {@link
 *     TimeBounds#WAIT_MAX_NANOS}
 * @param leaseAuditNanos how often sessions are asked whether they have their leases
 */
public record Limits(
    int tasksMax,
    long bytesMax,
    int finishedMax,
    long finishedBytesMax,
    long finishedKeptMs,
    int requestsMax,
    long requestKeptMs,
    long leaseNanos,
    long leaseAuditNanos) {

  /** Heap bytes of a queued task beside its specification; measured, see docs/performance.md. */
  public static final int TASK_OVERHEAD = 160;

  /**
   * How often at least the owner of a partition has to look at it while there are leases. After a
   * pause of twice as long the partition takes itself for stalled, and ends no lease before it has
   * listened for a whole lease time.
   */
  public long lookNanos() {
    return leaseNanos / 4;
  }

  /** The same with at most so many bytes of finished tasks. */
  public Limits withFinishedBytesMax(long max) {
    return new Limits(
        tasksMax,
        bytesMax,
        finishedMax,
        Math.min(max, finishedBytesMax),
        finishedKeptMs,
        requestsMax,
        requestKeptMs,
        leaseNanos,
        leaseAuditNanos);
  }
}
