package io.reeve.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is beyond a bound becomes the bound, whichever way it is reached. */
class TimeBoundsTest {

  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");
  private static final long NOON = 1_761_998_400_000L;

  @Test
  void theLastInstantIsTheEndOfTheYear9999() {
    assertThat(TimeBounds.INSTANT_MAX_MS).isEqualTo(LAST.toEpochMilli());
  }

  @Test
  void thePartOfAMillisecondAtTheEndOfTheYear9999StaysInThatYear() {
    assertThat(TimeBounds.instant(LAST.getEpochSecond(), 999_999_999))
        .isEqualTo(LAST.toEpochMilli());
    assertThat(TimeBounds.instant(LAST.getEpochSecond(), 999_000_001))
        .isEqualTo(LAST.toEpochMilli());
    assertThat(TimeBounds.instant(LAST.getEpochSecond(), 999_000_000))
        .isEqualTo(LAST.toEpochMilli());
    assertThat(TimeBounds.instant(LAST.getEpochSecond(), 998_000_001))
        .isEqualTo(LAST.toEpochMilli());
  }

  @Test
  void aPartOfAMillisecondIsRoundedUp() {
    assertThat(TimeBounds.instant(1, 0)).isEqualTo(1_000);
    assertThat(TimeBounds.instant(1, 1)).isEqualTo(1_001);
    assertThat(TimeBounds.instant(1, 1_000_000)).isEqualTo(1_001);
    assertThat(TimeBounds.duration(0, 0)).isZero();
    assertThat(TimeBounds.duration(0, 1)).isEqualTo(1);
    assertThat(TimeBounds.duration(Duration.ofNanos(1_000_001))).isEqualTo(2);
  }

  @Test
  void anInstantBeforeTheEpochBecomesTheEpoch() {
    assertThat(TimeBounds.instant(-1)).isZero();
    assertThat(TimeBounds.instant(Long.MIN_VALUE)).isZero();
    assertThat(TimeBounds.instant(-62_135_596_800L, 0)).isZero();
    assertThat(TimeBounds.instant(-1, 999_999_999)).isZero();
    assertThat(TimeBounds.minus(NOON, Long.MAX_VALUE)).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 253_402_300_799_999L, 315_576_000_000_000L, Long.MAX_VALUE})
  void noDurationLeadsBeyondTheLastInstant(long durationMs) {
    assertThat(TimeBounds.plus(TimeBounds.INSTANT_MAX_MS, durationMs))
        .isEqualTo(TimeBounds.INSTANT_MAX_MS);
    assertThat(TimeBounds.plus(Long.MAX_VALUE, durationMs)).isEqualTo(TimeBounds.INSTANT_MAX_MS);
    assertThat(TimeBounds.plus(NOON, durationMs)).isBetween(NOON + 1, TimeBounds.INSTANT_MAX_MS);
  }

  @Test
  void withinTheBoundsInstantsAddUpExactly() {
    assertThat(TimeBounds.plus(NOON, 300_000)).isEqualTo(NOON + 300_000);
    assertThat(TimeBounds.minus(NOON, 300_000)).isEqualTo(NOON - 300_000);
    assertThat(TimeBounds.plus(NOON, -1)).isEqualTo(NOON);
  }

  @Test
  void aDurationBeyondTheBoundsBecomesTheBound() {
    assertThat(TimeBounds.duration(-1)).isZero();
    assertThat(TimeBounds.duration(Long.MAX_VALUE)).isEqualTo(TimeBounds.DURATION_MAX_MS);
    assertThat(TimeBounds.duration(Long.MAX_VALUE, 999_999_999))
        .isEqualTo(TimeBounds.DURATION_MAX_MS);
    assertThat(TimeBounds.duration(315_576_000_000L, 1)).isEqualTo(TimeBounds.DURATION_MAX_MS);
    assertThat(TimeBounds.duration(Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo(TimeBounds.DURATION_MAX_MS);
    assertThat(TimeBounds.duration(Duration.ofSeconds(-1))).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        2_305_843_009_213L, // the longest that is not cut
        2_305_843_009_214L,
        9_223_372_036_854L, // the longest that fits a long of nanoseconds
        9_223_372_036_855L,
        9_240_048_000_000L, // 293 years
        86_400_000_000_000L, // 1,000,000 days
        315_576_000_000_000L,
        Long.MAX_VALUE
      })
  void aLongDurationIsAWaitThatOutlivesTheProcess(long durationMs) {
    assertThat(TimeBounds.waitOf(durationMs))
        .isBetween(Duration.ofDays(73 * 365).toNanos(), TimeBounds.WAIT_MAX_NANOS);
  }

  @Test
  void anOrdinaryDurationIsAWaitOfTheSameLength() {
    assertThat(TimeBounds.waitOf(1_500)).isEqualTo(1_500_000_000L);
    assertThat(TimeBounds.waitOf(0)).isZero();
    assertThat(TimeBounds.waitOf(-1)).isZero();
    assertThat(TimeBounds.waitOf(Duration.ofNanos(7))).isEqualTo(7);
    assertThat(TimeBounds.waitOf(Duration.ofNanos(-7))).isZero();
    assertThat(TimeBounds.waitOf(Duration.ofDays(1_000_000))).isEqualTo(TimeBounds.WAIT_MAX_NANOS);
    assertThat(TimeBounds.waitOf(Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo(TimeBounds.WAIT_MAX_NANOS);
  }

  @Test
  void aWaitForAnInstantIsNeverNegative() {
    assertThat(TimeBounds.waitUntil(NOON + 2, NOON)).isEqualTo(2_000_000);
    assertThat(TimeBounds.waitUntil(NOON, NOON + 2)).isZero();
    assertThat(TimeBounds.waitUntil(TimeBounds.INSTANT_MAX_MS, NOON)).isPositive();
    assertThat(TimeBounds.waitUntil(Long.MAX_VALUE, Long.MIN_VALUE)).isPositive();
    assertThat(TimeBounds.waitUntil(Long.MIN_VALUE, Long.MAX_VALUE)).isZero();
  }

  @Test
  void aWaitForADeadlineHoldsOverTheWrapOfTheClock() {
    var now = Long.MAX_VALUE - 5;

    assertThat(TimeBounds.waitUntilNanos(now + 10, now)).isEqualTo(10);
    assertThat(TimeBounds.waitUntilNanos(now - 10, now)).isZero();
    assertThat(TimeBounds.waitUntilNanos(now + TimeBounds.WAIT_MAX_NANOS, now))
        .isEqualTo(TimeBounds.WAIT_MAX_NANOS);
  }
}
