package io.reeve.worker.settings;

import io.reeve.worker.lane.Reserve;
import java.util.List;

/**
 * How the pools of a worker are made; from {@code reeve.worker.pool}.
 *
 * @param count how many pools, each with a session of its own
 * @param slots attempts that run at the same time in one pool
 * @param prefetch leases held beyond the slots
 * @param urgentPercentage share of the places only urgent tasks may use
 * @param queues served by every pool; "*" alone means any
 */
public record PoolSettings(
    int count, int slots, int prefetch, int urgentPercentage, List<String> queues) {

  static final int COUNT_MAX = 64;
  static final int CAPACITY_MAX = 10_000;
  private static final String QUEUE = "[A-Za-z0-9._:/-]{1,128}";

  public PoolSettings {
    queues = List.copyOf(queues);
    check("count", "1 to " + COUNT_MAX, count, count >= 1 && count <= COUNT_MAX);
    check("slots", "1 to " + CAPACITY_MAX, slots, slots >= 1 && slots <= CAPACITY_MAX);
    check(
        "prefetch",
        "0 to " + (CAPACITY_MAX - slots) + " beside " + slots + " slots",
        prefetch,
        prefetch >= 0 && prefetch <= CAPACITY_MAX - slots);
    check(
        "urgent-percentage",
        "0 to 100",
        urgentPercentage,
        urgentPercentage >= 0 && urgentPercentage <= 100);
    if (queues.isEmpty() || (queues.contains("*") && queues.size() > 1)) {
      throw new InvalidSetting(
          "reeve.worker.pool.queues", "at least one name, or \"*\" alone", queues.toString());
    }
    for (var queue : queues) {
      if (!queue.equals("*") && !queue.matches(QUEUE)) {
        throw new InvalidSetting(
            "reeve.worker.pool.queues",
            "names of 1 to 128 characters of [A-Za-z0-9._:/-]",
            '"' + queue + '"');
      }
    }
  }

  /** Leases the pool is ready to hold at once. */
  public int capacity() {
    return slots + prefetch;
  }

  /** How much of the capacity only urgent tasks may use. */
  public int urgentReserve() {
    return Reserve.of(capacity(), urgentPercentage);
  }

  static PoolSettings from(Keys keys) {
    return new PoolSettings(
        keys.whole("count", 1, COUNT_MAX),
        keys.whole("slots", 1, CAPACITY_MAX),
        keys.whole("prefetch", 0, CAPACITY_MAX),
        keys.whole("urgent-percentage", 0, 100),
        keys.texts("queues"));
  }

  private static void check(String key, String expected, int got, boolean holds) {
    if (!holds) {
      throw new InvalidSetting("reeve.worker.pool." + key, expected, String.valueOf(got));
    }
  }
}
