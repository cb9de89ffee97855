package io.reeve.domain.schedule;

import java.time.ZoneId;
import java.util.Arrays;

/**
 * At which instants a schedule fires. Immutable, and parsed once: equal rules are interchangeable,
 * so many schedules may share one.
 */
public sealed interface ScheduleRule {

  /** No instant: the rule does not fire any more. */
  long NEVER = CronExpression.NEVER;

  /** The shortest interval, in milliseconds. */
  long EVERY_MIN_MS = 1_000;

  /** The longest interval: 10 years, in milliseconds. */
  long EVERY_MAX_MS = 315_576_000_000L;

  /** Dates of one schedule, at most. */
  int DATES_MAX = 1_000;

  /**
   * The first instant after another at which the rule fires.
   *
   * @param afterMs milliseconds since the epoch; from 0
   * @return milliseconds since the epoch, or {@link #NEVER}
   */
  long next(long afterMs);

  /** Heap that it takes because of its length: a client decides how much. */
  int bytes();

  /** A cron expression in the wall clock of a zone. */
  record Cron(CronExpression expression, ZoneId zone) implements ScheduleRule {

    /**
     * Reads both.
     *
     * @throws InvalidRuleException when one of them is none
     */
    public static Cron of(String expression, String zone) {
      return new Cron(CronExpression.parse(expression), Zones.of(zone));
    }

    @Override
    public long next(long afterMs) {
      return expression.next(afterMs, zone.getRules());
    }

    /** Many schedules share one. */
    @Override
    public int bytes() {
      return 0;
    }
  }

  /**
   * A cron expression whose instants this process cannot tell: a node with other rules of time
   * zones took it in. It is kept as it came, for a process that can.
   *
   * @param why the refusal of {@link Cron#of}
   */
  record Unknown(String expression, String zone, String why) implements ScheduleRule {
    @Override
    public long next(long afterMs) {
      return NEVER;
    }

    @Override
    public int bytes() {
      return 2 * (expression.length() + zone.length() + why.length());
    }
  }

  /**
   * A cron expression that another node or another release took in. Never refuses, since a schedule
   * that cannot be read would keep its whole partition or page from being read.
   */
  static ScheduleRule taken(String expression, String zone) {
    try {
      return Cron.of(expression, zone);
    } catch (InvalidRuleException e) {
      return new Unknown(expression, zone, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Each whole number of intervals away from an anchor, before and behind it.
   *
   * @param everyMs from {@link #EVERY_MIN_MS} to {@link #EVERY_MAX_MS}
   * @param anchorMs any of the instants; from 0 to the end of {@link CronExpression#YEAR_MAX}
   */
  record Interval(long everyMs, long anchorMs) implements ScheduleRule {
    public Interval {
      if (everyMs < EVERY_MIN_MS || everyMs > EVERY_MAX_MS) {
        throw new InvalidRuleException(
            "expected an interval from %d to %d ms, got %d"
                .formatted(EVERY_MIN_MS, EVERY_MAX_MS, everyMs));
      }
      requireInstant("an anchor", anchorMs);
    }

    @Override
    public long next(long afterMs) {
      var next = anchorMs + (Math.floorDiv(afterMs - anchorMs, everyMs) + 1) * everyMs;
      return next > CronExpression.LAST_MS ? NEVER : next;
    }

    @Override
    public int bytes() {
      return 0;
    }
  }

  /**
   * Single instants.
   *
   * @param instantsMs growing; from 1 to {@link #DATES_MAX} of them; shared, never changed
   */
  record Dates(long... instantsMs) implements ScheduleRule {
    public Dates {
      if (instantsMs.length < 1 || instantsMs.length > DATES_MAX) {
        throw new InvalidRuleException(
            "expected from 1 to %d dates, got %d".formatted(DATES_MAX, instantsMs.length));
      }
      for (var i = 0; i < instantsMs.length; i++) {
        requireInstant("a date", instantsMs[i]);
        if (i > 0 && instantsMs[i] <= instantsMs[i - 1]) {
          throw new InvalidRuleException("expected dates in order, each once, got others");
        }
      }
    }

    @Override
    public long next(long afterMs) {
      var found = Arrays.binarySearch(instantsMs, afterMs);
      var next = found >= 0 ? found + 1 : -found - 1;
      return next == instantsMs.length ? NEVER : instantsMs[next];
    }

    @Override
    public int bytes() {
      return Long.BYTES * instantsMs.length;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Dates dates && Arrays.equals(instantsMs, dates.instantsMs);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(instantsMs);
    }

    @Override
    public String toString() {
      return "Dates" + Arrays.toString(instantsMs);
    }
  }

  private static void requireInstant(String what, long ms) {
    if (ms < 0 || ms > CronExpression.LAST_MS) {
      throw new InvalidRuleException(
          "expected %s from 1970 to the end of %d, got %d ms since 1970"
              .formatted(what, CronExpression.YEAR_MAX, ms));
    }
  }
}
