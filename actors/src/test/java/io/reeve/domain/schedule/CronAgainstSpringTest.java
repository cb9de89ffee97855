package io.reeve.domain.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Our cron expressions against those of Spring, where the dialects agree: in UTC, with at most one
 * of the day fields, since Spring asks for both where cron takes either.
 */
class CronAgainstSpringTest {

  private static final int EXPRESSIONS = 5_000;
  private static final int TIMES = 3;
  private static final long FROM = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();
  private static final long TO = Instant.parse("2060-01-01T00:00:00Z").getEpochSecond();

  @Test
  void fireAtTheSameTimes() {
    var random = new SplittableRandom(Long.getLong("seed", 1));
    for (var i = 0; i < EXPRESSIONS; i++) {
      var text = expression(random);
      var ours = CronExpression.parse(text);
      var springs = org.springframework.scheduling.support.CronExpression.parse(text);
      var at = Instant.ofEpochSecond(random.nextLong(FROM, TO));
      for (var n = 0; n < TIMES; n++) {
        var expected = springs.next(at.atZone(ZoneOffset.UTC));
        var got = ours.next(at.toEpochMilli(), ZoneOffset.UTC.getRules());
        assertThat(Instant.ofEpochMilli(got))
            .as("the next time of \"%s\" after %s", text, at)
            .isEqualTo(expected == null ? null : expected.toInstant());
        at = Instant.ofEpochMilli(got);
      }
    }
  }

  private static String expression(SplittableRandom random) {
    var byWeekday = random.nextBoolean();
    return String.join(
        " ",
        field(random, 0, 59),
        field(random, 0, 59),
        field(random, 0, 23),
        byWeekday ? "*" : day(random),
        field(random, 1, 12),
        byWeekday ? weekday(random) : "*");
  }

  private static String day(SplittableRandom random) {
    return switch (random.nextInt(6)) {
      case 0 -> "L";
      case 1 -> "LW";
      case 2 -> "L-" + random.nextInt(1, 20);
      case 3 -> random.nextInt(1, 29) + "W";
      default -> field(random, 1, 28);
    };
  }

  private static String weekday(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(0, 8) + "L";
      case 1 -> random.nextInt(0, 8) + "#" + random.nextInt(1, 5);
      // Spring counts the steps of a star from Monday, cron from Sunday.
      default -> field(random, 0, 6).replace("*/", "0-6/");
    };
  }

  private static String field(SplittableRandom random, int min, int max) {
    var a = random.nextInt(min, max + 1);
    var b = random.nextInt(min, max + 1);
    var step = random.nextInt(1, max - min + 1);
    return switch (random.nextInt(6)) {
      case 0 -> "*";
      case 1 -> "*/" + step;
      case 2 -> Math.min(a, b) + "-" + Math.max(a, b);
      case 3 -> Math.min(a, b) + "-" + Math.max(a, b) + "/" + step;
      case 4 -> a + "," + b;
      default -> Integer.toString(a);
    };
  }
}
