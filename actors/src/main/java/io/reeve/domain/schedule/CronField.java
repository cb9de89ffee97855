package io.reeve.domain.schedule;

import java.util.Locale;

/**
 * One field of a cron expression that is a set of numbers: its name, its bounds, and the names that
 * stand for numbers.
 */
enum CronField {
  SECOND("seconds", 0, 59, ""),
  MINUTE("minutes", 0, 59, ""),
  HOUR("hours", 0, 23, ""),
  DAY_OF_MONTH("day of month", 1, 31, ""),
  MONTH("month", 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
  /** 0 and 7 are both Sunday; {@link CronDays} folds them. */
  DAY_OF_WEEK("day of week", 0, 7, "SUN MON TUE WED THU FRI SAT");

  final String title;
  final int min;
  final int max;

  /** The names of the numbers, separated by blanks, in order; each has three letters. */
  private final String names;

  CronField(String title, int min, int max, String names) {
    this.title = title;
    this.min = min;
    this.max = max;
    this.names = names;
  }

  /** The set of a whole field: items between commas. Bit n stands for the number n. */
  long set(String text) {
    var set = 0L;
    for (var item : text.split(",", -1)) {
      set |= item(item);
    }
    return set;
  }

  /** The set of one item: {@code *}, {@code n}, {@code n-m}, each perhaps with {@code /step}. */
  long item(String text) {
    var slash = text.indexOf('/');
    var range = slash < 0 ? text : text.substring(0, slash);
    var step = slash < 0 ? 1 : step(text, text.substring(slash + 1));
    int from;
    int to;
    var dash = range.indexOf('-');
    if (range.equals("*") || range.equals("?")) {
      from = min;
      to = this == DAY_OF_WEEK ? 6 : max;
    } else if (dash >= 0) {
      from = number(range.substring(0, dash));
      to = number(range.substring(dash + 1));
      if (from > to) {
        throw new InvalidRuleException(
            "expected a range that goes up in the field %s, got %s; write it as two ranges"
                .formatted(title, text));
      }
    } else {
      from = number(range);
      to = slash < 0 ? from : max;
    }
    var set = 0L;
    for (var n = from; n <= to; n += step) {
      set |= 1L << n;
    }
    return set;
  }

  private int step(String item, String text) {
    var step = digits(text);
    if (step < 1 || step > max - min) {
      throw new InvalidRuleException(
          "expected a step from 1 to %d in the field %s, got %s".formatted(max - min, title, item));
    }
    return step;
  }

  /** A number within the bounds, or the name of one. */
  int number(String text) {
    var number = named(text.toUpperCase(Locale.ROOT));
    if (number < 0) {
      number = digits(text);
    }
    if (number < min || number > max) {
      throw new InvalidRuleException(
          "expected %s from %d to %d in the field %s, got %s"
              .formatted(
                  names.isEmpty() ? "a number" : "a name or a number",
                  min,
                  max,
                  title,
                  text.isEmpty() ? "nothing" : text));
    }
    return number;
  }

  /** The number that a name stands for; -1 for every other text. */
  private int named(String text) {
    var at = text.length() == 3 && text.indexOf(' ') < 0 ? names.indexOf(text) : -1;
    return at < 0 ? -1 : at / 4 + (this == MONTH ? 1 : 0);
  }

  /** The number that up to four digits spell; -1 for every other text. */
  private static int digits(String text) {
    if (text.isEmpty() || text.length() > 4) {
      return -1;
    }
    var number = 0;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }
}
