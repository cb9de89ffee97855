package io.reeve.node.time;

/**
 * A wall clock that neither jumps nor goes back: it runs with the monotonic clock and is led slowly
 * towards a reference, the way adjtime(3) does it.
 *
 * <p>Whoever sets the clock of a machine wrong by an hour would otherwise start every task an hour
 * early, let an hour's worth of waiting ones expire, or make retries wait for an hour.
 *
 * @param atNanos the monotonic clock when the reference was looked at last
 * @param atMs what this clock showed then, in milliseconds since the epoch
 * @param behindMs what the reference was ahead of it then; below 0: what it was behind
 * @param slewMax by which share it may run faster or slower than the monotonic clock, below 1
 */
record SteadyTime(long atNanos, long atMs, long behindMs, double slewMax) {

  /** Begins at the reference. */
  static SteadyTime startingAt(long nanos, long referenceMs, double slewMax) {
    return new SteadyTime(nanos, referenceMs, 0, slewMax);
  }

  /** What it shows; never less than for an earlier instant. */
  long millis(long nanos) {
    var elapsedMs = Math.max(0, nanos - atNanos) / 1_000_000;
    var most = (long) (elapsedMs * slewMax);
    return atMs + elapsedMs + Math.max(-most, Math.min(behindMs, most));
  }

  /**
   * Goes on by what the reference shows now.
   *
   * @param sleptMs how long the machine slept since the look before, which the monotonic clock does
   *     not count; taken over at once
   */
  SteadyTime look(long nanos, long referenceMs, long sleptMs) {
    var nowMs = millis(nanos) + sleptMs;
    return new SteadyTime(Math.max(atNanos, nanos), nowMs, referenceMs - nowMs, slewMax);
  }
}
