package io.reeve.domain;

import java.time.Duration;

/**
 * The instants and durations that Reeve counts with, and arithmetic that never leaves them. A value
 * beyond a bound becomes the bound; nothing here overflows or throws.
 *
 * <p>Three kinds of numbers exist:
 *
 * <ul>
 *   <li>An <em>instant</em> counts milliseconds since the epoch, from 1970 to the end of the year
 *       9999, the last instant that the public protocol can print.
 *   <li>A <em>duration</em> counts milliseconds, from 0 to 10,000 years, the longest that the
 *       public protocol can carry.
 *   <li>A <em>wait</em> counts nanoseconds of a clock that only runs forward, from 0 to 73 years.
 *       No process lives longer, so a longer duration never ends within it. Two deadlines differ by
 *       less than half of the range of a long, so their difference tells which one is earlier.
 * </ul>
 */
public final class TimeBounds {

  /** 9999-12-31T23:59:59.999Z. */
  public static final long INSTANT_MAX_MS = 253_402_300_799_999L;

  /** 315,576,000,000 seconds, the bound of google.protobuf.Duration. */
  public static final long DURATION_MAX_MS = 315_576_000_000_000L;

  /** About 73 years. */
  public static final long WAIT_MAX_NANOS = Long.MAX_VALUE / 4;

  private static final long NANOS_PER_MS = 1_000_000;
  private static final long MS_PER_SECOND = 1_000;

  private TimeBounds() {}

  // ---- Instants --------------------------------------------------------------------------------

  /** The instant, or the nearest one within the bounds. */
  public static long instant(long epochMs) {
    return Math.max(0, Math.min(epochMs, INSTANT_MAX_MS));
  }

  /**
   * The instant this long after the epoch. A part of a millisecond is rounded up, but never beyond
   * the last instant: 9999-12-31T23:59:59.999999999Z stays in its year.
   *
   * @param nanos of the second; from 0 to 999,999,999
   */
  public static long instant(long epochSeconds, int nanos) {
    return instant(millis(epochSeconds, nanos, INSTANT_MAX_MS));
  }

  /** The instant a duration after another. */
  public static long plus(long instantMs, long durationMs) {
    return instant(instant(instantMs) + duration(durationMs));
  }

  /** The instant a duration before another. */
  public static long minus(long instantMs, long durationMs) {
    return instant(instant(instantMs) - duration(durationMs));
  }

  // ---- Durations -------------------------------------------------------------------------------

  /** The duration, or the nearest one within the bounds. */
  public static long duration(long ms) {
    return Math.max(0, Math.min(ms, DURATION_MAX_MS));
  }

  /**
   * The duration in milliseconds. A part of a millisecond is rounded up, so that only 0 becomes 0.
   *
   * @param nanos beside the seconds; from 0 to 999,999,999
   */
  public static long duration(long seconds, int nanos) {
    return duration(millis(seconds, nanos, DURATION_MAX_MS));
  }

  /** The duration in milliseconds, parts of one rounded up. */
  public static long duration(Duration duration) {
    return duration(duration.getSeconds(), duration.getNano());
  }

  // ---- Waits -----------------------------------------------------------------------------------

  /** How long a duration is on a clock that counts nanoseconds. */
  public static long waitOf(long durationMs) {
    return durationMs <= 0 ? 0 : Math.min(durationMs, WAIT_MAX_NANOS / NANOS_PER_MS) * NANOS_PER_MS;
  }

  /** How long a duration is on a clock that counts nanoseconds. */
  public static long waitOf(Duration duration) {
    return duration.isNegative()
        ? 0
        : duration.toSeconds() >= WAIT_MAX_NANOS / (NANOS_PER_MS * MS_PER_SECOND)
            ? WAIT_MAX_NANOS
            : duration.toNanos();
  }

  /** How long to wait for an instant; 0 when it is past. */
  public static long waitUntil(long instantMs, long nowMs) {
    return waitOf(instant(instantMs) - instant(nowMs));
  }

  /** How long to wait for a deadline on the same clock; 0 when it is past. */
  public static long waitUntilNanos(long deadlineNanos, long nowNanos) {
    return Math.max(0, deadlineNanos - nowNanos);
  }

  private static long millis(long seconds, int nanos, long maxMs) {
    if (seconds < 0) {
      return 0;
    }
    return seconds > maxMs / MS_PER_SECOND
        ? maxMs
        : seconds * MS_PER_SECOND + Math.floorDiv(nanos + NANOS_PER_MS - 1, NANOS_PER_MS);
  }
}
