package io.reeve.domain.task;

import io.reeve.domain.TimeBounds;
import java.time.Duration;
import java.util.List;

/**
 * When and how often a failed task runs again.
 *
 * @param attemptsMax attempts in all, the first included; at least 1
 * @param backoffInitial wait before the second attempt
 * @param backoffMax upper bound of a wait, jitter not counted
 * @param backoffMultiplier factor from one wait to the next; at least 1
 * @param backoffJitter share by which a wait may be shorter or longer; 0 to 1
 * @param neverRetryCodes codes of failures after which the task never runs again
 */
public record RetryPolicy(
    int attemptsMax,
    Duration backoffInitial,
    Duration backoffMax,
    double backoffMultiplier,
    double backoffJitter,
    List<String> neverRetryCodes) {

  /** A policy that retries whatever the code of the failure is. */
  public RetryPolicy(
      int attemptsMax,
      Duration backoffInitial,
      Duration backoffMax,
      double backoffMultiplier,
      double backoffJitter) {
    this(attemptsMax, backoffInitial, backoffMax, backoffMultiplier, backoffJitter, List.of());
  }

  public RetryPolicy {
    neverRetryCodes = List.copyOf(neverRetryCodes);
    if (attemptsMax < 1) {
      throw new IllegalArgumentException("expected attemptsMax of 1 or more, got " + attemptsMax);
    }
    if (backoffInitial.isNegative() || backoffMax.isNegative()) {
      throw new IllegalArgumentException("expected waits of 0 or more");
    }
    if (!(backoffMultiplier >= 1.0)) {
      throw new IllegalArgumentException(
          "expected backoffMultiplier of 1 or more, got " + backoffMultiplier);
    }
    if (!(backoffJitter >= 0.0 && backoffJitter <= 1.0)) {
      throw new IllegalArgumentException("expected backoffJitter of 0 to 1, got " + backoffJitter);
    }
  }

  /** Whether a task whose {@code attempt} failed may run again. */
  public boolean permitsAttemptAfter(int attempt) {
    return attempt < attemptsMax;
  }

  /** Whether a failure with this code is the last one, whatever attempts are left. */
  public boolean neverRetries(String code) {
    return !neverRetryCodes.isEmpty() && neverRetryCodes.contains(code);
  }

  /**
   * How long to wait after {@code attempt} (from 1) failed.
   *
   * @param random uniform in [0, 1); decides the jitter, once, and the result is stored
   */
  public Duration backoffAfter(int attempt, double random) {
    var plainMs =
        Math.min(
            TimeBounds.duration(backoffInitial) * Math.pow(backoffMultiplier, attempt - 1.0),
            (double) TimeBounds.duration(backoffMax));
    var ms = Math.round(plainMs * (1 + backoffJitter * (2 * random - 1)));
    return Duration.ofMillis(TimeBounds.duration(ms));
  }
}
