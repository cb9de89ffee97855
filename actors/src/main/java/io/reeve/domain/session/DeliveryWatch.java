package io.reeve.domain.session;

import org.jspecify.annotations.Nullable;

/**
 * Numbers what is sent to the worker and watches that it says to have received it. A worker that
 * keeps still for too long after a delivery is deaf.
 */
public final class DeliveryWatch {

  private long sent;
  private long received;
  private long waitingSinceNanos;

  /** The number of the next message, which goes out at {@code nowNanos}. */
  public long next(long nowNanos) {
    if (sent == received) {
      waitingSinceNanos = nowNanos;
    }
    return ++sent;
  }

  /**
   * The worker acknowledges all up to {@code sequence}; a repeat changes nothing.
   *
   * @return how that breaks the protocol, or null
   */
  public @Nullable Misuse received(long sequence, long nowNanos) {
    if (sequence > sent) {
      return Misuse.of(
          Misuse.Code.RECEIVED_TOO_MUCH, "a sequence of " + sent + " or less", sequence);
    }
    if (sequence < received) {
      return Misuse.of(Misuse.Code.TOTAL_FELL, "a sequence of " + received + " or more", sequence);
    }
    if (sequence > received) {
      received = sequence;
      waitingSinceNanos = nowNanos;
    }
    return null;
  }

  /** How long the worker may still take; MAX_VALUE when nothing is unacknowledged. */
  public long leftNanos(long nowNanos, long withinNanos) {
    return sent == received ? Long.MAX_VALUE : withinNanos - (nowNanos - waitingSinceNanos);
  }
}
