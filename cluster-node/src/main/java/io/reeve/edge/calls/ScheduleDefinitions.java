package io.reeve.edge.calls;

import io.reeve.domain.schedule.CronExpression;
import io.reeve.domain.schedule.InvalidRuleException;
import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.schedule.ScheduleTiming;
import io.reeve.domain.schedule.Zones;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.edge.EdgeSettings;
import io.reeve.partition.Clients.NewTask;
import io.reeve.v1.CronRule;
import io.reeve.v1.DatesRule;
import io.reeve.v1.IntervalRule;
import io.reeve.v1.TaskSpec;
import java.util.Arrays;
import java.util.function.Supplier;

/** Reads definitions of schedules: checks every field, and names the one that is wrong. */
final class ScheduleDefinitions {

  /** Of missed runs, where the policy is ALL and the definition has no limit. */
  private static final int MISSED_LIMIT_DEFAULT = 100;

  private static final String FIELD = "definition";
  private static final String ZONE_DEFAULT = "UTC";

  private final EdgeSettings.Tasks tasks;

  ScheduleDefinitions(EdgeSettings.Tasks tasks) {
    this.tasks = tasks;
  }

  /** The definition of the schedule of this name. */
  ScheduleDefinition read(String name, io.reeve.v1.ScheduleDefinition definition) {
    Expect.name("name", name);
    if (!definition.hasTemplate()) {
      throw EdgeRefusal.invalid(FIELD + ".template", "expected a task, got none");
    }
    var template = template(definition.getTemplate());
    return new ScheduleDefinition(name, timing(definition), template.profile(), template.spec());
  }

  private NewTask template(TaskSpec spec) {
    try {
      return new TaskSpecs(tasks, RequestDigest.of("")).template(spec);
    } catch (EdgeRefusal refusal) {
      throw refusal.within(FIELD + ".template");
    }
  }

  /** When the schedule fires; its template may be missing. */
  ScheduleTiming timing(io.reeve.v1.ScheduleDefinition definition) {
    var start =
        definition.hasStart() ? Expect.epochMillis(FIELD + ".start", definition.getStart()) : 0;
    return new ScheduleTiming(
        rule(definition),
        start,
        definition.hasEnd() ? end(definition, start) : 0,
        definition.hasJitter()
            ? Expect.millis(
                FIELD + ".jitter", definition.getJitter(), 0, ScheduleTiming.JITTER_MAX_MS)
            : 0,
        Expect.between(FIELD + ".runs_max", definition.getRunsMax(), 0, Long.MAX_VALUE),
        missed(definition),
        overlap(definition));
  }

  private static long end(io.reeve.v1.ScheduleDefinition definition, long start) {
    var end = Expect.epochMillis(FIELD + ".end", definition.getEnd());
    if (end <= 0 || end < start) {
      throw EdgeRefusal.invalid(
          FIELD + ".end",
          "expected an instant after 1970 that is not before the start ("
              + start
              + " ms), got "
              + end
              + " ms");
    }
    return end;
  }

  private static ScheduleRule rule(io.reeve.v1.ScheduleDefinition definition) {
    return switch (definition.getRuleCase()) {
      case CRON -> cron(FIELD + ".cron", definition.getCron());
      case INTERVAL -> interval(FIELD + ".interval", definition.getInterval());
      case DATES -> dates(FIELD + ".dates.dates", definition.getDates());
      case RULE_NOT_SET ->
          throw EdgeRefusal.invalid(
              FIELD + ".rule", "expected one of cron, interval and dates, got none");
    };
  }

  private static ScheduleRule cron(String field, CronRule cron) {
    var zoneField = field + ".time_zone";
    var zone = cron.getTimeZone().isEmpty() ? ZONE_DEFAULT : cron.getTimeZone();
    return new ScheduleRule.Cron(
        named(field + ".expression", () -> CronExpression.parse(cron.getExpression())),
        named(zoneField, () -> Zones.of(Expect.text(zoneField, zone, 128))));
  }

  private static ScheduleRule interval(String field, IntervalRule interval) {
    var every =
        Expect.millis(
            field + ".every",
            interval.getEvery(),
            ScheduleRule.EVERY_MIN_MS,
            ScheduleRule.EVERY_MAX_MS);
    var anchor =
        interval.hasAnchor() ? Expect.epochMillis(field + ".anchor", interval.getAnchor()) : 0;
    return named(field + ".anchor", () -> new ScheduleRule.Interval(every, anchor));
  }

  private static ScheduleRule dates(String field, DatesRule rule) {
    var count = Expect.between(field, rule.getDatesCount(), 1, ScheduleRule.DATES_MAX);
    var dates = new long[count];
    for (var i = 0; i < count; i++) {
      dates[i] = Expect.epochMillis(field + "[" + i + "]", rule.getDates(i));
    }
    var ordered = Arrays.stream(dates).sorted().distinct().toArray();
    return named(field, () -> new ScheduleRule.Dates(ordered));
  }

  private static Missed missed(io.reeve.v1.ScheduleDefinition definition) {
    var field = FIELD + ".missed_limit";
    var limit = Expect.between(field, definition.getMissedLimit(), 0, Missed.LIMIT_MAX);
    var policy = definition.getMissed();
    if (limit != 0 && policy != io.reeve.v1.MissedPolicy.MISSED_POLICY_ALL) {
      throw EdgeRefusal.invalid(field, "expected none without MISSED_POLICY_ALL, got " + limit);
    }
    return switch (policy) {
      case MISSED_POLICY_UNSPECIFIED, MISSED_POLICY_ONCE -> Missed.ONCE;
      case MISSED_POLICY_NONE -> Missed.NONE;
      case MISSED_POLICY_ALL -> Missed.all(limit == 0 ? MISSED_LIMIT_DEFAULT : limit);
      case UNRECOGNIZED ->
          throw EdgeRefusal.invalid(
              FIELD + ".missed",
              "expected a known policy, got number " + definition.getMissedValue());
    };
  }

  private static Overlap overlap(io.reeve.v1.ScheduleDefinition definition) {
    return switch (definition.getOverlap()) {
      case OVERLAP_POLICY_UNSPECIFIED, OVERLAP_POLICY_SKIP -> Overlap.SKIP;
      case OVERLAP_POLICY_QUEUE_ONE -> Overlap.QUEUE_ONE;
      case OVERLAP_POLICY_PARALLEL -> Overlap.PARALLEL;
      case OVERLAP_POLICY_CANCEL -> Overlap.CANCEL;
      case UNRECOGNIZED ->
          throw EdgeRefusal.invalid(
              FIELD + ".overlap",
              "expected a known policy, got number " + definition.getOverlapValue());
    };
  }

  /** A part of the rule, whose refusal is that of the field. */
  private static <T> T named(String field, Supplier<T> part) {
    try {
      return part.get();
    } catch (InvalidRuleException wrong) {
      throw EdgeRefusal.invalid(field, String.valueOf(wrong.getMessage()));
    }
  }
}
