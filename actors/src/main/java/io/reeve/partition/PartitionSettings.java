package io.reeve.partition;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.reeve.domain.TimeBounds;
import io.reeve.domain.partition.Limits;
import io.reeve.domain.task.TaskId;
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

  private static final String ROOT = "reeve.partition";

  /**
   * The settings in {@code config}, the whole configuration.
   *
   * @throws ConfigException when a value is missing or out of its bounds; the message names the key
   */
  public static PartitionSettings of(Config config) {
    var c = config.getConfig(ROOT);
    var limits =
        new Limits(
            atLeast(c, "tasks-max", 1, Integer.MAX_VALUE),
            c.getBytes("bytes-max") == 0 ? Long.MAX_VALUE / 2 : bytes(c, "bytes-max"),
            kept(c, "finished"),
            kept(c, "dead"),
            requests(c),
            TimeBounds.waitOf(duration(c, "lease.duration", Duration.ofSeconds(1))),
            TimeBounds.waitOf(duration(c, "lease.audit-interval", Duration.ofSeconds(1))),
            new Limits.Ended(
                atLeast(c, "ended-holders.max", 1, 10_000_000),
                TimeBounds.duration(duration(c, "ended-holders.kept", Duration.ofMinutes(1)))));
    return new PartitionSettings(
        atLeast(c, "count", 0, TaskId.PARTITIONS_MAX - 1),
        new Memory(
            share(c, "memory.live", 0.01, 0.8),
            share(c, "memory.live-limit", c.getDouble("memory.live"), 0.95),
            share(c, "memory.finished", 0, 0.5)),
        new Partition.Settings(
            limits,
            new Partition.Queue(
                atLeast(c, "pending-max", 1, 10_000_000),
                atLeast(c, "pending-others-max", 1, 10_000_000),
                bytes(c, "pending-bytes-max")),
            new Partition.BatchMax(
                atLeast(c, "batch.commands-max", 1, 1_000_000),
                (int) Math.min(Integer.MAX_VALUE, bytes(c, "batch.bytes-max")),
                atLeast(c, "batch.events-max", 1, 1_000_000)),
            atLeast(c, "watchers-max", 0, 1_000_000),
            new Partition.Snapshots(
                atLeast(c, "snapshot.finished-min", 1, Integer.MAX_VALUE),
                atLeast(c, "snapshot.rows-min", 1, Integer.MAX_VALUE),
                atLeast(c, "snapshot.kept", 2, 100),
                backoff(c, "snapshot", 0)),
            backoff(c, "restart", c.getDouble("restart.jitter"))));
  }

  private static Partition.Backoff backoff(Config c, String what, double jitter) {
    return new Partition.Backoff(
        duration(c, what + ".backoff-min", Duration.ofMillis(1)),
        duration(c, what + ".backoff-max", c.getDuration(what + ".backoff-min")),
        jitter);
  }

  private static Limits.Kept kept(Config c, String key) {
    return new Limits.Kept(
        atLeast(c, key + ".max", 0, 100_000_000),
        bytes(c, key + ".bytes-max"),
        TimeBounds.duration(duration(c, key + ".kept", Duration.ZERO)));
  }

  private static Limits.Requests requests(Config c) {
    var keptMin = duration(c, "request-id.kept-min", Duration.ZERO);
    return new Limits.Requests(
        bytes(c, "request-id.bytes-max"),
        TimeBounds.duration(keptMin),
        TimeBounds.duration(duration(c, "request-id.kept", keptMin)));
  }

  private static int atLeast(Config c, String key, int min, int max) {
    var value = c.getInt(key);
    if (value < min || value > max) {
      throw new ConfigException.BadValue(
          ROOT + "." + key, "expected " + min + " to " + max + ", got " + value);
    }
    return value;
  }

  private static double share(Config c, String key, double min, double max) {
    var value = c.getDouble(key);
    if (!(value >= min && value <= max)) {
      throw new ConfigException.BadValue(
          ROOT + "." + key, "expected " + min + " to " + max + ", got " + value);
    }
    return value;
  }

  private static long bytes(Config c, String key) {
    var value = c.getBytes(key);
    if (value < 1) {
      throw new ConfigException.BadValue(ROOT + "." + key, "expected 1 byte or more, got " + value);
    }
    return value;
  }

  private static Duration duration(Config c, String key, Duration min) {
    var value = c.getDuration(key);
    if (value.compareTo(min) < 0) {
      throw new ConfigException.BadValue(
          ROOT + "." + key, "expected " + min + " or more, got " + value);
    }
    return value;
  }
}
