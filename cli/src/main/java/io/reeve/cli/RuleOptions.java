package io.reeve.cli;

import io.reeve.client.ScheduleRequest;
import io.reeve.domain.schedule.Zones;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that tell the instants of a schedule. */
final class RuleOptions {

  @Option(
      names = "--cron",
      paramLabel = "EXPRESSION",
      description =
          "At the times of a cron expression; 'reeve cron --help' has its syntax. Put it in"
              + " quotes.")
  @Nullable String cron;

  @Option(
      names = {"-z", "--zone"},
      paramLabel = "ZONE",
      description = "With --cron: the time zone, such as Europe/Berlin. Default: UTC.")
  @Nullable String zone;

  @Option(
      names = "--every",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description = "At equal distances: 90s, 10m, 6h.")
  @Nullable Duration every;

  @Option(
      names = "--anchor",
      paramLabel = "INSTANT",
      converter = InstantText.class,
      description = "With --every: one of the instants. Default: midnight UTC, 1970-01-01.")
  @Nullable Instant anchor;

  @Option(
      names = "--at",
      paramLabel = "INSTANT",
      converter = InstantText.class,
      description =
          "At this instant: 2026-12-24T18:00:00Z, or a date alone for midnight UTC. Can be"
              + " repeated.")
  List<Instant> dates = List.of();

  @Option(
      names = "--start",
      paramLabel = "INSTANT",
      converter = InstantText.class,
      description = "No run before this instant.")
  @Nullable Instant start;

  @Option(
      names = "--end",
      paramLabel = "INSTANT",
      converter = InstantText.class,
      description = "No run after this instant.")
  @Nullable Instant end;

  @Option(
      names = "--jitter",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description =
          "Run up to this much later. How much depends on the name of the schedule and on the"
              + " instant.")
  @Nullable Duration jitter;

  /** Whether a rule is given. */
  boolean any() {
    return cron != null || every != null || !dates.isEmpty();
  }

  /** The definition in the making, without its task. */
  ScheduleRequest.Builder definition() {
    var definition = rule();
    if (start != null) {
      definition.start(start);
    }
    if (end != null) {
      definition.end(end);
    }
    if (jitter != null) {
      definition.jitter(jitter);
    }
    return definition;
  }

  private ScheduleRequest.Builder rule() {
    var rules = (cron == null ? 0 : 1) + (every == null ? 0 : 1) + (dates.isEmpty() ? 0 : 1);
    if (rules != 1) {
      throw new IllegalArgumentException(
          "expected one of --cron, --every and --at, got " + (rules == 0 ? "none" : rules));
    }
    if (zone != null && cron == null) {
      throw new IllegalArgumentException("expected --zone with --cron only");
    }
    if (anchor != null && every == null) {
      throw new IllegalArgumentException("expected --anchor with --every only");
    }
    if (cron != null) {
      return ScheduleRequest.cron(cron, Zones.of(zone == null ? "UTC" : zone));
    }
    if (every != null) {
      return anchor == null ? ScheduleRequest.every(every) : ScheduleRequest.every(every, anchor);
    }
    return ScheduleRequest.dates(dates);
  }
}
