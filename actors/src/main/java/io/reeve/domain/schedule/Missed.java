package io.reeve.domain.schedule;

/**
 * What becomes of instants that passed longer ago than {@link FirePlan#GRACE_MS} without firing,
 * because the partition was away or full, or the schedule was paused.
 *
 * @param limit of instants that fire, the latest ones; 0 and 1 for NONE and ONCE
 */
public record Missed(Policy policy, int limit) {

  /** The largest limit. */
  public static final int LIMIT_MAX = 1_000;

  /** Which of them fire. */
  public enum Policy {
    /** None. */
    NONE,
    /** The latest. */
    ONCE,
    /** All of them, the latest up to the limit. */
    ALL
  }

  public static final Missed NONE = new Missed(Policy.NONE, 0);
  public static final Missed ONCE = new Missed(Policy.ONCE, 1);

  public Missed {
    var fits =
        switch (policy) {
          case NONE -> limit == 0;
          case ONCE -> limit == 1;
          case ALL -> limit >= 1 && limit <= LIMIT_MAX;
        };
    if (!fits) {
      throw new InvalidRuleException(
          "expected a limit from 1 to %d of missed runs, got %d with policy %s"
              .formatted(LIMIT_MAX, limit, policy));
    }
  }

  /** All of them, the latest up to a limit from 1 to {@link #LIMIT_MAX}. */
  public static Missed all(int limit) {
    return new Missed(Policy.ALL, limit);
  }
}
