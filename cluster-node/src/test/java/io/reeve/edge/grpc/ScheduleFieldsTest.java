package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reeve.v1.BackfillScheduleRequest;
import io.reeve.v1.CronRule;
import io.reeve.v1.DatesRule;
import io.reeve.v1.IntervalRule;
import io.reeve.v1.ListSchedulesRequest;
import io.reeve.v1.MissedPolicy;
import io.reeve.v1.PauseScheduleRequest;
import io.reeve.v1.ScheduleDefinition;
import io.reeve.v1.ScheduleServiceGrpc;
import io.reeve.v1.SetScheduleRequest;
import io.reeve.v1.SubmitTaskRequest;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.TriggerScheduleRequest;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake in a call about schedules is refused with the name of its field. It is noon. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScheduleFieldsTest {

  private final EdgeFixture edge = EdgeFixture.start();
  private final ScheduleServiceGrpc.ScheduleServiceBlockingStub client =
      ScheduleServiceGrpc.newBlockingStub(edge.channel()).withDeadlineAfter(2, TimeUnit.MINUTES);

  @AfterAll
  void stop() {
    edge.close();
  }

  private static ScheduleDefinition.Builder nightly() {
    return ScheduleDefinition.newBuilder()
        .setCron(CronRule.newBuilder().setExpression("30 2 * * *").setTimeZone("Europe/Berlin"))
        .setTemplate(
            TaskSpec.newBuilder().setKind("report").putLabels("b", "1").putLabels("a", "2"));
  }

  private static SetScheduleRequest set(String name, ScheduleDefinition.Builder definition) {
    return SetScheduleRequest.newBuilder().setName(name).setDefinition(definition).build();
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("definition.rule", d -> d.clearRule()),
        mistake("definition.cron.expression", d -> d.getCronBuilder().setExpression("61 * * * *")),
        mistake("definition.cron.expression", d -> d.getCronBuilder().setExpression("")),
        mistake("definition.cron.expression", d -> d.getCronBuilder().setExpression("0 0 30 2 *")),
        mistake(
            "definition.cron.expression",
            d -> d.getCronBuilder().setExpression("0 ".repeat(10_000))),
        mistake("definition.cron.time_zone", d -> d.getCronBuilder().setTimeZone("Mars/Olympus")),
        mistake("definition.cron.time_zone", d -> d.getCronBuilder().setTimeZone("EST")),
        mistake("definition.cron.time_zone", d -> d.getCronBuilder().setTimeZone("x".repeat(129))),
        mistake("definition.interval.every", d -> d.setInterval(IntervalRule.getDefaultInstance())),
        mistake("definition.interval.every", d -> d.setInterval(every(0, 900_000_000))),
        mistake("definition.interval.every", d -> d.setInterval(every(315_576_001, 0))),
        mistake(
            "definition.interval.anchor",
            d -> d.setInterval(every(1, 0).setAnchor(at("2201-01-01T00:00:00Z")))),
        mistake("definition.dates.dates", d -> d.setDates(DatesRule.getDefaultInstance())),
        mistake("definition.dates.dates", d -> d.setDates(dates(1001))),
        mistake(
            "definition.end",
            d -> d.setStart(at("2027-01-02T00:00:00Z")).setEnd(at("2027-01-01T00:00:00Z"))),
        mistake("definition.end", d -> d.setEnd(Timestamp.newBuilder().setSeconds(-1))),
        mistake("definition.jitter", d -> d.setJitter(Duration.newBuilder().setSeconds(86_401))),
        mistake("definition.runs_max", d -> d.setRunsMax(-1)),
        mistake("definition.missed", d -> d.setMissedValue(99)),
        mistake("definition.missed_limit", d -> d.setMissedLimit(3)),
        mistake(
            "definition.missed_limit",
            d -> d.setMissed(MissedPolicy.MISSED_POLICY_ALL).setMissedLimit(1001)),
        mistake("definition.overlap", d -> d.setOverlapValue(99)),
        mistake("definition.template", d -> d.clearTemplate()),
        mistake("definition.template.kind", d -> d.getTemplateBuilder().setKind("")),
        mistake(
            "definition.template.not_before",
            d -> d.getTemplateBuilder().setNotBefore(at("2027-01-01T00:00:00Z"))),
        mistake(
            "definition.template.delay",
            d -> d.getTemplateBuilder().setDelay(Duration.getDefaultInstance())),
        mistake(
            "definition.template.schedule_name",
            d -> d.getTemplateBuilder().setScheduleName("other")),
        mistake(
            "definition.template.unique",
            d -> d.getTemplateBuilder().getUniqueBuilder().setKey("order-17")),
        mistake(
            "definition.template.planned_at",
            d -> d.getTemplateBuilder().setPlannedAt(at("2027-01-01T00:00:00Z"))));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aMistakeIsRefusedWithTheNameOfItsField(
      String field, Consumer<ScheduleDefinition.Builder> change) {
    var definition = nightly();
    change.accept(definition);

    var refusal =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> client.setSchedule(set("nightly", definition)));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(EdgeFixture.field(refusal)).isEqualTo(field);
    edge.partitions.expectNoMessage(java.time.Duration.ZERO);
  }

  @Test
  void mistakesBesideTheDefinitionAreRefusedToo() {
    assertThat(refused(() -> client.setSchedule(set("no blanks", nightly())))).isEqualTo("name");
    assertThat(
            refused(
                () ->
                    client.setSchedule(
                        set("a", nightly()).toBuilder().setExpectedVersion(-1).build())))
        .isEqualTo("expected_version");
    assertThat(
            refused(
                () ->
                    client.pauseSchedule(
                        PauseScheduleRequest.newBuilder()
                            .setName("a")
                            .setReason("r".repeat(1025))
                            .build())))
        .isEqualTo("reason");
    assertThat(
            refused(
                () ->
                    client.triggerSchedule(
                        TriggerScheduleRequest.newBuilder()
                            .setName("a")
                            .setRequestId("r".repeat(129))
                            .build())))
        .isEqualTo("request_id");
    assertThat(refused(() -> client.backfillSchedule(backfill(null, at("2026-11-01T00:00:00Z")))))
        .isEqualTo("from");
    assertThat(
            refused(
                () ->
                    client.backfillSchedule(
                        backfill(at("2026-11-02T00:00:00Z"), at("2026-11-01T00:00:00Z")))))
        .isEqualTo("to");
    assertThat(
            refused(
                () ->
                    client.backfillSchedule(
                        backfill(at("2026-11-02T00:00:00Z"), at("2026-11-20T12:00:01Z")))))
        .isEqualTo("to");
    assertThat(
            refused(
                () ->
                    client.listSchedules(
                        ListSchedulesRequest.newBuilder().setPageToken("x").build())))
        .isEqualTo("page_token");
  }

  @Test
  void aSubmissionMustNotClaimToBeOfASchedule() {
    var tasks = TaskServiceGrpc.newBlockingStub(edge.channel());
    var named = TaskSpec.newBuilder().setKind("echo").setScheduleName("nightly");
    var planned = TaskSpec.newBuilder().setKind("echo").setPlannedAt(at("2027-01-01T00:00:00Z"));

    assertThat(
            refused(() -> tasks.submitTask(SubmitTaskRequest.newBuilder().setTask(named).build())))
        .isEqualTo("task.schedule_name");
    assertThat(
            refused(
                () -> tasks.submitTask(SubmitTaskRequest.newBuilder().setTask(planned).build())))
        .isEqualTo("task.planned_at");
  }

  private static String refused(Runnable call) {
    return EdgeFixture.field(catchThrowableOfType(StatusRuntimeException.class, call::run));
  }

  private static Arguments mistake(String field, Consumer<ScheduleDefinition.Builder> change) {
    return Arguments.of(field, change);
  }

  private static IntervalRule.Builder every(long seconds, int nanos) {
    return IntervalRule.newBuilder()
        .setEvery(Duration.newBuilder().setSeconds(seconds).setNanos(nanos));
  }

  private static DatesRule.Builder dates(int count) {
    var dates = DatesRule.newBuilder();
    for (var i = 0; i < count; i++) {
      dates.addDates(Timestamp.newBuilder().setSeconds(2_000_000_000L + i));
    }
    return dates;
  }

  private static BackfillScheduleRequest backfill(@Nullable Timestamp from, Timestamp to) {
    var request = BackfillScheduleRequest.newBuilder().setName("a").setTo(to);
    if (from != null) {
      request.setFrom(from);
    }
    return request.build();
  }

  private static Timestamp at(String instant) {
    return Timestamp.newBuilder().setSeconds(Instant.parse(instant).getEpochSecond()).build();
  }
}
