package io.reeve.cli;

import com.google.protobuf.Timestamp;
import io.reeve.v1.MissedPolicy;
import io.reeve.v1.OverlapPolicy;
import io.reeve.v1.Schedule;
import io.reeve.v1.ScheduleDefinition;
import io.reeve.v1.ScheduleInstant;
import io.reeve.v1.ScheduleState;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Schedules as people read and write them. */
final class ScheduleText {

  private static final int DATES_SHOWN_MAX = 3;

  private ScheduleText() {}

  /** One line for each schedule; the names and the times come first, the rule may be cut. */
  static TextTable table(List<Schedule> schedules, Clock clock) {
    var table = new TextTable("NAME", "STATE", "NEXT", "AT", "LAST RUN", "TASK", "RULE");
    for (var schedule : schedules) {
      var next = schedule.hasNext();
      table.row(
          Words.printable(schedule.getName()),
          name(schedule.getState()),
          next ? until(schedule.getNext().getDueAt(), clock) : "",
          next ? Words.instant(schedule.getNext().getDueAt()) : "",
          schedule.hasLastRun() ? since(schedule.getLastRun().getPlannedAt(), clock) : "",
          schedule.getLastRun().getTaskId(),
          rule(schedule.getDefinition()));
    }
    return table;
  }

  /** Everything known of the schedule, one thing a line. */
  static List<String> lines(Schedule schedule, Clock clock, boolean colours) {
    var definition = schedule.getDefinition();
    var state = name(schedule.getState());
    var lines = new ArrayList<String>();
    lines.add(
        Colour.TITLE.paint(schedule.getName(), colours)
            + "  "
            + colour(state).paint(state, colours));
    TaskText.add(lines, "paused", schedule.hasPause() ? pause(schedule) : "");
    TaskText.add(lines, "rule", rule(definition));
    TaskText.add(lines, "start", definition.hasStart() ? Words.instant(definition.getStart()) : "");
    TaskText.add(lines, "end", definition.hasEnd() ? Words.instant(definition.getEnd()) : "");
    TaskText.add(
        lines,
        "jitter",
        definition.hasJitter()
            ? "up to " + DurationText.of(Words.toDuration(definition.getJitter()))
            : "");
    TaskText.add(lines, "missed", missed(definition));
    TaskText.add(lines, "overlap", name(definition.getOverlap()));
    TaskText.add(lines, "next", next(schedule, clock));
    TaskText.add(lines, "last run", schedule.hasLastRun() ? lastRun(schedule, clock) : "none yet");
    TaskText.add(lines, "runs", runs(schedule));
    TaskText.add(
        lines,
        "waiting",
        schedule.hasWaitingAt()
            ? "the run of " + Words.instant(schedule.getWaitingAt()) + ", for the end of the last"
            : "");
    TaskText.add(
        lines,
        "room",
        schedule.getWaitsForRoom() ? "none: runs wait until its partition has room for tasks" : "");
    TaskText.add(lines, "backfill", schedule.hasBackfill() ? backfill(schedule) : "");
    TaskText.add(
        lines,
        "version",
        schedule.getVersion() + ", since " + Words.instant(schedule.getChangedAt()));
    TaskText.addSpec(lines, definition.getTemplate());
    TaskText.add(lines, "payload", TaskText.bytes(definition.getTemplate().getPayload()));
    return lines;
  }

  private static String pause(Schedule schedule) {
    var pause = schedule.getPause();
    return (pause.hasPausedAt() ? "since " + Words.instant(pause.getPausedAt()) : "by the server")
        + (pause.getReason().isEmpty() ? "" : ": " + Words.printable(pause.getReason()));
  }

  private static String lastRun(Schedule schedule, Clock clock) {
    var run = schedule.getLastRun();
    return Words.instant(run.getPlannedAt())
        + ", "
        + since(run.getPlannedAt(), clock)
        + ", task "
        + run.getTaskId();
  }

  private static String runs(Schedule schedule) {
    var max = schedule.getDefinition().getRunsMax();
    return schedule.getRuns()
        + (max == 0 ? "" : " of " + max)
        + (schedule.getSkipped() == 0 ? "" : ", " + schedule.getSkipped() + " skipped")
        + (schedule.getExtraRuns() == 0
            ? ""
            : ", " + schedule.getExtraRuns() + " by hand or backfill");
  }

  private static String backfill(Schedule schedule) {
    var backfill = schedule.getBackfill();
    return "from "
        + Words.instant(backfill.getFrom())
        + " to "
        + Words.instant(backfill.getTo())
        + ", "
        + backfill.getMade()
        + " of "
        + backfill.getTasks()
        + " tasks made";
  }

  /** When the next run is, in both ways. */
  static String next(Schedule schedule, Clock clock) {
    if (!schedule.hasNext()) {
      return "none";
    }
    var at = schedule.getNext().getDueAt();
    var paused = schedule.getState() == ScheduleState.SCHEDULE_STATE_PAUSED;
    return Words.instant(at) + ", " + until(at, clock) + (paused ? ", unless still paused" : "");
  }

