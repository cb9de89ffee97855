package io.reeve.worker;

import java.time.Duration;

/** Thrown by a handler: the attempt failed, and the next one must wait at least this long. */
public final class RetryLater extends Exception {

  private final Duration delay;

  /**
   * @param delay not negative
   */
  public RetryLater(Duration delay, String message) {
    super(message);
    if (delay.isNegative()) {
      throw new IllegalArgumentException("expected a delay of at least 0, got " + delay);
    }
    this.delay = delay;
  }

  public RetryLater(Duration delay) {
    this(delay, "asked to run again after " + delay);
  }

  public Duration delay() {
    return delay;
  }
}
