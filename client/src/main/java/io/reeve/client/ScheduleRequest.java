package io.reeve.client;

import com.google.protobuf.Timestamp;
import io.reeve.v1.CronRule;
import io.reeve.v1.DatesRule;
import io.reeve.v1.IntervalRule;
import io.reeve.v1.MissedPolicy;
import io.reeve.v1.OverlapPolicy;
import io.reeve.v1.ScheduleDefinition;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The definition of a schedule: when it makes a task, and which. The server's defaults apply to
 * everything that is not set.
 *
 * <pre>{@code
 * ScheduleRequest.cron("30 2 * * mon-fri", ZoneId.of("Europe/Berlin"))
 *     .overlap(OverlapPolicy.OVERLAP_POLICY_QUEUE_ONE)
 *     .task(TaskRequest.of("report").payload("daily").build());
 * }</pre>
 */
public final class ScheduleRequest {

  private final ScheduleDefinition definition;

  private ScheduleRequest(ScheduleDefinition definition) {
    this.definition = definition;
  }

  /** At the instants of a cron expression, by the clocks of a zone. */
  public static Builder cron(String expression, ZoneId zone) {
    var rule = CronRule.newBuilder().setExpression(expression).setTimeZone(zone.getId());
    return new Builder(ScheduleDefinition.newBuilder().setCron(rule));
  }

  /** At equal distances, counted from the first instant of 1970. */
  public static Builder every(Duration distance) {
    var rule = IntervalRule.newBuilder().setEvery(TaskRequest.proto(distance));
    return new Builder(ScheduleDefinition.newBuilder().setInterval(rule));
  }

  /** At equal distances before and after {@code anchor}. */
  public static Builder every(Duration distance, Instant anchor) {
    var rule =
        IntervalRule.newBuilder()
            .setEvery(TaskRequest.proto(distance))
            .setAnchor(TaskRequest.proto(anchor));
    return new Builder(ScheduleDefinition.newBuilder().setInterval(rule));
  }

  /** At these instants. */
  public static Builder dates(List<Instant> dates) {
    var rule = DatesRule.newBuilder();
    dates.forEach(date -> rule.addDates(TaskRequest.proto(date)));
    return new Builder(ScheduleDefinition.newBuilder().setDates(rule));
  }

  /** The definition as it was given to, or comes from, a server. */
  public static ScheduleRequest of(ScheduleDefinition definition) {
    return new ScheduleRequest(definition);
  }

  /** The definition that goes over the wire. */
  public ScheduleDefinition definition() {
    return definition;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScheduleRequest request && definition.equals(request.definition);
  }

  @Override
  public int hashCode() {
    return definition.hashCode();
  }

  /** Without the payload, which may be large or secret. */
  @Override
  public String toString() {
    return "ScheduleRequest[kind="
        + definition.getTemplate().getKind()
        + ", rule="
        + definition.getRuleCase()
        + "]";
  }

  /** Collects the properties of a schedule; for one thread. */
  public static final class Builder {

    private final ScheduleDefinition.Builder definition;

    private Builder(ScheduleDefinition.Builder definition) {
      this.definition = definition;
    }

    /** No instant before this one counts. */
    public Builder start(Instant start) {
      definition.setStart(instant(start, "start"));
      return this;
    }

    /** No instant after this one counts. */
    public Builder end(Instant end) {
      definition.setEnd(instant(end, "end"));
      return this;
    }

    /** Serves each instant up to this much later, by its name and the instant. */
    public Builder jitter(Duration jitter) {
      definition.setJitter(TaskRequest.proto(jitter));
      return this;
    }

    /** Ends after so many instants were served. */
    public Builder runsMax(long runs) {
      definition.setRunsMax(runs);
      return this;
    }

    /** What becomes of instants that were missed. */
    public Builder missed(MissedPolicy policy) {
      definition.setMissed(policy);
      return this;
    }

    /** Serves the latest {@code limit} of the instants that were missed. */
    public Builder missedAll(int limit) {
      definition.setMissed(MissedPolicy.MISSED_POLICY_ALL).setMissedLimit(limit);
      return this;
    }

    /** What becomes of an instant while the task of the one before it has not ended. */
    public Builder overlap(OverlapPolicy policy) {
      definition.setOverlap(policy);
      return this;
    }

    /** The task of each instant; ends the definition. */
    public ScheduleRequest task(TaskRequest template) {
      return new ScheduleRequest(definition.clone().setTemplate(template.spec()).build());
    }

    /**
     * The instants without a task, for {@link Schedules#next(String, ScheduleRequest, Instant,
     * int)}.
     */
    public ScheduleRequest withoutTask() {
      return new ScheduleRequest(definition.clone().clearTemplate().build());
    }

    private static Timestamp instant(Instant instant, String name) {
      return TaskRequest.proto(Objects.requireNonNull(instant, name));
    }
  }
}
