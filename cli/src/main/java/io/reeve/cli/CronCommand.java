package io.reeve.cli;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.schedule.CronExpression;
import io.reeve.domain.schedule.Zones;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reeve cron}. */
@Command(
    name = "cron",
    description = {
      "Shows when a cron expression fires next, nights of daylight saving included. It needs no"
          + " node.",
      "The fields are minute, hour, day of month, month and day of week; with six fields the second"
          + " comes first. They take lists (1,15), ranges (9-17), steps (*/10) and names (mon, JAN)."
          + " A day of month may be L (last day), L-3 (three days before it), 15W (weekday nearest"
          + " to the 15th) or LW; a day of week may be 5L (last Friday) or 5#3 (third Friday). 0 and"
          + " 7 are Sunday. @hourly, @daily, @weekly, @monthly and @yearly stand for expressions.",
      "When both day fields restrict, a day that meets either of them counts; +5 as the day of week"
          + " asks for both.",
      "A fixed time that the clocks skip fires once, when they have been put forward. A fixed time"
          + " that comes twice fires at the first. With a * in hour or minute, the expression fires"
          + " at each time that the clocks show."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve cron '30 2 * * mon-fri' --zone Europe/Berlin",
      "  reeve cron '0 9 LW * *' --from 2027-01-01 --count 12",
      "  reeve cron @daily --output json"
    })
final class CronCommand extends AnsweringCommand {

  private static final int COUNT_MAX = 1000;

  @Parameters(
      paramLabel = "EXPRESSION",
      description = "The cron expression as one argument, so in quotes; at most 128 characters.")
  String expression = "";

  @Option(
      names = {"-z", "--zone"},
      paramLabel = "ZONE",
      defaultValue = "UTC",
      description = "The time zone, such as Europe/Berlin. Default: UTC.")
  String zone = "UTC";

  @Option(
      names = "--from",
      paramLabel = "INSTANT",
      converter = InstantText.class,
      description = "Show times after this instant. Default: now.")
  @Nullable Instant from;

  @Option(
      names = {"-n", "--count"},
      paramLabel = "N",
      defaultValue = "5",
      description = "How many times to show, at most 1000. Default: 5.")
  int count = 5;

  CronCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run() {
    if (count < 1 || count > COUNT_MAX) {
      throw new IllegalArgumentException(
          "expected --count from 1 to " + COUNT_MAX + ", got " + count);
    }
    var zoneId = Zones.of(zone);
    var times = times(zoneId);
    if (output.json()) {
      var json = Json.object().put("expression", expression.strip()).put("zone", zoneId.getId());
      var next = json.putArray("next");
      times.forEach(at -> next.add(at.toString()));
      print(Json.line(json));
    } else {
      times.forEach(at -> print(at.atZone(zoneId).toOffsetDateTime() + "  " + at));
    }
    return ExitCode.OK;
  }

  private long afterMs() {
    if (from == null) {
      return terminal.clock().millis();
    }
    if (from.isBefore(Instant.EPOCH)
        || from.isAfter(Instant.ofEpochMilli(TimeBounds.INSTANT_MAX_MS))) {
      throw new IllegalArgumentException("expected --from in the years 1970 to 9999, got " + from);
    }
    return from.toEpochMilli();
  }

  /** Fewer than asked for when the expression does not fire so often up to the last year. */
  private List<Instant> times(ZoneId zoneId) {
    var cron = CronExpression.parse(expression);
    var rules = zoneId.getRules();
    var times = new ArrayList<Instant>();
    var at = afterMs();
    while (times.size() < count) {
      at = cron.next(at, rules);
      if (at == CronExpression.NEVER) {
        break;
      }
      times.add(Instant.ofEpochMilli(at));
    }
    return times;
  }
}
