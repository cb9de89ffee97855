package io.reeve.domain.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleRuleTest {

  private static final long NOON = ms("2026-03-28T12:00:00Z");

  @Test
  void anIntervalFiresAtWholeDistancesFromItsAnchorOnBothSides() {
    var rule = new ScheduleRule.Interval(60_000, NOON + 7_000);

    assertThat(rule.next(NOON)).isEqualTo(NOON + 7_000);
    assertThat(rule.next(NOON + 7_000)).isEqualTo(NOON + 67_000);
    assertThat(rule.next(NOON - 600_000)).isEqualTo(NOON - 593_000);
  }

  @Test
  void anIntervalEndsWithTheLastYearOfCron() {
    var last = ms("2199-12-31T23:59:59Z");
    var rule = new ScheduleRule.Interval(3_600_000, last);

    assertThat(rule.next(last - 1)).isEqualTo(last);
    assertThat(rule.next(last)).isEqualTo(ScheduleRule.NEVER);
  }

  @Test
  void datesFireOnceEach() {
    var rule = new ScheduleRule.Dates(NOON, NOON + 5, NOON + 9);

    assertThat(rule.next(NOON - 1)).isEqualTo(NOON);
    assertThat(rule.next(NOON)).isEqualTo(NOON + 5);
    assertThat(rule.next(NOON + 6)).isEqualTo(NOON + 9);
    assertThat(rule.next(NOON + 9)).isEqualTo(ScheduleRule.NEVER);
  }

  @Test
  void equalRulesAreInterchangeable() {
    assertThat(ScheduleRule.Cron.of("0 5 * * *", "Europe/Berlin"))
        .isEqualTo(ScheduleRule.Cron.of("0 5 * * *", "Europe/Berlin"))
        .hasSameHashCodeAs(ScheduleRule.Cron.of("0 5 * * *", "Europe/Berlin"))
        .isNotEqualTo(ScheduleRule.Cron.of("0 5 * * *", "Europe/Paris"));
    assertThat(new ScheduleRule.Dates(1, 2)).isEqualTo(new ScheduleRule.Dates(1, 2));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 999, ScheduleRule.EVERY_MAX_MS + 1, -5})
  void anIntervalHasBounds(long everyMs) {
    assertThatThrownBy(() -> new ScheduleRule.Interval(everyMs, NOON))
        .isInstanceOf(InvalidRuleException.class)
        .hasMessageStartingWith("expected an interval from 1000 to 315576000000 ms, got ");
  }

  @Test
  void datesHaveBoundsAndAnOrder() {
    assertThatThrownBy(() -> new ScheduleRule.Dates(new long[1_001]))
        .hasMessage("expected from 1 to 1000 dates, got 1001");
    assertThatThrownBy(() -> new ScheduleRule.Dates())
        .hasMessage("expected from 1 to 1000 dates, got 0");
    assertThatThrownBy(() -> new ScheduleRule.Dates(5, 5))
        .hasMessage("expected dates in order, each once, got others");
    assertThatThrownBy(() -> new ScheduleRule.Dates(-1))
        .hasMessage("expected a date from 1970 to the end of 2199, got -1 ms since 1970");
  }

  @Test
  void aTimingFiresFromItsStartToItsEnd() {
    var timing = timing(NOON + 60_000, NOON + 180_000, 0);

    assertThat(timing.upcoming(NOON - 600_000, 10))
        .containsExactly(NOON + 60_000, NOON + 120_000, NOON + 180_000);
    assertThat(timing.upcoming(NOON + 60_000, 1)).containsExactly(NOON + 120_000);
  }

  @Test
  void jitterStaysWithinItsBoundAndIsTheSameForAllWhoAsk() {
    var timing = timing(0, 0, 5_000);
    var seen = new HashSet<Long>();

    for (var at : timing.upcoming(NOON, 1_000)) {
      var late = timing.dueAtMs("nightly", at) - at;
      assertThat(late).isBetween(0L, 5_000L);
      assertThat(timing.dueAtMs("nightly", at)).isEqualTo(at + late);
      seen.add(late);
    }

    assertThat(seen).hasSizeGreaterThan(800);
    assertThat(timing.dueAtMs("hourly", NOON)).isNotEqualTo(timing.dueAtMs("nightly", NOON));
  }

  @Test
  void aTimingHasBounds() {
    assertThatThrownBy(() -> timing(NOON, NOON - 1, 0))
        .isInstanceOf(InvalidRuleException.class)
        .hasMessageStartingWith("expected a start before the end");
    assertThatThrownBy(() -> timing(0, 0, 86_400_001))
        .hasMessage("expected a jitter from 0 to 86400000 ms, got 86400001");
    assertThatThrownBy(() -> Missed.all(1_001))
        .hasMessage("expected a limit from 1 to 1000 of missed runs, got 1001 with policy ALL");
  }

  private static ScheduleTiming timing(long startMs, long endMs, long jitterMs) {
    return new ScheduleTiming(
        new ScheduleRule.Interval(60_000, NOON),
        startMs,
        endMs,
        jitterMs,
        0,
        Missed.NONE,
        Overlap.PARALLEL);
  }

  private static long ms(String instant) {
    return Instant.parse(instant).toEpochMilli();
  }
}
