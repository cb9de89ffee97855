package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.LossRule;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of one partition.
 *
 * @param tasksMax live tasks
 * @param bytesMax bytes of live tasks' specifications, each counted with {@link #TASK_OVERHEAD}
 * @param finished finished tasks that stay readable, dead ones not counted
 * @param dead dead tasks that stay readable
 * @param requests request ids that are remembered
 * @param leaseNanos how long a lease lasts without a renewal; at most {@link
 *     TimeBounds#WAIT_MAX_NANOS}
 * @param leaseAuditNanos how often sessions are asked whether they have their leases
 * @param schedules that there may be
 * @param uniqueKeys that tasks hold
 * @param ended holders that are gone, and remembered so that a late grant does not lease to them
 * @param losses how often the worker of a task may be lost under it
 */
public record Limits(
    int tasksMax,
    long bytesMax,
    Kept finished,
    Kept dead,
    Requests requests,
    Schedules schedules,
    UniqueKeys uniqueKeys,
    long leaseNanos,
    long leaseAuditNanos,
    Ended ended,
    LossRule losses) {

  /** With the default rule for losses. */
  public Limits(
      int tasksMax,
      long bytesMax,
      Kept finished,
      Kept dead,
      Requests requests,
      Schedules schedules,
      UniqueKeys uniqueKeys,
      long leaseNanos,
      long leaseAuditNanos,
      Ended ended) {
    this(
        tasksMax,
        bytesMax,
        finished,
        dead,
        requests,
        schedules,
        uniqueKeys,
        leaseNanos,
        leaseAuditNanos,
        ended,
        LossRule.DEFAULT);
  }

  /** Heap bytes of a queued task beside its specification; measured, see docs/performance.md. */
  public static final int TASK_OVERHEAD = 160;

  /**
   * Finished tasks that stay readable. The oldest go first.
   *
   * @param max their number
   * @param bytesMax bytes of their specifications and results, each counted with {@link
   *     #TASK_OVERHEAD}
   * @param keptMs for how long
   */
  public record Kept(int max, long bytesMax, long keptMs) {
    Kept withBytesMax(long other) {
      return new Kept(max, Math.min(bytesMax, other), keptMs);
    }
  }

  /**
   * Request ids that are remembered.
   *
   * @param bytesMax heap that they may take
   * @param keptMinMs an id is remembered for at least as long: without room for a new one, its
   *     submission is refused
   * @param keptMs an id is remembered for this long while there is room
   */
  public record Requests(long bytesMax, long keptMinMs, long keptMs) {}

  /**
   * Schedules.
   *
   * @param max their number
   * @param bytesMax heap that they may take
   * @param endedKeptMs how long one that makes no more tasks stays readable
   */
  public record Schedules(int max, long bytesMax, long endedKeptMs) {}

  /**
   * Unique keys that tasks hold.
   *
   * @param max their number
   * @param bytesMax heap that they may take
   * @param homes the partitions that keys were and are spread over; null: this one has all
   */
  public record UniqueKeys(int max, long bytesMax, @Nullable PartitionCounts homes) {}

  /**
   * Holders that are gone.
   *
   * @param max their number; the oldest are forgotten first
   * @param keptMs for how long; longer than any grant is on its way
   */
  public record Ended(int max, long keptMs) {}

  /**
   * How often at least the owner of a partition has to look at it while there are leases. After a
   * pause of twice as long the partition takes itself for stalled, and ends no lease before it has
   * listened for a whole lease time.
   */
  public long lookNanos() {
    return leaseNanos / 4;
  }

  /**
   * The same with at most so many bytes of finished tasks; dead ones may have a quarter of them.
   */
  public Limits withFinishedBytesMax(long max) {
    return new Limits(
        tasksMax,
        bytesMax,
        finished.withBytesMax(max - max / 4),
        dead.withBytesMax(max / 4),
        requests,
        schedules,
        uniqueKeys,
        leaseNanos,
        leaseAuditNanos,
        ended,
        losses);
  }

  /** The same with unique keys spread over these partitions. */
  public Limits withHomesOfKeys(PartitionCounts homes) {
    return new Limits(
        tasksMax,
        bytesMax,
        finished,
        dead,
        requests,
        schedules,
        new UniqueKeys(uniqueKeys.max(), uniqueKeys.bytesMax(), homes),
        leaseNanos,
        leaseAuditNanos,
        ended,
        losses);
  }
}
