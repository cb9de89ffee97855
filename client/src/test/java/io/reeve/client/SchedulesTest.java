package io.reeve.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.reeve.v1.CronRule;
import io.reeve.v1.MissedPolicy;
import io.reeve.v1.OverlapPolicy;
import io.reeve.v1.Schedule;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Definitions of schedules in Java, and their calls. */
@Timeout(30)
class SchedulesTest extends ClientTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @Test
  void aDefinitionSaysWhatTheBuilderWasTold() {
    var start = Instant.parse("2027-01-01T00:00:00Z");
    var definition =
        ScheduleRequest.cron("30 2 * * *", BERLIN)
            .start(start)
            .end(start.plusSeconds(60))
            .jitter(Duration.ofMillis(1500))
            .runsMax(7)
            .missedAll(3)
            .overlap(OverlapPolicy.OVERLAP_POLICY_QUEUE_ONE)
            .task(HELLO)
            .definition();

    assertThat(definition.getCron())
        .isEqualTo(
            CronRule.newBuilder().setExpression("30 2 * * *").setTimeZone("Europe/Berlin").build());
    assertThat(definition.getStart()).isEqualTo(TaskRequest.proto(start));
    assertThat(definition.getEnd()).isEqualTo(TaskRequest.proto(start.plusSeconds(60)));
    assertThat(definition.getJitter()).isEqualTo(TaskRequest.proto(Duration.ofMillis(1500)));
    assertThat(definition.getRunsMax()).isEqualTo(7);
    assertThat(definition.getMissed()).isEqualTo(MissedPolicy.MISSED_POLICY_ALL);
    assertThat(definition.getMissedLimit()).isEqualTo(3);
    assertThat(definition.getOverlap()).isEqualTo(OverlapPolicy.OVERLAP_POLICY_QUEUE_ONE);
    assertThat(definition.getTemplate()).isEqualTo(HELLO.spec());
  }

  @Test
  void aRuleIsACronExpressionAnIntervalOrDates() {
    var anchor = Instant.parse("2027-01-01T00:00:00Z");
    var every = ScheduleRequest.every(Duration.ofMinutes(5)).withoutTask().definition();
    var from = ScheduleRequest.every(Duration.ofMinutes(5), anchor).withoutTask().definition();
    var dates = ScheduleRequest.dates(List.of(anchor)).withoutTask().definition();

    assertThat(every.getInterval().getEvery().getSeconds()).isEqualTo(300);
    assertThat(every.getInterval().hasAnchor()).isFalse();
    assertThat(from.getInterval().getAnchor()).isEqualTo(TaskRequest.proto(anchor));
    assertThat(dates.getDates().getDatesList()).containsExactly(TaskRequest.proto(anchor));
    assertThat(dates.hasTemplate()).isFalse();
  }

  @Test
  void aTextHasNoPayload() {
    assertThat(ScheduleRequest.cron("@daily", BERLIN).task(HELLO))
        .hasToString("ScheduleRequest[kind=" + HELLO.spec().getKind() + ", rule=CRON]");
  }

  @Test
  void aTriggerIsRepeatedUnderTheSameRequestId() {
    server.refuseNext(refusal(Status.Code.UNAVAILABLE, "NOT_READY", 0));

    assertThat(client.schedules().trigger("nightly").getTaskId()).isEqualTo("t-1");
    assertThat(client.schedules().trigger("by-hand", "nightly").getTaskId()).isEqualTo("t-1");

    assertThat(server.calls())
        .containsExactly("TriggerSchedule", "TriggerSchedule", "TriggerSchedule");
    assertThat(server.schedules().requestIds()).containsExactly("request-1", "by-hand");
  }

  @Test
  void aChangeThatMayHaveTakenEffectIsNotRepeated() {
    var daily = ScheduleRequest.cron("@daily", BERLIN).task(HELLO);
    for (Runnable change :
        List.<Runnable>of(
            () -> client.schedules().set("nightly", daily),
            () -> client.schedules().pause("nightly", ""),
            () -> client.schedules().resume("nightly"),
            () -> client.schedules().stopBackfill("nightly"),
            () -> client.schedules().delete("nightly"))) {
      server.refuseNext(refusal(Status.Code.UNAVAILABLE, "OUTCOME_UNKNOWN", 200));
      assertThatThrownBy(change::run)
          .isInstanceOfSatisfying(
              ReeveException.class, e -> assertThat(e.isOutcomeUnknown()).isTrue());
    }

    assertThat(server.calls())
        .containsExactly(
            "SetSchedule", "PauseSchedule", "ResumeSchedule", "StopBackfill", "DeleteSchedule");
  }

  @Test
  void aChangeThatCertainlyHadNoEffectIsRepeated() {
    var daily = ScheduleRequest.cron("@daily", BERLIN).task(HELLO);
    server.refuseNext(refusal(Status.Code.UNAVAILABLE, "NOT_READY", 0));
    client.schedules().set("nightly", daily);
    server.refuseNext(refusal(Status.Code.UNAVAILABLE, "OUTCOME_UNKNOWN", 0));
    client.schedules().set("nightly", daily, 1);

    assertThat(server.calls())
        .containsExactly("SetSchedule", "SetSchedule", "SetSchedule", "SetSchedule");
    assertThat(TransportFault.reachedNobody(new IOException(new ConnectException()))).isTrue();
    assertThat(TransportFault.reachedNobody(new IOException("connection reset"))).isFalse();
  }

  @Test
  void aListIsWalkedPageByPage() {
    var daily = ScheduleRequest.cron("@daily", BERLIN).task(HELLO);
    for (var name : List.of("a", "b", "c")) {
      client.schedules().set(name, daily);
    }

    assertThat(client.schedules().list(""))
        .extracting(Schedule::getName)
        .containsExactly("a", "b", "c");
    assertThat(client.schedules().set("a", daily, 4).getSchedule().getVersion()).isEqualTo(5);
  }
}
