package io.reeve.domain.schedule;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The days on which a cron expression fires: its fields day of month, month and day of week.
 *
 * <p>Where both day fields restrict, a day that meets either of them counts, as in every cron since
 * Version 7; a {@code +} before the day of week asks for both. A field that starts with {@code *}
 * or {@code ?} does not restrict in this sense.
 */
final class CronDays {

  private static final int SATURDAY = DayOfWeek.SATURDAY.getValue();
  private static final int SUNDAY = DayOfWeek.SUNDAY.getValue();

  /** An item of a day field that depends on the month. */
  private interface Special {
    boolean matches(LocalDate date);
  }

  private final long monthSet;
  private final long daySet;
  private final long weekdaySet;
  private final List<Special> daySpecials = new ArrayList<>();
  private final List<Special> weekdaySpecials = new ArrayList<>();
  private final boolean either;

  CronDays(String dayOfMonth, String month, String dayOfWeek) {
    var both = dayOfWeek.startsWith("+");
    var weekdays = both ? dayOfWeek.substring(1) : dayOfWeek;
    monthSet = CronField.MONTH.set(month);
    var days = 0L;
    for (var item : dayOfMonth.toUpperCase(Locale.ROOT).split(",", -1)) {
      days |= dayItem(item);
    }
    daySet = days;
    var ofWeek = 0L;
    for (var item : weekdays.toUpperCase(Locale.ROOT).split(",", -1)) {
      ofWeek |= weekdayItem(item);
    }
    // Bit 7, Sunday too, goes to bit 0.
    weekdaySet = (ofWeek & 0x7f) | (ofWeek >> 7 & 1);
    either = !both && restricts(dayOfMonth) && restricts(weekdays);
  }

  private static boolean restricts(String field) {
    return !field.startsWith("*") && !field.startsWith("?");
  }

  boolean matchesMonth(LocalDate date) {
    return (monthSet >> date.getMonthValue() & 1) != 0;
  }

  /** Whether the expression fires on the day, at the times that its other fields tell. */
  boolean matches(LocalDate date) {
    if (!matchesMonth(date)) {
      return false;
    }
    var ofMonth = (daySet >> date.getDayOfMonth() & 1) != 0 || any(daySpecials, date);
    var ofWeek =
        (weekdaySet >> date.getDayOfWeek().getValue() % 7 & 1) != 0 || any(weekdaySpecials, date);
    return either ? ofMonth || ofWeek : ofMonth && ofWeek;
  }

  private static boolean any(List<Special> specials, LocalDate date) {
    for (var special : specials) {
      if (special.matches(date)) {
        return true;
      }
    }
    return false;
  }

  private long dayItem(String item) {
    if (item.equals("L")) {
      daySpecials.add(date -> date.getDayOfMonth() == date.lengthOfMonth());
    } else if (item.equals("LW") || item.equals("WL")) {
      daySpecials.add(date -> date.getDayOfMonth() == nearestWeekday(date, date.lengthOfMonth()));
    } else if (item.startsWith("L-")) {
      var before = CronField.DAY_OF_MONTH.number(item.substring(2));
      daySpecials.add(date -> date.getDayOfMonth() == date.lengthOfMonth() - before);
    } else if (item.endsWith("W")) {
      var day = CronField.DAY_OF_MONTH.number(item.substring(0, item.length() - 1));
      daySpecials.add(
          date -> day <= date.lengthOfMonth() && date.getDayOfMonth() == nearestWeekday(date, day));
    } else {
      return CronField.DAY_OF_MONTH.item(item);
    }
    return 0;
  }

  /** The day of the date's month that is the weekday nearest to {@code day}. */
  private static int nearestWeekday(LocalDate date, int day) {
    var weekday = date.withDayOfMonth(day).getDayOfWeek().getValue();
    if (weekday == SATURDAY) {
      return day == 1 ? 3 : day - 1;
    }
    if (weekday == SUNDAY) {
      return day == date.lengthOfMonth() ? day - 2 : day + 1;
    }
    return day;
  }

  private long weekdayItem(String item) {
    var hash = item.indexOf('#');
    if (hash >= 0) {
      var weekday = CronField.DAY_OF_WEEK.number(item.substring(0, hash)) % 7;
      var nth = item.substring(hash + 1);
      if (nth.length() != 1 || nth.charAt(0) < '1' || nth.charAt(0) > '5') {
        throw new InvalidRuleException(
            "expected a number from 1 to 5 after # in the field %s, got %s"
                .formatted(CronField.DAY_OF_WEEK.title, item));
      }
      var week = nth.charAt(0) - '1';
      weekdaySpecials.add(
          date ->
              date.getDayOfWeek().getValue() % 7 == weekday
                  && (date.getDayOfMonth() - 1) / 7 == week);
    } else if (item.length() > 1 && item.endsWith("L")) {
      var weekday = CronField.DAY_OF_WEEK.number(item.substring(0, item.length() - 1)) % 7;
      weekdaySpecials.add(
          date ->
              date.getDayOfWeek().getValue() % 7 == weekday
                  && date.getDayOfMonth() > date.lengthOfMonth() - 7);
    } else {
      return CronField.DAY_OF_WEEK.item(item);
    }
    return 0;
  }
}
