package io.reeve.worker;

import io.reeve.worker.settings.TimeText;
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
      throw new IllegalArgumentException(
          "expected a delay of at least 0, got " + TimeText.of(delay));
    }
    this.delay = delay;
  }

  public RetryLater(Duration delay) {
    this(delay, "asked to run again after " + TimeText.of(delay));
  }

  public Duration delay() {
    return delay;
  }
}
