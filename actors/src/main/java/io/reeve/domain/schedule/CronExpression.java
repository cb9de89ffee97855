package io.reeve.domain.schedule;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A cron expression: minute, hour, day of month, month, day of week, with the second before them if
 * there are six fields. Immutable.
 *
 * <p>The dialect is that of the Open Cron Pattern Specification 1.4: lists, ranges, steps, names of
 * months and days in any case, 0 and 7 for Sunday, {@code L} (last day, {@code L-3} three days
 * before it, {@code 5L} last Friday), {@code W} (weekday nearest to a day), {@code #} (nth
 * weekday), {@code ?} for {@code *}, nicknames such as {@code @daily}, and {@code +} before the day
 * of week, which asks for both day fields instead of either.
 *
 * <p>Where the clocks of a zone change, times behave as with Debian's cron. An expression is
 * <em>fixed</em> when neither its hour nor its minute starts with {@code *}:
 *
 * <ul>
 *   <li>A fixed expression with a time that the clocks skip fires once, at the end of the gap.
 *       Others fire at the times that exist.
 *   <li>Of a time that comes twice, a fixed expression fires at the first, others at both.
 * </ul>
 */
public final class CronExpression {

  /** Longer expressions are refused. */
  public static final int LENGTH_MAX = 128;

  /** The last year in which an expression is looked for; one that fires only later is refused. */
  public static final int YEAR_MAX = 2199;

  /** No instant: the expression does not fire any more. */
  public static final long NEVER = Long.MAX_VALUE;

  private static final Pattern SPACE = Pattern.compile("[ \\t]+");
  private static final int SECONDS_PER_DAY = 86_400;
  private static final LocalDate LAST_DAY = LocalDate.of(YEAR_MAX, 12, 31);

  /** The end of the last year, in milliseconds since the epoch. */
  static final long LAST_MS = LAST_DAY.plusDays(1).toEpochDay() * SECONDS_PER_DAY * 1000 - 1;