  /** One of the next runs. */
  static String instant(ScheduleInstant run, Clock clock) {
    var planned = Words.instant(run.getPlannedAt());
    var runsLater = !run.getPlannedAt().equals(run.getDueAt());
    var isPast = !Words.toInstant(run.getDueAt()).isAfter(clock.instant());
    var wait = isPast ? "past" : until(run.getDueAt(), clock);
    return String.format(Locale.ROOT, "%-14s %s", wait, planned)
        + (runsLater ? "  runs at " + Words.instant(run.getDueAt()) : "");
  }

  private static String until(Timestamp at, Clock clock) {
    var left = Duration.between(clock.instant(), Words.toInstant(at));
    return left.isNegative() || left.isZero() ? "now" : "in " + DurationText.of(left);
  }

  private static String since(Timestamp at, Clock clock) {
    var past = Duration.between(Words.toInstant(at), clock.instant());
    return DurationText.of(past.isNegative() ? Duration.ZERO : past) + " ago";
  }

  /** A definition in a few words. */
  static String inOneLine(ScheduleDefinition definition) {
    var words = new ArrayList<String>();
    words.add(rule(definition));
    words.add("kind " + Words.printable(definition.getTemplate().getKind()));
    words.add("missed " + missed(definition));
    words.add("overlap " + name(definition.getOverlap()));
    return String.join(", ", words);
  }

  static String rule(ScheduleDefinition definition) {
    return switch (definition.getRuleCase()) {
      case CRON ->
          Words.printable(definition.getCron().getExpression())
              + " "
              + (definition.getCron().getTimeZone().isEmpty()
                  ? "UTC"
                  : Words.printable(definition.getCron().getTimeZone()));
      case INTERVAL ->
          "every "
              + DurationText.of(Words.toDuration(definition.getInterval().getEvery()))
              + (definition.getInterval().hasAnchor()
                  ? " from " + Words.instant(definition.getInterval().getAnchor())
                  : "");
      case DATES -> dates(definition.getDates().getDatesList());
      case RULE_NOT_SET -> "";
    };
  }

  private static String dates(List<Timestamp> dates) {
    return "at "
        + dates.stream()
            .limit(DATES_SHOWN_MAX)
            .map(Words::instant)
            .collect(Collectors.joining(", "))
        + (dates.size() > DATES_SHOWN_MAX
            ? " and " + (dates.size() - DATES_SHOWN_MAX) + " more"
            : "");
  }

  private static String missed(ScheduleDefinition definition) {
    return name(definition.getMissed())
        + (definition.getMissed() == MissedPolicy.MISSED_POLICY_ALL
            ? ", at most " + definition.getMissedLimit()
            : "");
  }

  // ---- Names ------------------------------------------------------------------------------------

  static String name(ScheduleState state) {
    return switch (state) {
      case SCHEDULE_STATE_ACTIVE -> "active";
      case SCHEDULE_STATE_PAUSED -> "paused";
      case SCHEDULE_STATE_ENDED -> "ended";
      case SCHEDULE_STATE_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }

  static Colour colour(String state) {
    return switch (state) {
      case "active" -> Colour.GOOD;
      case "paused" -> Colour.BUSY;
      default -> Colour.QUIET;
    };
  }

  static String name(MissedPolicy policy) {
    return switch (policy) {
      case MISSED_POLICY_NONE -> "none";
      case MISSED_POLICY_ONCE -> "once";
      case MISSED_POLICY_ALL -> "all";
      case MISSED_POLICY_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }

  static String name(OverlapPolicy policy) {
    return switch (policy) {
      case OVERLAP_POLICY_SKIP -> "skip";
      case OVERLAP_POLICY_QUEUE_ONE -> "queue-one";
      case OVERLAP_POLICY_PARALLEL -> "parallel";
      case OVERLAP_POLICY_CANCEL -> "cancel";
      case OVERLAP_POLICY_UNSPECIFIED, UNRECOGNIZED -> "unknown";
    };
  }

  static MissedPolicy missed(String name) {
    return switch (name) {
      case "none" -> MissedPolicy.MISSED_POLICY_NONE;
      case "once" -> MissedPolicy.MISSED_POLICY_ONCE;
      case "all" -> MissedPolicy.MISSED_POLICY_ALL;
      default ->
          throw new IllegalArgumentException(
              "expected --missed none, once or all, got '" + name + "'");
    };
  }

  static OverlapPolicy overlap(String name) {
    return switch (name) {
      case "skip" -> OverlapPolicy.OVERLAP_POLICY_SKIP;
      case "queue-one" -> OverlapPolicy.OVERLAP_POLICY_QUEUE_ONE;
      case "parallel" -> OverlapPolicy.OVERLAP_POLICY_PARALLEL;
      case "cancel" -> OverlapPolicy.OVERLAP_POLICY_CANCEL;
      default ->
          throw new IllegalArgumentException(
              "expected --overlap skip, queue-one, parallel or cancel, got '" + name + "'");
    };
  }
}
