package io.reeve.domain.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The dialect of cron expressions, and their nights of daylight saving. */
class CronExpressionTest {

  /**
   * The next fire times, separated by blanks. Expected days follow the Open Cron Pattern
   * Specification and the calendar.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          * * * * *           | 2026-12-01T00:00:30Z | 2026-12-01T00:01:00Z 2026-12-01T00:02:00Z
          */10 * * * * *      | 2026-12-01T00:00:00Z | 2026-12-01T00:00:10Z 2026-12-01T00:00:20Z
          59 59 23 31 12 ?    | 2026-12-01T00:00:00Z | 2026-12-31T23:59:59Z 2027-12-31T23:59:59Z
          5/20 * * * *        | 2026-12-01T00:00:00Z | 2026-12-01T00:05:00Z 2026-12-01T00:25:00Z
          10-30/10 8-9 * * *  | 2026-12-01T08:20:00Z | 2026-12-01T08:30:00Z 2026-12-01T09:10:00Z
          0 0 1,15 * *        | 2026-12-01T00:00:00Z | 2026-12-15T00:00:00Z 2027-01-01T00:00:00Z
          0 0 * jan-mar,DEC * | 2026-12-31T00:00:00Z | 2027-01-01T00:00:00Z 2027-01-02T00:00:00Z
          0 0 * * 0           | 2026-12-01T00:00:00Z | 2026-12-06T00:00:00Z 2026-12-13T00:00:00Z
          0 0 * * 7           | 2026-12-01T00:00:00Z | 2026-12-06T00:00:00Z 2026-12-13T00:00:00Z
          0 0 * * sun         | 2026-12-01T00:00:00Z | 2026-12-06T00:00:00Z 2026-12-13T00:00:00Z
          0005 0 * * *        | 2026-12-01T00:00:00Z | 2026-12-01T00:05:00Z 2026-12-02T00:05:00Z
          0 0 * * SAT-7       | 2026-12-01T00:00:00Z | 2026-12-05T00:00:00Z 2026-12-06T00:00:00Z
          0 0 * * Mon,wed     | 2026-12-01T00:00:00Z | 2026-12-02T00:00:00Z 2026-12-07T00:00:00Z
          0 0 13 * 5          | 2026-12-05T00:00:00Z | 2026-12-11T00:00:00Z 2026-12-13T00:00:00Z
          0 0 13 * +5         | 2026-12-05T00:00:00Z | 2027-08-13T00:00:00Z 2028-10-13T00:00:00Z
          0 0 */2 * 1         | 2026-12-05T00:00:00Z | 2026-12-07T00:00:00Z 2026-12-21T00:00:00Z
          0 0 ? * 5           | 2026-12-05T00:00:00Z | 2026-12-11T00:00:00Z 2026-12-18T00:00:00Z
          0 0 29 2 *          | 2097-01-01T00:00:00Z | 2104-02-29T00:00:00Z 2108-02-29T00:00:00Z
          0 0 31 * *          | 2026-12-31T00:00:00Z | 2027-01-31T00:00:00Z 2027-03-31T00:00:00Z
          0 0 L * *           | 2028-02-01T00:00:00Z | 2028-02-29T00:00:00Z 2028-03-31T00:00:00Z
          0 0 L-3 * *         | 2026-12-01T00:00:00Z | 2026-12-28T00:00:00Z 2027-01-28T00:00:00Z
          0 0 LW * *          | 2027-01-01T00:00:00Z | 2027-01-29T00:00:00Z 2027-02-26T00:00:00Z
          0 0 15W * *         | 2027-05-01T00:00:00Z | 2027-05-14T00:00:00Z 2027-06-15T00:00:00Z
          0 0 1W * *          | 2027-05-02T00:00:00Z | 2027-05-03T00:00:00Z 2027-06-01T00:00:00Z
          0 0 31W * *         | 2027-01-01T00:00:00Z | 2027-01-29T00:00:00Z 2027-03-31T00:00:00Z
          0 0 * * 5L          | 2026-12-01T00:00:00Z | 2026-12-25T00:00:00Z 2027-01-29T00:00:00Z
          0 0 * * FRIL        | 2026-12-01T00:00:00Z | 2026-12-25T00:00:00Z 2027-01-29T00:00:00Z
          0 0 * * 5#3         | 2026-12-01T00:00:00Z | 2026-12-18T00:00:00Z 2027-01-15T00:00:00Z
          0 0 * * mon#5       | 2026-12-01T00:00:00Z | 2027-03-29T00:00:00Z 2027-05-31T00:00:00Z
          0 0 15W,L * 1#1     | 2026-12-01T00:00:00Z | 2026-12-07T00:00:00Z 2026-12-15T00:00:00Z
          @yearly             | 2026-12-01T00:00:00Z | 2027-01-01T00:00:00Z 2028-01-01T00:00:00Z
          @monthly            | 2026-12-01T00:00:00Z | 2027-01-01T00:00:00Z 2027-02-01T00:00:00Z
          @Weekly             | 2026-12-01T00:00:00Z | 2026-12-06T00:00:00Z 2026-12-13T00:00:00Z
          @daily              | 2026-12-01T00:00:00Z | 2026-12-02T00:00:00Z 2026-12-03T00:00:00Z
          @hourly             | 2026-12-01T00:00:00Z | 2026-12-01T01:00:00Z 2026-12-01T02:00:00Z
          """)
  void firesAt(String expression, String after, String expected) {
    assertThat(times(expression, "UTC", after, 2)).containsExactly(expected.split(" "));
  }

  /** The local times with their offsets. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          30 2 * * *   | Europe/Berlin       | 2026-03-28T12:00:00Z | 2026-03-29T03:00+02:00 2026-03-30T02:30+02:00
          30 2 * * *   | Europe/Berlin       | 2026-03-29T00:59:59Z | 2026-03-29T03:00+02:00 2026-03-30T02:30+02:00
          0 4 * * *    | Europe/Berlin       | 2026-03-29T00:59:59Z | 2026-03-29T04:00+02:00 2026-03-30T04:00+02:00
          10,30 2 * * *| Europe/Berlin       | 2026-03-28T12:00:00Z | 2026-03-29T03:00+02:00 2026-03-30T02:10+02:00
          30 2,3 * * * | Europe/Berlin       | 2026-03-28T12:00:00Z | 2026-03-29T03:00+02:00 2026-03-29T03:30+02:00
          0 2,3 * * *  | Europe/Berlin       | 2026-03-28T12:00:00Z | 2026-03-29T03:00+02:00 2026-03-30T02:00+02:00
          */30 * * * * | Europe/Berlin       | 2026-03-29T00:15:00Z | 2026-03-29T01:30+01:00 2026-03-29T03:00+02:00
          30 * * * *   | Europe/Berlin       | 2026-03-29T00:15:00Z | 2026-03-29T01:30+01:00 2026-03-29T03:30+02:00
          0 0 2 * * *  | Europe/Berlin       | 2026-03-28T12:00:00Z | 2026-03-29T03:00+02:00 2026-03-30T02:00+02:00
          30 2 * * *   | Europe/Berlin       | 2026-10-24T12:00:00Z | 2026-10-25T02:30+02:00 2026-10-26T02:30+01:00
          30 2 * * *   | Europe/Berlin       | 2026-10-25T00:45:00Z | 2026-10-26T02:30+01:00 2026-10-27T02:30+01:00
          0 3 * * *    | Europe/Berlin       | 2026-10-24T12:00:00Z | 2026-10-25T03:00+01:00 2026-10-26T03:00+01:00
          30 * * * *   | Europe/Berlin       | 2026-10-25T00:00:00Z | 2026-10-25T02:30+02:00 2026-10-25T02:30+01:00
          20 * 25 10 * | Europe/Berlin       | 2026-10-25T00:45:00Z | 2026-10-25T02:20+01:00 2026-10-25T03:20+01:00
          */20 2 25 10 * | Europe/Berlin     | 2026-10-25T00:45:00Z | 2026-10-25T02:00+01:00 2026-10-25T02:20+01:00
          30 1 * * *   | America/New_York    | 2026-10-31T12:00:00Z | 2026-11-01T01:30-04:00 2026-11-02T01:30-05:00
          30 2 * * *   | America/New_York    | 2027-03-13T12:00:00Z | 2027-03-14T03:00-04:00 2027-03-15T02:30-04:00
          0 0 * * *    | Africa/Cairo        | 2026-04-23T12:00:00Z | 2026-04-24T01:00+03:00 2026-04-25T00:00+03:00
          15 2 * * *   | Australia/Lord_Howe | 2026-10-03T12:00:00Z | 2026-10-04T02:30+11:00 2026-10-05T02:15+11:00
          45 1 * * *   | Australia/Lord_Howe | 2027-04-03T12:00:00Z | 2027-04-04T01:45+11:00 2027-04-05T01:45+10:30
          0 12 30 12 * | Pacific/Apia        | 2011-12-28T00:00:00Z | 2011-12-31T00:00+14:00 2012-12-30T12:00+14:00
          """)
  void firesInZones(String expression, String zone, String after, String expected) {
    assertThat(times(expression, zone, after, 2)).containsExactly(expected.split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``              | expected five fields (minute hour day-of-month month day-of-week), or six with the second first, got 0
          * * * *         | expected five fields (minute hour day-of-month month day-of-week), or six with the second first, got 4
          * * * * * * *   | expected five fields (minute hour day-of-month month day-of-week), or six with the second first, got 7
          60 * * * *      | expected a number from 0 to 59 in the field minutes, got 60
          -1 * * * *      | expected a number from 0 to 59 in the field minutes, got nothing
          * 24 * * *      | expected a number from 0 to 23 in the field hours, got 24
          * * 0 * *       | expected a number from 1 to 31 in the field day of month, got 0
          * * W * *       | expected a number from 1 to 31 in the field day of month, got nothing
          * * * FEBR *    | expected a name or a number from 1 to 12 in the field month, got FEBR
          * * * * 8       | expected a name or a number from 0 to 7 in the field day of week, got 8
          * * * * L       | expected a name or a number from 0 to 7 in the field day of week, got L
          * * * * 5#6     | expected a number from 1 to 5 after # in the field day of week, got 5#6
          1,,2 * * * *    | expected a number from 0 to 59 in the field minutes, got nothing
          ٣ * * * *       | expected a number from 0 to 59 in the field minutes, got ٣
          99999999999 * * * * | expected a number from 0 to 59 in the field minutes, got 99999999999
          */90 * * * *    | expected a step from 1 to 59 in the field minutes, got */90
          */0 * * * *     | expected a step from 1 to 59 in the field minutes, got */0
          0 0 */31 * *    | expected a step from 1 to 30 in the field day of month, got */31
          /5 * * * *      | expected a number from 0 to 59 in the field minutes, got nothing
          /0 * * * *      | expected a step from 1 to 59 in the field minutes, got /0
          * * * * #3      | expected a name or a number from 0 to 7 in the field day of week, got nothing
          0 22-2 * * *    | expected a range that goes up in the field hours, got 22-2; write it as two ranges
          0 0 30 2 *      | expected a cron expression that fires, got "0 0 30 2 *", which no day meets
          0 0 31W 2,4 *   | expected a cron expression that fires, got "0 0 31W 2,4 *", which no day meets
          @reboot         | expected @yearly, @annually, @monthly, @weekly, @daily, @midnight or @hourly, got @reboot
          """)
  void refuses(String expression, String message) {
    assertThatThrownBy(() -> CronExpression.parse(expression))
        .isInstanceOf(InvalidRuleException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(ints = {129, 100_000})
  void refusesWhatIsTooLong(int length) {
    assertThatThrownBy(() -> CronExpression.parse("*".repeat(length)))
        .hasMessage("expected a cron expression of at most 128 characters, got " + length);
  }

  @Test
  void aListAsLongAsAnExpressionMayBeIsRead() {
    var longest = "0,".repeat(59) + "30 * * * *";

    assertThat(longest).hasSize(CronExpression.LENGTH_MAX);
    assertThat(times(longest, "UTC", "2026-12-01T00:29:00Z", 2))
        .containsExactly("2026-12-01T00:30:00Z", "2026-12-01T01:00:00Z");
  }

  @Test
  void nothingFiresAfterTheLastYear() {
    var expression = CronExpression.parse("0 0 29 2 +1");

    var last = next(expression, "Europe/Berlin", "2170-01-01T00:00:00Z");

    assertThat(Instant.ofEpochMilli(last)).isEqualTo("2196-02-28T23:00:00Z");
    assertThat(expression.next(last, ZoneId.of("Europe/Berlin").getRules()))
        .isEqualTo(CronExpression.NEVER);
  }

  @Test
  void keepsItsText() {
    assertThat(CronExpression.parse("  0 9 * * mon-fri ")).hasToString("0 9 * * mon-fri");
  }

  private static long next(CronExpression expression, String zone, String after) {
    return expression.next(Instant.parse(after).toEpochMilli(), ZoneId.of(zone).getRules());
  }

  private static List<String> times(String text, String zone, String after, int count) {
    var expression = CronExpression.parse(text);
    var times = new ArrayList<String>();
    var at = Instant.parse(after).toEpochMilli();
    for (var i = 0; i < count; i++) {
      at = expression.next(at, ZoneId.of(zone).getRules());
      var instant = Instant.ofEpochMilli(at);
      times.add(
          zone.equals("UTC")
              ? instant.toString()
              : instant.atZone(ZoneId.of(zone)).toOffsetDateTime().toString());
    }
    return times;
  }
}
