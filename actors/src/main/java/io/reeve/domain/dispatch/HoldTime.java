package io.reeve.domain.dispatch;

/**
 * How long a task holds its slot, on average, from the lease to the slot's return: the time that
 * slots were held, summed, over the number of slots given back (Little's law). Both fade, so that
 * the last minute or so in which work was done counts; while nothing is held nothing fades, and the
 * last word stands.
 *
 * <p>Until the first slot is given back it is the time that was spent so far, which is too short,
 * and grows.
 */
final class HoldTime {

  /** Work that is older by this much counts a third. */
  private static final double FADES_OVER_NANOS = 60e9;

  private static final double FADES_EVERY_NANOS = 0.1e9;

  private boolean began;
  private long lastNanos;
  private long heldBefore;
  private long releasedBefore;
  private double slotNanos;
  private double released;
  private double sinceFadeNanos;

  /**
   * Where things stand after a change.
   *
   * @param nowNanos monotonic
   * @param held slots that are held from now on
   * @param releasedTotal slots that were ever given back
   */
  void at(long nowNanos, long held, long releasedTotal) {
    if (began) {
      var elapsed = Math.max(0, nowNanos - lastNanos);
      slotNanos += (double) heldBefore * elapsed;
      released += releasedTotal - releasedBefore;
      if (heldBefore > 0) {
        fade(elapsed);
      }
    }
    began = true;
    lastNanos = nowNanos;
    heldBefore = held;
    releasedBefore = releasedTotal;
  }

  /** Nanoseconds on average; 0 when no slot was ever held. */
  long meanNanos() {
    return Math.round(slotNanos / Math.max(1, released));
  }

  private void fade(long elapsedNanos) {
    sinceFadeNanos += elapsedNanos;
    if (sinceFadeNanos >= FADES_EVERY_NANOS) {
      var kept = Math.exp(-sinceFadeNanos / FADES_OVER_NANOS);
      slotNanos *= kept;
      released *= kept;
      sinceFadeNanos = 0;
    }
  }
}
