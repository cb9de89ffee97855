package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.partition.PartitionStory.Start;
import io.reeve.domain.partition.ScheduleRules.Answer;
import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.schedule.ScheduleTiming;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.domain.task.ScheduleEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Schedules that clients, clocks and zones make trouble for. */
class ScheduleTroubleTest extends ScheduleStories {

  @ParameterizedTest
  @EnumSource(Start.class)
  void aZoneThatThisJavaDoesNotKnowStopsOneScheduleAndNoPartition(Start start) {
    set(named("other", TEMPLATE));
    var timing =
        every(MINUTE, Missed.ONCE, Overlap.SKIP)
            .timing()
            .withRule(ScheduleRule.taken("* * * * *", "Mars/Olympus"));
    var mars = new ScheduleDefinition("s", timing, PartitionStory.profile(), TEMPLATE);
    story.journal.add(new ScheduleEvent.Set(900, 1, mars, NOON, NOON));
    story.journal.add(new ScheduleEvent.Backfilled(900, "", minute(-5), NOON, 6, NOON));
    story.replay();
    story.start(start);
    story.pass(MINUTE);
    assertThat(planned()).as("by the other schedule").containsExactly(minute(1));
    assertThat(schedule().active()).isFalse();
    assertThat(schedule().backfill()).as("it goes on elsewhere").isNotNull();
    call(events -> rules().stopBackfill("s", now(), events));
    story.pass(Duration.ofHours(2));

    assertThat(schedule().definition()).as("not forgotten as ended").isEqualTo(mars);
    assertThat(trigger("").already()).isFalse();
    var why = "expected the id of a time zone, such as Europe/Berlin, got \"Mars/Olympus\"";
    assertThat(schedule().unknownBecause()).isEqualTo(why);
    assertThat(refusal(events -> rules().backfill("s", "", NOON, NOON, now(), events)).message())
        .isEqualTo(why + ", which the node of its partition lacks");
    call(events -> rules().delete("s", now(), events));
    assertThat(refusal(events -> set(mars, 0, true, events)).message()).startsWith(why);
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aClockThatWasWrongForAMomentSilencesAScheduleNoLongerThanAClientLets(Start start) {
    set(every(MINUTE, Missed.ONCE, Overlap.PARALLEL));
    story.jump(Duration.ofDays(365));
    story.batch(events -> {});
    story.jump(Duration.ofDays(-365));
    story.start(start);
    var before = planned().size();
    story.pass(MINUTE.multipliedBy(2));
    assertThat(planned()).hasSize(before);

    call(events -> rules().pause("s", "", "", now(), events));
    call(events -> rules().resume("s", now(), events));
    story.start(start);
    story.pass(MINUTE);
    assertThat(planned()).hasSize(before + 1).endsWith(minute(3));

    story.jump(Duration.ofDays(365));
    story.batch(events -> {});
    story.jump(Duration.ofDays(-365));
    set(every(MINUTE, Missed.NONE, Overlap.PARALLEL));
    story.start(start);
    story.pass(MINUTE);
    assertThat(planned()).endsWith(minute(4));
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aRuleThatChangesUnderABackfillMakesNoMoreTasksOfIt(Start start) {
    var daily = every(Duration.ofDays(1), Missed.ONCE, Overlap.SKIP);
    set(daily);
    call(events -> rules().pause("s", "", "", now(), events));
    call(events -> rules().backfill("s", "", minute(-500 * 1_440), NOON, now(), events));
    var often = every(Duration.ofSeconds(1), Missed.NONE, Overlap.SKIP);
    assertThat(refusal(events -> set(often, 0, true, events)).message())
        .isEqualTo("expected schedule s without a backfill for another rule, got one in progress");
    set(every(Duration.ofDays(1), Missed.NONE, Overlap.SKIP));

    // Such a change may be in a journal of before it was refused.
    story.journal.add(new ScheduleEvent.Set(schedule().number(), 3, often, NOON, NOON));
    story.replay();
    story.start(start);
    call(events -> rules().resume("s", now(), events));
    for (var i = 0; i < 20; i++) {
      story.pass(Duration.ofMillis(1));
    }

    assertThat(schedule().backfill()).isNull();
    assertThat(schedule().progress().extraRuns()).isEqualTo(501);
  }

  @Test
  void everythingThatMakesAScheduleLargeCounts() {
    var dates = new ScheduleRule.Dates(LongStream.range(1, 1_001).map(i -> NOON + i).toArray());
    var taken = 0;
    while (true) {
      var timing = new ScheduleTiming(dates, 0, 0, 0, 0, Missed.ONCE, Overlap.SKIP);
      var name = "s" + taken;
      var definition = new ScheduleDefinition(name, timing, PartitionStory.profile(), TEMPLATE);
      if (call(events -> set(definition, 0, true, events)) instanceof Answer.Refused) {
        break;
      }
      call(events -> rules().pause(name, "x".repeat(1_000), "", now(), events));
      taken++;
    }

    assertThat(taken).as("schedules of about 10,500 bytes in 1 MiB").isBetween(95, 102);
  }

  @Test
  void aScheduleThatCatchesUpLetsTheOthersGoFirst() {
    for (var i = 0; i < 20; i++) {
      var often = every(Duration.ofSeconds(1), Missed.ONCE, Overlap.PARALLEL).timing();
      set(new ScheduleDefinition("p" + i, often, PartitionStory.profile(), TEMPLATE));
    }
    set(every(Duration.ofHours(1), Missed.NONE, Overlap.PARALLEL));
    story.stall(Duration.ofDays(90));
    var batches = 0;
    while (schedule().nextMs() <= now().wallMs()) {
      rules().fireDue(now(), 150, lease -> {}, new ArrayList<>());
      story.stall(Duration.ofMillis(1));
      batches++;
    }

    assertThat(batches).as("a turn for each of the others").isLessThanOrEqualTo(10);
  }

  @Test
  void oneTurnOfLargeTemplatesMakesAFewMegabytes() {
    var timing = every(MINUTE, Missed.all(1_000), Overlap.PARALLEL).timing();
    var large = new byte[500_000];
    set(new ScheduleDefinition("s", timing, PartitionStory.profile(), large));
    set(new ScheduleDefinition("t", timing, PartitionStory.profile(), large));
    story.stall(MINUTE.multipliedBy(50));
    var made = new ArrayList<Integer>();
    while (schedule().nextMs() <= now().wallMs()) {
      var events = new ArrayList<PartitionEvent>();
      rules().fireDue(now(), 4_096, lease -> {}, events);
      made.add(events.stream().mapToInt(ScheduleStories::made).sum());
      story.stall(Duration.ofMillis(1));
    }

    assertThat(made).allMatch(tasks -> tasks > 0 && tasks <= 17);
  }

  /** A client asked for a backfill up to now, by a clock that lies two minutes ahead. */
  @ParameterizedTest
  @EnumSource(Start.class)
  void aRangeUpToNowByAnotherClockIsPast(Start start) {
    set(every(MINUTE, Missed.ONCE, Overlap.SKIP));
    call(events -> rules().backfill("s", "r-1", minute(-3), minute(2), now(), events));
    story.start(start);
    story.batch(events -> {});

    assertThat(schedule().progress().extraRuns()).as("up to noon").isEqualTo(4);
    assertThat(schedule().backfill()).isNull();
    call(events -> rules().backfill("s", "r-1", minute(-3), minute(2), now(), events));
    assertThat(schedule().progress().extraRuns()).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void anotherEndDropsNoRunThatIsLateByItsJitter(Start start) {
    var before = until(minute(100), 0, 600_000);
    set(before);
    story.stall(MINUTE.plusMillis(1));
    assertThat(before.timing().dueAtMs("s", minute(1))).isGreaterThan(now().wallMs());

    set(until(minute(200), 0, 600_000));
    story.start(start);
    story.pass(MINUTE.multipliedBy(11));

    assertThat(planned()).startsWith(minute(1));
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void anotherEndDuringAPauseLeavesWhatWasMissedToThePolicy(Start start) {
    set(until(minute(100), 0, 0));
    call(events -> rules().pause("s", "", "", now(), events));
    story.stall(MINUTE.multipliedBy(3));
    set(until(minute(200), 0, 0));
    story.start(start);
    call(events -> rules().resume("s", now(), events));
    story.batch(events -> {});

    assertThat(planned()).containsExactly(minute(2), minute(3));
    assertThat(schedule().progress().skipped()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aScheduleThatHadEndedBeginsAnewWithAnotherBound(Start start) {
    set(until(minute(200), 2, 0));
    story.pass(MINUTE.multipliedBy(5));
    assertThat(schedule().ended()).isTrue();
    set(until(minute(200), 3, 0));
    story.start(start);
    story.pass(MINUTE);

    assertThat(planned()).containsExactly(minute(1), minute(2), minute(6));
  }

  private static ScheduleDefinition until(long endMs, long runsMax, long jitterMs) {
    var rule = every(MINUTE, Missed.NONE, Overlap.PARALLEL).timing().rule();
    var timing =
        new ScheduleTiming(rule, 0, endMs, jitterMs, runsMax, Missed.NONE, Overlap.PARALLEL);
    return new ScheduleDefinition("s", timing, PartitionStory.profile(), TEMPLATE);
  }
}
