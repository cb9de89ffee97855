package io.reeve.domain.session;

/**
 * How a worker broke the protocol of its stream. Ends the session.
 *
 * @param message for people, in the shape "expected X, got Y"
 */
public record Misuse(Code code, String message) {

  /** Every way to break it. The names are part of the public protocol. */
  public enum Code {
    /** Something other than a hello came first, or before the welcome. */
    HELLO_EXPECTED,
    /** A second hello. */
    SECOND_HELLO,
    /** A capacity, a reserve or a number of held leases out of bounds. */
    CAPACITY_OUT_OF_BOUNDS,
    /** A total that only grows became smaller. */
    TOTAL_FELL,
    /** More slots given back than leases were sent. */
    RELEASED_TOO_MUCH,
    /** A sequence number acknowledged that was not sent. */
    RECEIVED_TOO_MUCH,
    /** The number of a settlement batch did not follow the last one. */
    BATCH_OUT_OF_ORDER,
    /** More settlement batches on their way than the session takes. */
    TOO_MANY_BATCHES
  }

  static Misuse of(Code code, String expected, Object got) {
    return new Misuse(code, "expected " + expected + ", got " + got);
  }
}
