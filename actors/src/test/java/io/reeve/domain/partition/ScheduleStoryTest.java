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
import io.reeve.domain.task.PlannedSpec;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Schedule;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskEvent;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Schedules of a partition, which starts again in the middle of each story. */
class ScheduleStoryTest extends ScheduleStories {

  @ParameterizedTest
  @EnumSource(Start.class)
  void aScheduleMakesOneTaskForEachInstant(Start start) {
    set(every(MINUTE, Missed.ONCE, Overlap.PARALLEL));
    story.pass(MINUTE);
    story.start(start);
    story.pass(MINUTE.multipliedBy(2));
    story.start(start);
    story.pass(Duration.ofSeconds(59));

    assertThat(planned()).containsExactly(minute(1), minute(2), minute(3));
    assertThat(tasks()).hasSize(3);
    var first = (Task.Queued) tasks().get(0);
    assertThat(first.spec().bytes()).isEqualTo(PlannedSpec.of(TEMPLATE, "s", minute(1)));
    assertThat(first.spec().submittedAtMs()).isEqualTo(minute(1));
    assertThat(schedule().progress().runs()).isEqualTo(3);
    assertThat(schedule().progress().lastSequence()).isEqualTo(tasks().get(2).spec().sequence());
    assertThat(schedule().nextRuns(2, story.now().wallMs())).containsExactly(minute(4), minute(5));
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aPartitionThatWasAwayCatchesUpAsThePolicySays(Start start) {
    set(every(MINUTE, Missed.all(3), Overlap.PARALLEL));
    story.pass(MINUTE);
    story.stall(MINUTE.multipliedBy(9));
    story.start(start);
    story.batch(events -> {});

    assertThat(planned())
        .containsExactly(minute(1), minute(6), minute(7), minute(8), minute(9), minute(10));
    assertThat(schedule().progress().skipped()).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aClockThatLiesBehindFiresNothingTwice(Start start) {
    set(every(MINUTE, Missed.ONCE, Overlap.PARALLEL));
    story.pass(MINUTE.multipliedBy(3));
    story.jump(MINUTE.multipliedBy(-3));
    story.start(start);
    story.pass(MINUTE.multipliedBy(4));

    assertThat(planned()).containsExactly(minute(1), minute(2), minute(3), minute(4));
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aRunWaitsForTheFormerAndHappensInTheBatchInWhichThatEnds(Start start) {
    set(every(MINUTE, Missed.ONCE, Overlap.QUEUE_ONE));
    story.pass(MINUTE.multipliedBy(3));
    assertThat(schedule().progress().waitingMs()).isEqualTo(minute(3));
    story.start(start);
    var former = schedule().progress().lastSequence();
    story.lease("anna", 1);
    var rows = story.journal.size();
    story.complete(former);

    assertThat(story.journal.subList(rows, story.journal.size()))
        .hasSize(2)
        .last()
        .isInstanceOf(ScheduleEvent.Fired.class);
    assertThat(planned()).containsExactly(minute(1), minute(3));
    assertThat(schedule().progress())
        .extracting(Schedule.Progress::waitingMs, Schedule.Progress::skipped)
        .containsExactly(0L, 1L);
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aRunThatOverlapsIsSkipped(Start start) {
    set(every(MINUTE, Missed.ONCE, Overlap.SKIP));
    story.pass(MINUTE.multipliedBy(2));
    story.start(start);
    story.batch(
        events -> story.state.cancel(schedule().progress().lastSequence(), "", now(), events));
    story.pass(MINUTE);

    assertThat(planned()).containsExactly(minute(1), minute(3));
    assertThat(schedule().progress().skipped()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void theNextRunTakesThePlaceOfTheFormer(Start start) {
    set(every(MINUTE, Missed.ONCE, Overlap.CANCEL));
    story.pass(MINUTE);
    story.start(start);
    var former = schedule().progress().lastSequence();
    story.lease("anna", 1);
    story.stall(MINUTE);
    story.batch(events -> story.state.leases().renew("anna", 1, now()));

    assertThat(story.get(former))
        .isInstanceOfSatisfying(
            Task.Cancelled.class,
            task ->
                assertThat(task.reason()).isEqualTo("the next run of schedule s took its place"));
    assertThat(story.replaced).extracting(lease -> lease.spec().sequence()).containsExactly(former);
    assertThat(planned()).containsExactly(minute(1), minute(2));
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aPausedScheduleRestsAndThenCatchesUp(Start start) {
    set(every(MINUTE, Missed.ONCE, Overlap.PARALLEL));
    call(events -> rules().pause("s", "the disk is full", "anna", now(), events));
    story.pass(MINUTE.multipliedBy(5));
    story.start(start);
    assertThat(schedule().pause()).isEqualTo(new Schedule.Pause("the disk is full", "anna", NOON));
    assertThat(planned()).isEmpty();
    assertThat(rows(events -> rules().pause("s", "the disk is full", "anna", now(), events)))
        .isZero();

    call(events -> rules().resume("s", now(), events));
    story.batch(events -> {});

    assertThat(planned()).containsExactly(minute(3), minute(4), minute(5));
    assertThat(schedule().progress().skipped()).isEqualTo(2);
    assertThat(rows(events -> rules().resume("s", now(), events))).isZero();
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aRunByHandLeavesTheNextRunAsItIs(Start start) {
    set(every(MINUTE, Missed.ONCE, Overlap.SKIP));
    story.stall(Duration.ofSeconds(10));
    var first = trigger("r-1");
    story.start(start);
    var again = trigger("r-1");
    var other = trigger("");
    story.pass(MINUTE);

    assertThat(first.already()).isFalse();
    assertThat(again.already()).isTrue();
    assertThat(again.sequence()).isEqualTo(first.sequence());
    assertThat(other.sequence()).isEqualTo(first.sequence() + 1);
    assertThat(schedule().progress())
        .extracting(Schedule.Progress::extraRuns, Schedule.Progress::runs)
        .containsExactly(2L, 1L);
    assertThat(planned()).containsExactly(minute(1));
    var spec = story.get(first.sequence()).spec();
    assertThat(spec.bytes()).isEqualTo(PlannedSpec.of(TEMPLATE, "s", NOON + 10_000));
  }

  @Test
  void aRequestIdOfAnotherCallIsRefused() {
    set(every(MINUTE, Missed.ONCE, Overlap.SKIP));
    story.submit("r-1", PartitionStory.task(PartitionStory.profile()));

    assertThat(refusal(events -> rules().trigger("s", "r-1", now(), events)).code())
        .isEqualTo(Rejection.Code.REQUEST_ID_REUSED);
    assertThat(refusal(events -> rules().backfill("s", "r-1", 0, NOON, now(), events)).code())
        .isEqualTo(Rejection.Code.REQUEST_ID_REUSED);
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aBackfillMakesTheTasksOfTheRangeAFewAtATime(Start start) {
    set(every(MINUTE, Missed.ONCE, Overlap.SKIP));
    call(events -> rules().backfill("s", "r-1", minute(-250), minute(-1), now(), events));
    assertThat(schedule().backfill())
        .extracting(Schedule.Backfill::count, Schedule.Backfill::made)
        .containsExactly(250, 100);
    story.start(start);
    story.pass(Duration.ofMillis(1));
    assertThat(tasks()).hasSize(200);
    story.pass(Duration.ofMillis(1));
    assertThat(schedule().backfill()).isNull();

    assertThat(tasks()).hasSize(250);
    assertThat(tasks().get(249).spec().bytes())
        .isEqualTo(PlannedSpec.of(TEMPLATE, "s", minute(-1)));
    assertThat(schedule().progress())
        .extracting(Schedule.Progress::extraRuns, Schedule.Progress::runs)
        .containsExactly(250L, 0L);
    assertThat(
            rows(events -> rules().backfill("s", "r-1", minute(-250), minute(-1), now(), events)))
        .isZero();
  }

  @Test
  void aBackfillHasBoundsAndCanBeStopped() {
    set(every(MINUTE, Missed.ONCE, Overlap.SKIP));

    assertThat(
            refusal(events -> rules().backfill("s", "", minute(-10_001), NOON, now(), events))
                .message())
        .isEqualTo("expected at most 10000 planned instants in the range, got more");
    assertThat(
            refusal(events -> rules().backfill("s", "", NOON, minute(11), now(), events)).message())
        .isEqualTo("expected a range of the past, got one that ends 660000 ms from now");
    call(events -> rules().pause("s", "", "", now(), events));
    call(events -> rules().backfill("s", "", minute(-5_000), NOON, now(), events));
    assertThat(refusal(events -> rules().backfill("s", "", NOON, NOON, now(), events)).message())
        .isEqualTo("expected schedule s without a backfill, got one in progress");
    call(events -> rules().stopBackfill("s", now(), events));
    call(events -> rules().resume("s", now(), events));

    assertThat(schedule().backfill()).isNull();
    assertThat(tasks()).isEmpty();
  }

  @Test
  void theSameDefinitionAgainChangesNothing() {
    var before = set(every(MINUTE, Missed.ONCE, Overlap.SKIP));
    var rows = rows(events -> set(every(MINUTE, Missed.ONCE, Overlap.SKIP), 7, true, events));

    assertThat(rows).isZero();
    assertThat(before.before()).isNull();
    assertThat(schedule().version()).isEqualTo(1);
  }

  @Test
  void aChangedDefinitionGetsTheNextVersionAndTheOldOneIsInTheAnswer() {
    var old = every(MINUTE, Missed.ONCE, Overlap.PARALLEL);
    set(old);
    story.pass(MINUTE);
    story.stall(Duration.ofSeconds(90));

    var changed = set(every(MINUTE.multipliedBy(2), Missed.ONCE, Overlap.PARALLEL));
    story.pass(MINUTE.multipliedBy(2));

    assertThat(changed.before()).isEqualTo(old);
    assertThat(changed.schedule().version()).isEqualTo(2);
    assertThat(planned()).containsExactly(minute(1), minute(2), minute(4));
    assertThat(refusal(events -> set(old, 1, true, events)).message())
        .isEqualTo("expected version 1 of schedule s, got 2");
  }

  @Test
  void aNameIsNotTakenWhereItsHomeWas() {
    var refusal =
        refusal(events -> set(every(MINUTE, Missed.ONCE, Overlap.SKIP), 0, false, events));

    assertThat(refusal.code()).isEqualTo(Rejection.Code.UNKNOWN_SCHEDULE);
    assertThat(refusal.message()).isEqualTo("expected a known schedule, got \"s\"");
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aDeletedScheduleLeavesItsTasks(Start start) {
    set(every(MINUTE, Missed.ONCE, Overlap.SKIP));
    story.pass(MINUTE);
    var last = (Answer.Done) call(events -> rules().delete("s", now(), events));
    story.start(start);
    story.pass(MINUTE.multipliedBy(3));

    assertThat(last.schedule().progress().runs()).isEqualTo(1);
    assertThat(tasks()).hasSize(1);
    assertThat(rules().size()).isZero();
    assertThat(refusal(events -> rules().delete("s", now(), events)).code())
        .isEqualTo(Rejection.Code.UNKNOWN_SCHEDULE);

    set(every(MINUTE, Missed.ONCE, Overlap.SKIP));
    assertThat(schedule().number()).isGreaterThan(last.schedule().number());
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aScheduleThatEndedStaysForAWhile(Start start) {
    var rule = new ScheduleRule.Dates(minute(1), minute(2), minute(3));
    var timing = new ScheduleTiming(rule, 0, 0, 0, 2, Missed.ONCE, Overlap.PARALLEL);
    set(new ScheduleDefinition("s", timing, PartitionStory.profile(), TEMPLATE));
    story.pass(MINUTE.multipliedBy(5));
    story.start(start);

    assertThat(planned()).containsExactly(minute(1), minute(2));
    assertThat(schedule().ended()).isTrue();
    story.pass(Duration.ofMinutes(56));
    assertThat(rules().size()).isEqualTo(1);
    story.pass(MINUTE.multipliedBy(2));
    assertThat(rules().size()).isZero();
  }

  @Test
  void aFullPartitionLetsAScheduleWait() {
    var limits = PartitionStory.ROOMY;
    var small =
        new PartitionStory(
            new Limits(
                2,
                limits.bytesMax(),
                limits.finished(),
                limits.dead(),
                limits.requests(),
                limits.schedules(),
                limits.uniqueKeys(),
                limits.leaseNanos(),
                limits.leaseAuditNanos(),
                limits.ended()));
    small.batch(
        events ->
            small
                .state
                .schedules()
                .set(every(MINUTE, Missed.ONCE, Overlap.PARALLEL), 0, true, small.now(), events));
    small.pass(MINUTE.multipliedBy(3));

    var waiting = (Answer.Done) small.state.schedules().get("s");
    assertThat(waiting.full()).isTrue();
    assertThat(waiting.schedule().progress().runs()).isEqualTo(2);
    assertThat(small.state.nextSweepInNanos(small.now()))
        .isLessThanOrEqualTo(Duration.ofSeconds(1).toNanos());

    small.lease("anna", 1);
    small.complete(small.journal.stream().mapToLong(ScheduleStoryTest::firstMade).max().orElse(0));
    small.pass(Duration.ofSeconds(1));

    var done = (Answer.Done) small.state.schedules().get("s");
    assertThat(done.full()).isFalse();
    assertThat(done.schedule().progress().runs()).isEqualTo(3);
  }

  /** The number of the oldest task that is leased. */
  private static long firstMade(PartitionEvent event) {
    return event instanceof TaskEvent.Leased lease ? lease.sequence() : 0;
  }

  @Test
  void schedulesHaveBounds() {
    for (var i = 0; i < 1_000; i++) {
      set(named("s" + i, TEMPLATE));
    }

    assertThat(refusal(events -> set(named("one", TEMPLATE), 0, true, events)).message())
        .isEqualTo("expected at most 1000 schedules in a partition, got one more");
    assertThat(refusal(events -> set(named("s1", new byte[1 << 20]), 0, true, events)).message())
        .startsWith("expected at most 1048576 bytes of schedules in a partition, got ");
  }

  @Test
  void theStoreWithoutRoomLetsSchedulesWait() {
    set(every(MINUTE, Missed.ONCE, Overlap.PARALLEL));
    story.stall(MINUTE);
    rules().hold(now());

    story.batch(events -> {});
    assertThat(planned()).isEmpty();
    assertThat(story.state.nextSweepInNanos(now())).isEqualTo(1_000_000_000L);

    story.pass(Duration.ofSeconds(1));
    assertThat(planned()).containsExactly(minute(1));
  }

  @Test
  void manyRunsAreCutOverSeveralRows() {
    set(every(Duration.ofSeconds(1), Missed.all(1_000), Overlap.PARALLEL));
    story.stall(MINUTE.multipliedBy(10));
    var sizes = new ArrayList<Integer>();
    do {
      var events = new ArrayList<PartitionEvent>();
      story.state.sweep(now(), 150, events);
      rules().fireDue(now(), 150, lease -> {}, events);
      sizes.add(events.stream().mapToInt(ScheduleStories::made).sum());
      story.stall(Duration.ofMillis(1));
    } while (story.state.nextSweepInNanos(now()) == 0);

    assertThat(sizes).containsExactly(100, 100, 100, 100, 100, 100);
  }
}
