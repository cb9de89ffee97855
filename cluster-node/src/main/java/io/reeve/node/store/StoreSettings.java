package io.reeve.node.store;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Everything the embedded store can be tuned by; read from {@code reeve.store}, where each key is
 * explained. Sizes are in bytes.
 */
public record StoreSettings(
    Path directory,
    Duration busyTimeout,
    int pageSize,
    int checkpointSize,
    long walSizeLimit,
    long reserve,
    Trim trim) {

  private static final String ROOT = "reeve.store";
  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;

  /** How rows are removed. */
  public record Trim(int chunkRows, long chunkSize, double duty, int pendingMax) {
    public Trim {
      within("trim.chunk-rows", chunkRows, 1, 10_000);
      within("trim.chunk-size", chunkSize, 64 * KIB, 256 * MIB);
      require(duty > 0 && duty <= 0.9, "trim.duty", "above 0 and at most 0.9", duty);
      within("trim.pending-max", pendingMax, 1, 100_000);
    }

    static Trim of(Config trim) {
      return new Trim(
          trim.getInt("chunk-rows"),
          trim.getBytes("chunk-size"),
          trim.getDouble("duty"),
          trim.getInt("pending-max"));
    }
  }

  public StoreSettings {
    within("busy-timeout in ms", busyTimeout.toMillis(), 100, 60_000);
    within("page-size", pageSize, 512, 64 * KIB);
    require(Integer.bitCount(pageSize) == 1, "page-size", "a power of two", pageSize);
    within("wal.checkpoint-size", checkpointSize, 64 * KIB, 1024 * MIB);
    within("wal.size-limit", walSizeLimit, 64 * KIB, 4096 * MIB);
    within("reserve", reserve, 0, 1024 * 1024 * MIB);
    require(
        walSizeLimit >= checkpointSize,
        "wal.size-limit",
        "at least " + ROOT + ".wal.checkpoint-size (" + checkpointSize + ")",
        walSizeLimit);
  }

  /**
   * Reads the settings of a whole configuration.
   *
   * @throws IllegalArgumentException for a value out of its bounds; the message has the full key
   */
  public static StoreSettings of(Config configuration) {
    var store = configuration.getConfig(ROOT);
    within("page-size", store.getBytes("page-size"), 512, 64 * KIB);
    within("wal.checkpoint-size", store.getBytes("wal.checkpoint-size"), 64 * KIB, 1024 * MIB);
    return new StoreSettings(
        Path.of(store.getString("directory")),
        store.getDuration("busy-timeout"),
        store.getBytes("page-size").intValue(),
        store.getBytes("wal.checkpoint-size").intValue(),
        store.getBytes("wal.size-limit"),
        store.getBytes("reserve"),
        Trim.of(store.getConfig("trim")));
  }

  /** The same settings for another directory. */
  public StoreSettings in(Path otherDirectory) {
    return new StoreSettings(
        otherDirectory, busyTimeout, pageSize, checkpointSize, walSizeLimit, reserve, trim);
  }

  private static void within(String key, long value, long least, long most) {
    require(value >= least && value <= most, key, least + " to " + most, value);
  }

  private static void require(boolean holds, String key, String expected, Object got) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s.%s: expected %s, got %s".formatted(ROOT, key, expected, got));
    }
  }
}
