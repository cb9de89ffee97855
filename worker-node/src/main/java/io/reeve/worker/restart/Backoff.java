package io.reeve.worker.restart;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits that grow by a factor from one failure to the next, up to a bound.
 *
 * @param initial the wait after the first failure
 * @param max the longest wait
 * @param multiplier from one wait to the next, at least 1
 * @param jitter share of a wait by which it may be shorter or longer at random, 0 to 1
 */
public record Backoff(Duration initial, Duration max, double multiplier, double jitter) {

  public Backoff {
    if (initial.isNegative() || initial.isZero()) {
      throw new IllegalArgumentException("expected an initial wait above 0, got " + initial);
    }
    if (max.compareTo(initial) < 0) {
      throw new IllegalArgumentException(
          "expected a max of at least the initial wait " + initial + ", got " + max);
    }
    if (!(multiplier >= 1) || Double.isInfinite(multiplier)) {
      throw new IllegalArgumentException("expected a multiplier of at least 1, got " + multiplier);
    }
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException("expected a jitter of 0 to 1, got " + jitter);
    }
  }

  /** The wait after this many failures in a row, before jitter. */
  public Duration base(int failures) {
    if (failures < 1) {
      throw new IllegalArgumentException("expected at least 1 failure, got " + failures);
    }
    var nanos = initial.toNanos() * Math.pow(multiplier, failures - 1.0);
    return nanos < max.toNanos() ? Duration.ofNanos((long) nanos) : max;
  }

  /** The wait after this many failures in a row: the base, ± the jitter, never above the max. */
  public Duration delay(int failures, RandomGenerator random) {
    var factor = 1 + jitter * (2 * random.nextDouble() - 1);
    var nanos = (long) (base(failures).toNanos() * factor);
    return Duration.ofNanos(Math.min(nanos, max.toNanos()));
  }

  /**
   * Any wait from 0 to the base ("full jitter"), for many clients of one server: they must not come
   * back at the same moment. Marc Brooker, "Exponential Backoff And Jitter", 2015.
   */
  public Duration fullJitter(int failures, RandomGenerator random) {
    return Duration.ofNanos((long) (base(failures).toNanos() * random.nextDouble()));
  }
}
