package io.reeve.partition;

import com.typesafe.config.Config;
import io.reeve.domain.TimeBounds;
import io.reeve.domain.partition.Limits;
import io.reeve.domain.task.LossRule;
import io.reeve.domain.task.TaskId;
import io.reeve.settings.Keys;
import java.time.Duration;

/**
 * Reads and checks {@code reeve.partition}.
 *
 * @param count partitions there are to be; 0: as many as the store has
 * @param memory what all partitions of a process may hold
 * @param partition what each of them is tuned by
 */
public record PartitionSettings(int count, Memory memory, Partition.Settings partition) {

  /**
   * Shares of the old generation of the heap, each 0 to 1, for all partitions of a process.
   *
   * @param live tasks that are not finished, up to which submissions are taken
   * @param liveLimit the same, up to which partitions start
   * @param finished tasks that stay readable
   */
  public record Memory(double live, double liveLimit, double finished) {}

  /** As much as bounds nothing. */
  private static final long UNBOUNDED = Long.MAX_VALUE / 2;

  /**
   * The settings in {@code config}, the whole configuration.
   *
   * @throws IllegalArgumentException when a value is missing or out of its bounds; the message
   *     names the key
   */
  public static PartitionSettings of(Config config) {
    var keys = new Keys(config, "reeve.partition");
    return new PartitionSettings(
        keys.count("count", 0, TaskId.PARTITIONS_MAX - 1),
        memory(keys.below("memory")),
        new Partition.Settings(
            limits(keys),
            new Partition.Queue(
                keys.count("pending-max", 1, 10_000_000),
                keys.count("pending-others-max", 1, 10_000_000),
                keys.bytesFrom("pending-bytes-max", 1)),
            batch(keys.below("batch")),
            keys.count("watchers-max", 0, 1_000_000),
            snapshots(keys.below("snapshot")),
            restarts(keys.below("restart"))));
  }

  private static Memory memory(Keys keys) {
    var live = keys.number("live", 0.01, 0.8);
    return new Memory(live, keys.number("live-limit", live, 0.95), keys.number("finished", 0, 0.5));
  }

  private static Limits limits(Keys keys) {
    var bytes = keys.bytesFrom("bytes-max", 0);
    var lease = keys.below("lease");
    var ended = keys.below("ended-holders");
    return new Limits(
        keys.count("tasks-max", 1, Integer.MAX_VALUE),
        bytes == 0 ? UNBOUNDED : bytes,
        kept(keys.below("finished")),
        kept(keys.below("dead")),
        requests(keys.below("request-id")),
        schedules(keys.below("schedules")),
        uniqueKeys(keys.below("unique-keys")),
        TimeBounds.waitOf(lease.durationFrom("duration", Duration.ofSeconds(1))),
        TimeBounds.waitOf(lease.durationFrom("audit-interval", Duration.ofSeconds(1))),
        new Limits.Ended(
            ended.count("max", 1, 10_000_000),
            TimeBounds.duration(ended.durationFrom("kept", Duration.ofMinutes(1)))),
        losses(keys.below("losses")));
  }

  private static LossRule losses(Keys keys) {
    return new LossRule(keys.count("max", 1, 1_000), keys.flag("quarantine"));
  }

  private static Limits.Kept kept(Keys keys) {
    return new Limits.Kept(
        keys.count("max", 0, 100_000_000),
        keys.bytesFrom("bytes-max", 1),
        TimeBounds.duration(keys.durationFrom("kept", Duration.ZERO)));
  }

  private static Limits.Requests requests(Keys keys) {
    var keptMin = keys.durationFrom("kept-min", Duration.ZERO);
    return new Limits.Requests(
        keys.bytesFrom("bytes-max", 1),
        TimeBounds.duration(keptMin),
        TimeBounds.duration(keys.durationFrom("kept", keptMin)));
  }

  private static Limits.Schedules schedules(Keys keys) {
    return new Limits.Schedules(
        keys.count("max", 0, 10_000_000),
        keys.bytesFrom("bytes-max", 1),
        TimeBounds.duration(keys.durationFrom("ended-kept", Duration.ZERO)));
  }

  private static Limits.UniqueKeys uniqueKeys(Keys keys) {
    return new Limits.UniqueKeys(
        keys.count("max", 0, 100_000_000), keys.bytesFrom("bytes-max", 1), null);
  }

  private static Partition.BatchMax batch(Keys keys) {
    return new Partition.BatchMax(
        keys.count("commands-max", 1, 1_000_000),
        (int) Math.min(Integer.MAX_VALUE, keys.bytesFrom("bytes-max", 1)),
        keys.count("events-max", 1, 1_000_000));
  }

  private static Partition.Snapshots snapshots(Keys keys) {
    return new Partition.Snapshots(
        keys.count("finished-min", 1, Integer.MAX_VALUE),
        keys.count("rows-min", 1, Integer.MAX_VALUE),
        keys.count("kept", 2, 100),
        backoff(keys, 0));
  }

  private static Partition.Backoff restarts(Keys keys) {
    return backoff(keys, keys.number("jitter", 0.05, 1));
  }

  private static Partition.Backoff backoff(Keys keys, double jitter) {
    var min = keys.durationFrom("backoff-min", Duration.ofMillis(1));
    return new Partition.Backoff(min, keys.durationFrom("backoff-max", min), jitter);
  }
}
