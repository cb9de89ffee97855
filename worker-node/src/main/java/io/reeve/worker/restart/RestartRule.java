package io.reeve.worker.restart;

import java.time.Duration;

/**
 * How a routine is restarted.
 *
 * @param policy which endings are followed by a new life
 * @param backoff how long to wait before it
 * @param healthyAfter a life at least this long makes the next wait the first one again
 * @param limit restarts within the window after which the routine has failed for good; 0 for none
 * @param window how far back restarts count against the limit
 */
public record RestartRule(
    RestartPolicy policy, Backoff backoff, Duration healthyAfter, int limit, Duration window) {

  public RestartRule {
    if (limit < 0) {
      throw new IllegalArgumentException("expected a limit of at least 0, got " + limit);
    }
  }
}
