package io.reeve.domain.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.schedule.FirePlan.Standing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FirePlanTest {

  private static final long NOON = 1_774_699_200_000L;
  private static final long MINUTE = 60_000;
  private static final int ROOM = 1_000;
  private static final List<Overlap> OVERLAPS = List.of(Overlap.values());
  private static final List<Missed.Policy> POLICIES = List.of(Missed.Policy.values());

  // Instants of the tests are minutes behind noon; the schedule has answered noon.

  @Test
  void nothingIsDueBeforeTheNextInstant() {
    var plan = plan(Missed.ONCE, Overlap.PARALLEL, MINUTE - 1, false);

    assertThat(plan.isEmpty(new Standing(NOON, 0, 0, 0))).isTrue();
    assertThat(plan.afterMs()).isEqualTo(NOON);
  }

  @ParameterizedTest
  @CsvSource({"NONE", "ONCE", "ALL"})
  void aRunThatIsLateByTheGraceFiresWhateverThePolicySays(Missed.Policy policy) {
    var plan = plan(missed(policy, 5), Overlap.PARALLEL, 2 * MINUTE, false);

    assertThat(minutes(plan.fire())).containsExactly(1, 2);
    assertThat(plan.skipped()).isZero();
    assertThat(plan.afterMs()).isEqualTo(NOON + 2 * MINUTE);
  }

  /** Ten minutes later, 1 to 8 are missed, 9 is late by the grace and 10 is due. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // missed | overlap | former lives | fire | waits | skipped
        "NONE | PARALLEL  | false | 9 10    | 0  | 8",
        "ONCE | PARALLEL  | false | 8 9 10  | 0  | 7",
        "ALL3 | PARALLEL  | true  | 6 7 8 9 10 | 0 | 5",
        "ALL9 | PARALLEL  | true  | 1 2 3 4 5 6 7 8 9 10 | 0 | 0",
        "NONE | SKIP      | false | 10      | 0  | 9",
        "NONE | SKIP      | true  |         | 0  | 10",
        "ONCE | SKIP      | false | 10      | 0  | 9",
        "ALL3 | SKIP      | false | 10      | 0  | 9",
        "NONE | QUEUE_ONE | false | 10      | 0  | 9",
        "NONE | QUEUE_ONE | true  |         | 10 | 9",
        "ONCE | QUEUE_ONE | true  |         | 10 | 9",
        "ALL3 | QUEUE_ONE | false | 10      | 0  | 9",
        "NONE | CANCEL    | false | 10      | 0  | 9",
        "ALL3 | CANCEL    | true  | 10      | 0  | 9",
      })
  void eachInstantFiresWaitsOrIsSkipped(
      String missed,
      Overlap overlap,
      boolean lives,
      @Nullable String fire,
      int waits,
      int skipped) {
    var plan = plan(missed(missed), overlap, 10 * MINUTE, lives);

    assertThat(minutes(plan.fire())).isEqualTo(ints(fire));
    assertThat(plan.waitingMs()).isEqualTo(waits == 0 ? 0 : NOON + waits * MINUTE);
    assertThat(plan.skipped()).isEqualTo(skipped);
    assertThat(plan.afterMs()).isEqualTo(NOON + 10 * MINUTE);
    assertThat(plan.cancelFormer()).isEqualTo(overlap == Overlap.CANCEL && lives);
  }

  @Test
  void aWaitingRunFiresOnceTheFormerEnded() {
    var waiting = new Standing(NOON + 5 * MINUTE, 3, 0, NOON + 2 * MINUTE);
    var timing = timing(Missed.ONCE, Overlap.QUEUE_ONE, 0, 0);
    var now = NOON + 5 * MINUTE + 1;

    assertThat(FirePlan.of(timing, "s", waiting, now, true, ROOM).isEmpty(waiting)).isTrue();
    var plan = FirePlan.of(timing, "s", waiting, now, false, ROOM);

    assertThat(minutes(plan.fire())).containsExactly(2);
    assertThat(plan.waitingMs()).isZero();
    assertThat(plan.afterMs()).isEqualTo(waiting.afterMs());
  }

  @Test
  void aRunThatIsDueTakesThePlaceOfTheOneThatWaits() {
    var waiting = new Standing(NOON + 5 * MINUTE, 3, 0, NOON + 2 * MINUTE);
    var timing = timing(Missed.ONCE, Overlap.QUEUE_ONE, 0, 0);

    var plan = FirePlan.of(timing, "s", waiting, NOON + 6 * MINUTE, true, ROOM);

    assertThat(plan.fire()).isEmpty();
    assertThat(plan.waitingMs()).isEqualTo(NOON + 6 * MINUTE);
    assertThat(plan.skipped()).isEqualTo(1);
  }

  /** The policy was queue-one when the run began to wait. */
  @Test
  void aRunThatWaitsIsSupersededTooAndNotMadeBehindALaterOne() {
    var waiting = new Standing(NOON + 5 * MINUTE, 3, 0, NOON + 2 * MINUTE);
    var timing = timing(Missed.ONCE, Overlap.CANCEL, 0, 0);

    var plan = FirePlan.of(timing, "s", waiting, NOON + 6 * MINUTE, true, ROOM);

    assertThat(minutes(plan.fire())).containsExactly(6);
    assertThat(plan.waitingMs()).isZero();
    assertThat(plan.skipped()).isEqualTo(1);
    assertThat(plan.cancelFormer()).isTrue();
  }

  /** Hourly, back 20 seconds after the third hour: the run of the third is not the one skipped. */
  @ParameterizedTest
  @EnumSource(
      value = Overlap.class,
      names = {"SKIP", "QUEUE_ONE"})
  void afterAnOutageTheRunThatIsDueNowHappens(Overlap overlap) {
    var rule = new ScheduleRule.Interval(60 * MINUTE, NOON);
    var timing = new ScheduleTiming(rule, 0, 0, 0, 0, Missed.ONCE, overlap);
    var now = NOON + 3 * 60 * MINUTE + 20_000;

    var plan = FirePlan.of(timing, "s", new Standing(NOON, 0, 0, 0), now, false, ROOM);

    assertThat(plan.fire()).containsExactly(NOON + 3 * 60 * MINUTE);
    assertThat(plan.skipped()).isEqualTo(2);
  }

  @Test
  void theBoundOnRunsHolds() {
    var timing = timing(Missed.all(100), Overlap.PARALLEL, 0, 5);
    var now = NOON + 10 * MINUTE;

    var plan = FirePlan.of(timing, "s", new Standing(NOON, 3, 0, 0), now, false, ROOM);
    assertThat(minutes(plan.fire())).containsExactly(1, 2);

    var over = new Standing(plan.afterMs(), 5, 0, 0);
    assertThat(FirePlan.of(timing, "s", over, now, false, ROOM).isEmpty(over)).isTrue();
  }

  @Test
  void aRunThatWaitsCountsAgainstTheBoundOnRuns() {
    var timing = timing(Missed.NONE, Overlap.QUEUE_ONE, 0, 5);
    var waiting = new Standing(NOON, 4, 0, NOON);

    var plan = FirePlan.of(timing, "s", waiting, NOON + MINUTE, false, ROOM);

    assertThat(minutes(plan.fire())).containsExactly(0);
    assertThat(plan.waitingMs()).isZero();
  }

  @Test
  void whatFindsNoRoomStaysDue() {
    var timing = timing(Missed.all(100), Overlap.PARALLEL, 0, 0);
    var now = NOON + 10 * MINUTE;

    var first = FirePlan.of(timing, "s", new Standing(NOON, 0, 0, 0), now, false, 4);
    var second = FirePlan.of(timing, "s", new Standing(first.afterMs(), 4, 0, 0), now, false, ROOM);

    assertThat(minutes(first.fire())).containsExactly(1, 2, 3, 4);
    assertThat(minutes(second.fire())).containsExactly(5, 6, 7, 8, 9, 10);
    for (var overlap : Overlap.values()) {
      var standing = new Standing(NOON, 0, 0, 0);
      var none = FirePlan.of(timing(Missed.ONCE, overlap, 0, 0), "s", standing, now, false, 0);
      assertThat(none.isEmpty(standing)).isTrue();
    }
  }

  /** More than a plan looks at: a year of minutes is dealt with in slices, each counted once. */
  @ParameterizedTest
  @EnumSource(Missed.Policy.class)
  void aLongPauseIsDealtWithInSlices(Missed.Policy policy) {
    var missed = missed(policy, 7);
    var timing = timing(missed, Overlap.PARALLEL, 0, 0);
    var year = 525_600;
    var now = NOON + year * MINUTE + 1;
    var standing = new Standing(NOON, 0, 0, 0);
    var fired = new ArrayList<Long>();
    var skipped = 0L;
    var slices = 0;

    for (var plan = FirePlan.of(timing, "s", standing, now, false, ROOM);
        !plan.isEmpty(standing);
        plan = FirePlan.of(timing, "s", standing, now, false, ROOM)) {
      assertThat(plan.walked()).isLessThanOrEqualTo(FirePlan.WALK_MAX);
      fired.addAll(plan.fire());
      skipped += plan.skipped();
      standing = new Standing(plan.afterMs(), fired.size(), 0, 0);
      slices++;
    }

    assertThat(standing.afterMs()).isEqualTo(NOON + year * MINUTE);
    assertThat(fired).hasSize(missed.limit() + 1).isSorted().endsWith(NOON + year * MINUTE);
    assertThat(skipped + fired.size()).isEqualTo(year);
    assertThat(slices).isBetween(year / FirePlan.WALK_MAX, year / FirePlan.WALK_MAX + 3);
  }

  @Test
  void withJitterRunsKeepTheirOrderAndNoneIsEarly() {
    var timing = timing(Missed.NONE, Overlap.PARALLEL, 10 * MINUTE, 0);
    var standing = new Standing(NOON, 0, 0, 0);
    var fired = new ArrayList<Long>();

    for (var now = NOON; now < NOON + 60 * MINUTE; now += 1_000) {
      var plan = FirePlan.of(timing, "s", standing, now, false, ROOM);
      for (var at : plan.fire()) {
        assertThat(now - at).isBetween(0L, 10 * MINUTE + 1_000);
      }
      fired.addAll(plan.fire());
      assertThat(plan.skipped()).isZero();
      standing = new Standing(plan.afterMs(), fired.size(), 0, 0);
    }

    assertThat(fired).isSorted().doesNotHaveDuplicates().hasSizeGreaterThan(49);
  }

  /** A jitter above the interval puts runs behind others, and each plan has room for a few. */
  @ParameterizedTest
  @ValueSource(longs = {60, 1_440})
  void aRunThatWaitedForThoseBeforeItIsNotMissed(long jitterMinutes) {
    var rule = new ScheduleRule.Interval(1_000, NOON);
    var jitterMs = jitterMinutes * MINUTE;
    var timing = new ScheduleTiming(rule, 0, 0, jitterMs, 0, Missed.ONCE, Overlap.PARALLEL);
    var standing = new Standing(NOON, 0, 0, 0);
    var ends = NOON + 2 * jitterMs;
    var fired = new ArrayList<Long>();

    for (var now = NOON; now < ends; ) {
      var plan = FirePlan.of(timing, "s", standing, now, false, 100);
      assertThat(plan.skipped()).isZero();
      fired.addAll(plan.fire());
      var lastAtMs = plan.fire().isEmpty() ? standing.lastAtMs() : now;
      standing = new Standing(plan.afterMs(), fired.size(), lastAtMs, 0);
      now = Math.max(now + 1, timing.dueAtMs("s", timing.next(standing.afterMs())));
    }

    assertThat(fired).isSorted().doesNotHaveDuplicates();
    assertThat(fired.size()).isGreaterThan((int) (jitterMs / 2_000));
  }

  @Test
  void anOutageMissesRunsHoweverOftenTheyFiredBefore() {
    var timing = timing(Missed.ONCE, Overlap.PARALLEL, 0, 0);

    var plan =
        FirePlan.of(
            timing, "s", new Standing(NOON, 9, NOON + 1, 0), NOON + 10 * MINUTE, false, ROOM);

    assertThat(minutes(plan.fire())).containsExactly(8, 9, 10);
    assertThat(plan.skipped()).isEqualTo(7);
  }

  @Test
  void aClockThatWentBackHoldsNoRunUp() {
    var timing = timing(Missed.ONCE, Overlap.PARALLEL, 0, 0);
    var standing = new Standing(NOON, 9, NOON + 60 * MINUTE, 0);

    var plan = FirePlan.of(timing, "s", standing, NOON + MINUTE, false, ROOM);

    assertThat(minutes(plan.fire())).containsExactly(1);
  }

  /** The night of 25 October 2026 in Berlin has the hour from 2 to 3 twice. */
  @ParameterizedTest
  @CsvSource({"30 2 * * *, 1", "*/30 * * * *, 6", "30 1-3 * * *, 2"})
  void theNightInWhichTheClocksGoBackFiresOnceForEachPlannedInstant(String cron, int runs) {
    assertThat(night(cron, "2026-10-24T23:00:00Z", "2026-10-25T02:00:00Z").size()).isEqualTo(runs);
  }

  /** The night of 29 March 2026 in Berlin has no hour from 2 to 3. */
  @ParameterizedTest
  @CsvSource({"30 2 * * *, 1", "*/30 * * * *, 4"})
  void theNightInWhichTheClocksGoForwardFiresOnce(String cron, int runs) {
    assertThat(night(cron, "2026-03-28T23:59:00Z", "2026-03-29T01:59:00Z").size()).isEqualTo(runs);
  }

  private static List<Long> night(String cron, String from, String to) {
    var rule = ScheduleRule.Cron.of(cron, "Europe/Berlin");
    var timing = new ScheduleTiming(rule, 0, 0, 0, 0, Missed.NONE, Overlap.PARALLEL);
    var start = Instant.parse(from).toEpochMilli();
    var standing = new Standing(start, 0, 0, 0);
    var fired = new ArrayList<Long>();
    for (var now = start; now <= Instant.parse(to).toEpochMilli(); now += MINUTE / 2) {
      var plan = FirePlan.of(timing, "s", standing, now, false, ROOM);
      fired.addAll(plan.fire());
      standing = new Standing(plan.afterMs(), fired.size(), 0, 0);
    }
    assertThat(fired).doesNotHaveDuplicates();
    return fired;
  }

  /** Whatever the clock and the tasks do: no instant is answered twice or not at all. */
  @Test
  void everyInstantIsAnsweredOnceUnderAnyClock() {
    var random = new SplittableRandom(7);
    for (var round = 0; round < 2_000; round++) {
      var overlap = OVERLAPS.get(random.nextInt(OVERLAPS.size()));
      var missed = missed(POLICIES.get(random.nextInt(POLICIES.size())), 1 + random.nextInt(5));
      var timing = timing(missed, overlap, random.nextInt(3) * MINUTE, 0);
      var standing = new Standing(NOON, 0, 0, 0);
      var answered = 0L;
      var fired = new ArrayList<Long>();
      var now = NOON;
      for (var step = 0; step < 40; step++) {
        now += random.nextInt(5) == 0 ? -random.nextInt(600_000) : random.nextInt(400_000);
        var plan =
            FirePlan.of(timing, "s", standing, now, random.nextBoolean(), random.nextInt(4) * 3);
        var waits = plan.waitingMs() != standing.waitingMs();
        answered +=
            plan.fire().size()
                + plan.skipped()
                + (waits && plan.waitingMs() != 0 ? 1 : 0)
                - (waits && standing.waitingMs() != 0 ? 1 : 0);
        fired.addAll(plan.fire());
        standing = new Standing(plan.afterMs(), fired.size(), 0, plan.waitingMs());
        assertThat(answered).isEqualTo((standing.afterMs() - NOON) / MINUTE);
      }
      assertThat(fired).doesNotHaveDuplicates();
    }
  }

  private static FirePlan plan(Missed missed, Overlap overlap, long behindNoon, boolean lives) {
    return FirePlan.of(
        timing(missed, overlap, 0, 0),
        "s",
        new Standing(NOON, 0, 0, 0),
        NOON + behindNoon,
        lives,
        ROOM);
  }

  private static ScheduleTiming timing(
      Missed missed, Overlap overlap, long jitterMs, long runsMax) {
    var rule = new ScheduleRule.Interval(MINUTE, NOON);
    return new ScheduleTiming(rule, 0, 0, jitterMs, runsMax, missed, overlap);
  }

  private static Missed missed(String text) {
    return text.startsWith("ALL")
        ? Missed.all(Integer.parseInt(text.substring(3)))
        : missed(Missed.Policy.valueOf(text), 0);
  }

  private static Missed missed(Missed.Policy policy, int limit) {
    return switch (policy) {
      case NONE -> Missed.NONE;
      case ONCE -> Missed.ONCE;
      case ALL -> Missed.all(limit);
    };
  }

  private static List<Integer> minutes(List<Long> instants) {
    return instants.stream().map(at -> (int) ((at - NOON) / MINUTE)).toList();
  }

  private static List<Integer> ints(@Nullable String text) {
    return text == null
        ? List.of()
        : Arrays.stream(text.strip().split(" ")).map(Integer::valueOf).toList();
  }
}