  private static final Map<String, String> NICKNAMES =
      Map.of(
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *",
          "@monthly", "0 0 1 * *",
          "@weekly", "0 0 * * 0",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@hourly", "0 * * * *");

  private final String text;
  private final long seconds;
  private final long minutes;
  private final long hours;
  private final CronDays days;
  private final boolean fixed;

  private CronExpression(String text, String second, String[] fields) {
    this.text = text;
    seconds = CronField.SECOND.set(second);
    minutes = CronField.MINUTE.set(fields[0]);
    hours = CronField.HOUR.set(fields[1]);
    days = new CronDays(fields[2], fields[3], fields[4]);
    fixed = !isStar(fields[0]) && !isStar(fields[1]);
  }

  private static boolean isStar(String field) {
    return field.startsWith("*") || field.startsWith("?");
  }

  /**
   * Reads an expression.
   *
   * @throws InvalidRuleException when it is none, is longer than {@link #LENGTH_MAX} characters, or
   *     has no day on which it fires up to {@link #YEAR_MAX}
   */
  public static CronExpression parse(String text) {
    if (text.length() > LENGTH_MAX) {
      throw new InvalidRuleException(
          "expected a cron expression of at most %d characters, got %d"
              .formatted(LENGTH_MAX, text.length()));
    }
    var stripped = text.strip();
    var expression = read(stripped);
    if (expression.dayFrom(LocalDate.of(2000, 1, 1)) == null) {
      throw new InvalidRuleException(
          "expected a cron expression that fires, got \"%s\", which no day meets"
              .formatted(stripped));
    }
    return expression;
  }

  private static CronExpression read(String text) {
    var pattern = text;
    if (text.startsWith("@")) {
      var nickname = NICKNAMES.get(text.toLowerCase(Locale.ROOT));
      if (nickname == null) {
        throw new InvalidRuleException(
            "expected @yearly, @annually, @monthly, @weekly, @daily, @midnight or @hourly, got %s"
                .formatted(text));
      }
      pattern = nickname;
    }
    var fields = SPACE.split(pattern);
    if (fields.length == 5) {
      return new CronExpression(text, "0", fields);
    }
    if (fields.length == 6) {
      return new CronExpression(
          text, fields[0], new String[] {fields[1], fields[2], fields[3], fields[4], fields[5]});
    }
    throw new InvalidRuleException(
        "expected five fields (minute hour day-of-month month day-of-week), or six with the second"
            + " first, got %d".formatted(pattern.isEmpty() ? 0 : fields.length));
  }

  /** Expressions are equal when they were given alike. */
  @Override
  public boolean equals(Object other) {
    return other instanceof CronExpression expression && text.equals(expression.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The expression as it was given, without space around it. */
  @Override
  public String toString() {
    return text;
  }

  /**
   * The first instant after {@code afterMs} at which the expression fires in a zone.
   *
   * @param afterMs milliseconds since the epoch
   * @return a whole second in milliseconds since the epoch, or {@link #NEVER}
   */
  public long next(long afterMs, ZoneRules zone) {
    var from = Instant.ofEpochSecond(Math.floorDiv(afterMs, 1000) + 1);
    var began = fixed ? transitionAt(zone, from) : null;
    if (began != null && began.isGap() && firesWithin(began)) {
      return began.toEpochSecond() * 1000;
    }
    while (true) {
      // One stretch of constant offset, from `from` up to `ends`.
      var offset = zone.getOffset(from);
      var ends = zone.nextTransition(from);
      var local = LocalDateTime.ofEpochSecond(from.getEpochSecond(), 0, offset);
      if (fixed) {
        local = afterRepetition(local, zone, from);
      }
      var match = localFrom(local);
      if (match == null) {
        return NEVER;
      }
      var matchAt = match.toEpochSecond(offset);
      if (ends == null || matchAt < ends.toEpochSecond()) {
        return matchAt * 1000;
      }
      if (fixed && ends.isGap() && firesWithin(ends)) {
        return ends.toEpochSecond() * 1000;
      }
      from = ends.getInstant();
      if (fixed || ends.isGap()) {
        // No local time before the match fires, and none comes again: skip to shortly before it.
        var shortlyBefore = Instant.ofEpochSecond(matchAt - 2 * SECONDS_PER_DAY);
        from = shortlyBefore.isAfter(from) ? shortlyBefore : from;
      }
    }
  }

  /** The transition that happens at this instant. */
  private static @Nullable ZoneOffsetTransition transitionAt(ZoneRules zone, Instant instant) {
    var transition = zone.nextTransition(instant.minusSeconds(1));
    return transition != null && transition.getInstant().equals(instant) ? transition : null;
  }

  /** Whether a local time that the gap skips is one at which the expression fires. */
  private boolean firesWithin(ZoneOffsetTransition gap) {
    var match = localFrom(gap.getDateTimeBefore());
    return match != null && match.isBefore(gap.getDateTimeAfter());
  }

  /**
   * The local time, or the end of the repeated stretch when the time is in the second pass of it.
   */
  private static LocalDateTime afterRepetition(
      LocalDateTime local, ZoneRules zone, Instant instant) {
    var last = zone.previousTransition(instant.plusSeconds(1));
    return last != null && last.isOverlap() && local.isBefore(last.getDateTimeBefore())
        ? last.getDateTimeBefore()
        : local;
  }

  /** The first local time at or after {@code from} that all fields match. */
  private @Nullable LocalDateTime localFrom(LocalDateTime from) {
    var date = dayFrom(from.toLocalDate());
    if (date != null && date.equals(from.toLocalDate())) {
      var second = secondFrom(from.toLocalTime().toSecondOfDay());
      if (second < SECONDS_PER_DAY) {
        return LocalDateTime.of(date, LocalTime.ofSecondOfDay(second));
      }
      date = dayFrom(date.plusDays(1));
    }
    return date == null ? null : LocalDateTime.of(date, LocalTime.ofSecondOfDay(secondFrom(0)));
  }

  /** The first day at or after {@code from} on which the expression fires, up to the last year. */
  private @Nullable LocalDate dayFrom(LocalDate from) {
    var date = from;
    while (!date.isAfter(LAST_DAY)) {
      if (days.matches(date)) {
        return date;
      }
      date = days.matchesMonth(date) ? date.plusDays(1) : date.withDayOfMonth(1).plusMonths(1);
    }
    return null;
  }

  /** The first second of the day at or after {@code from} that matches; a day's length if none. */
  private int secondFrom(int from) {
    var hour = from / 3600;
    var minute = from / 60 % 60;
    var second = from % 60;
    if ((hours >> hour & 1) != 0) {
      if ((minutes >> minute & 1) != 0) {
        var s = atLeast(seconds, second);
        if (s < 64) {
          return hour * 3600 + minute * 60 + s;
        }
      }
      var m = atLeast(minutes, minute + 1);
      if (m < 64) {
        return hour * 3600 + m * 60 + atLeast(seconds, 0);
      }
    }
    var h = atLeast(hours, hour + 1);
    return h < 64 ? h * 3600 + atLeast(minutes, 0) * 60 + atLeast(seconds, 0) : SECONDS_PER_DAY;
  }

  /** The smallest number of the set that is at least {@code from}; 64 when none is. */
  private static int atLeast(long set, int from) {
    return Long.numberOfTrailingZeros(set & -1L << from);
  }
}
