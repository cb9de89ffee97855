package io.reeve.cli.cluster;

import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * When something happened again and again, in milliseconds since the epoch, and how long it did
 * not. Safe for many threads; 8 bytes each.
 */
public final class Moments {

  private static final int FIRST_CAPACITY = 1024;

  private long[] moments = new long[FIRST_CAPACITY];
  private int count;

  public synchronized void add(long atMs) {
    if (count == moments.length) {
      moments = Arrays.copyOf(moments, count * 2);
    }
    moments[count++] = atMs;
  }

  /** The longest time within {@code fromMs} and {@code toMs} in which it did not happen. */
  public Duration longestGap(long fromMs, long toMs) {
    var longest = 0L;
    var last = fromMs;
    for (var moment : between(fromMs, toMs)) {
      longest = Math.max(longest, moment - last);
      last = moment;
    }
    return Duration.ofMillis(Math.max(longest, toMs - last));
  }

  /**
   * How long after {@code fromMs} it went on for good: the end of the last gap longer than {@code
   * gap}, zero where there was none, and empty where one is open at {@code toMs}.
   */
  public OptionalLong wentOnAfterMs(long fromMs, long toMs, Duration gap) {
    var wentOn = fromMs;
    var last = fromMs;
    for (var moment : between(fromMs, toMs)) {
      if (moment - last > gap.toMillis()) {
        wentOn = moment;
      }
      last = moment;
    }
    return toMs - last > gap.toMillis() ? OptionalLong.empty() : OptionalLong.of(wentOn - fromMs);
  }

  /** In order, though several nodes wrote them down. */
  private long[] between(long fromMs, long toMs) {
    long[] all;
    synchronized (this) {
      all = Arrays.copyOf(moments, count);
    }
    return Arrays.stream(all).filter(m -> m >= fromMs && m <= toMs).sorted().toArray();
  }
}
