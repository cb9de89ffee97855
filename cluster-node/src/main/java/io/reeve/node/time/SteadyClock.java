package io.reeve.node.time;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The time of a node, by {@link SteadyTime}: what the reference showed at the start, led on by the
 * monotonic clock. Reading it costs no more than the monotonic clock does; any thread may.
 */
public final class SteadyClock extends Clock {

  /** A reference that took longer to answer says too little about now. */
  private static final long ANSWER_WITHIN_NANOS = 1_000_000_000;

  /** Below this the two clocks only disagree about when they were read. */
  private static final long SLEEP_AT_LEAST_MS = 1000;

  private final LongSupplier referenceMs;
  private final LongSupplier nanoTime;
  private final Supplier<OptionalLong> uptimeMs;
  private volatile SteadyTime time;
  private OptionalLong lookedAtUptimeMs;

  /**
   * Reads the reference for the first time.
   *
   * @param referenceMs milliseconds since the epoch, as all nodes should show them; may block
   * @param nanoTime monotonic
   * @param slewMax by which share this clock may run faster or slower than {@code nanoTime}
   */
  public static SteadyClock start(LongSupplier referenceMs, LongSupplier nanoTime, double slewMax) {
    return new SteadyClock(referenceMs, nanoTime, Uptime::millis, slewMax);
  }

  SteadyClock(
      LongSupplier referenceMs,
      LongSupplier nanoTime,
      Supplier<OptionalLong> uptimeMs,
      double slewMax) {
    this.referenceMs = referenceMs;
    this.nanoTime = nanoTime;
    this.uptimeMs = uptimeMs;
    this.lookedAtUptimeMs = uptimeMs.get();
    var reference = referenceMs.getAsLong();
    this.time = SteadyTime.startingAt(nanoTime.getAsLong(), reference, slewMax);
  }

  @Override
  public long millis() {
    return time.millis(nanoTime.getAsLong());
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  /** The same instants; only the zone differs that they are written down in. */
  @Override
  public Clock withZone(ZoneId zone) {
    InstantSource instants = () -> Instant.ofEpochMilli(millis());
    return instants.withZone(zone);
  }

  /**
   * Looks at the reference and goes on by it; may block as long as the reference does, and throws
   * what it throws, with the time unharmed. One thread at a time.
   *
   * @return by how many milliseconds the reference is ahead of this clock
   */
  public long look() {
    var before = nanoTime.getAsLong();
    var reference = referenceMs.getAsLong();
    var after = nanoTime.getAsLong();
    var uptime = uptimeMs.get();
    if (after - before > ANSWER_WITHIN_NANOS) {
      return time.behindMs();
    }
    var now = reference + (after - before) / 2_000_000;
    time = time.look(after, now, sleptMs(after, uptime, now));
    lookedAtUptimeMs = uptime;
    return time.behindMs();
  }

  /**
   * A machine that does not tell how long it slept may be one that did: there a clock that went
   * ahead is taken at its word.
   */
  private long sleptMs(long nanos, OptionalLong uptime, long reference) {
    if (uptime.isEmpty() || lookedAtUptimeMs.isEmpty()) {
      var ahead = reference - time.millis(nanos);
      return ahead > SLEEP_AT_LEAST_MS ? ahead : 0;
    }
    var slept =
        uptime.getAsLong() - lookedAtUptimeMs.getAsLong() - (nanos - time.atNanos()) / 1_000_000;
    return slept > SLEEP_AT_LEAST_MS ? slept : 0;
  }
}
