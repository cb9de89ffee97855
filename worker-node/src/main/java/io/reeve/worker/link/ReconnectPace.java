package io.reeve.worker.link;

import io.reeve.worker.restart.Backoff;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * How long a pool waits before it connects again: longer from one failure to the next, at random,
 * at least as long as the server asks, and short while leases of a broken session can be resumed.
 */
final class ReconnectPace {

  /** While leases can be resumed, a wait is at most this share of the time for that. */
  private static final int RESUME_SHARE = 4;

  private final Backoff backoff;
  private final LongSupplier nanos;
  private final RandomGenerator random;
  private int failures;
  private long upSince;
  private Duration resumeWithin = Duration.ZERO;
  private long resumableUntil;

  ReconnectPace(Backoff backoff, LongSupplier nanos, RandomGenerator random) {
    this.backoff = backoff;
    this.nanos = nanos;
    this.random = random;
  }

  /** A session stands. */
  void up() {
    upSince = nanos.getAsLong();
  }

  /**
   * A session broke; a session that lasted for longer than the longest wait makes the waits short
   * again.
   *
   * @param resumeWithin how long its leases can be resumed
   * @param atLeast how long the server wants the worker to wait; 0 when it does not say
   * @return the wait
   */
  Duration lost(Duration resumeWithin, Duration atLeast) {
    var now = nanos.getAsLong();
    this.resumeWithin = resumeWithin;
    resumableUntil = now + resumeWithin.toNanos();
    if (now - upSince > backoff.max().toNanos()) {
      failures = 0;
    }
    return failed(atLeast);
  }

  /**
   * No session came about.
   *
   * @param atLeast as above
   * @return the wait
   */
  Duration failed(Duration atLeast) {
    failures++;
    var wait = backoff.fullJitter(failures, random);
    var most = resumeWithin.dividedBy(RESUME_SHARE);
    if (nanos.getAsLong() - resumableUntil < 0 && wait.compareTo(most) > 0) {
      wait = most;
    }
    return wait.compareTo(atLeast) < 0 ? atLeast : wait;
  }
}
