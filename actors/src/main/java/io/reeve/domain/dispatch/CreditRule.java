package io.reeve.domain.dispatch;

import io.reeve.domain.task.Lane;

/**
 * How many leases a worker may hold: an urgent task may go while fewer than {@code capacity} are in
 * flight, a normal one while fewer than {@code capacity - urgentReserve} are.
 */
public final class CreditRule {

  private CreditRule() {}

  /** Leases that may be in flight before a task of {@code lane} is given. */
  public static int limit(Lane lane, int capacity, int urgentReserve) {
    return switch (lane) {
      case URGENT -> Math.max(0, capacity);
      case NORMAL -> Math.max(0, capacity - urgentReserve);
    };
  }

  /** Tasks of {@code lane} that may be given beside {@code inFlight} leases; 0 or more. */
  public static int free(Lane lane, int capacity, int urgentReserve, long inFlight) {
    var limit = limit(lane, capacity, urgentReserve);
    return (int) Math.max(0, Math.min(limit, limit - inFlight));
  }
}
