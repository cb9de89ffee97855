package io.reeve.node.store;

import com.typesafe.config.Config;
import io.reeve.settings.Keys;
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

  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;

  /** How rows are removed. */
  public record Trim(int chunkRows, long chunkSize, double duty, int pendingMax) {

    /** Reads {@code trim} below the keys of the store. */
    static Trim of(Keys store) {
      var trim = store.below("trim");
      var duty = trim.number("duty", 0, 0.9);
      trim.demand("duty", duty > 0, "more than 0", Double.toString(duty));
      return new Trim(
          trim.count("chunk-rows", 1, 10_000),
          trim.bytes("chunk-size", 64 * KIB, 256 * MIB),
          duty,
          trim.count("pending-max", 1, 100_000));
    }
  }

  /**
   * Reads the settings of a whole configuration.
   *
   * @throws IllegalArgumentException for a value out of its bounds; the message has the full key
   */
  public static StoreSettings of(Config configuration) {
    var store = new Keys(configuration, "reeve.store");
    var wal = store.below("wal");
    var pageSize = store.bytes("page-size", 512, 64 * KIB);
    store.demand(
        "page-size", Integer.bitCount(pageSize) == 1, "a power of two", Integer.toString(pageSize));
    var checkpointSize = wal.bytes("checkpoint-size", 64 * KIB, 1024 * MIB);
    var sizeLimit = wal.bytes("size-limit", 64 * KIB, 4096L * MIB);
    wal.demand(
        "size-limit",
        sizeLimit >= checkpointSize,
        "at least reeve.store.wal.checkpoint-size (" + checkpointSize + ")",
        Long.toString(sizeLimit));
    return new StoreSettings(
        store.directory("directory"),
        store.duration("busy-timeout", Duration.ofMillis(100), Duration.ofMinutes(1)),
        pageSize,
        checkpointSize,
        sizeLimit,
        store.bytes("reserve", 0, 1024L * 1024 * MIB),
        Trim.of(store));
  }

  /** The same settings for another directory. */
  public StoreSettings in(Path otherDirectory) {
    return new StoreSettings(
        otherDirectory, busyTimeout, pageSize, checkpointSize, walSizeLimit, reserve, trim);
  }
}
