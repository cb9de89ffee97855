package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import org.junit.jupiter.api.Test;

class HoldTimeTest {

  private static final long SECOND = 1_000_000_000L;
  private static final long HOUR = 3_600 * SECOND;

  private final HoldTime holdTime = new HoldTime();
  private long now = -5 * SECOND; // monotonic clocks may begin anywhere
  private long released = 700; // and sessions with what they did before

  @Test
  void isNotKnownUntilASlotIsHeld() {
    holdTime.at(now, 0, released);
    now += HOUR;
    holdTime.at(now, 0, released);

    assertThat(holdTime.meanNanos()).isZero();
  }

  @Test
  void isTheTimeFromTheLeaseToTheSlotsReturn() {
    runs(10, 2 * SECOND, 4);

    assertThat(holdTime.meanNanos()).isCloseTo(2 * SECOND, withPercentage(1));
  }

  @Test
  void staysAsItWasWhileNothingRuns() {
    runs(10, 2 * SECOND, 4);
    now += HOUR;
    holdTime.at(now, 0, released);
    assertThat(holdTime.meanNanos()).isCloseTo(2 * SECOND, withPercentage(1));
    runs(1, 2 * SECOND, 4);

    assertThat(holdTime.meanNanos()).isCloseTo(2 * SECOND, withPercentage(1));
  }

  @Test
  void followsTasksThatTakeLongerThanTheyDid() {
    runs(1_000, SECOND / 10, 1);
    runs(40, 10 * SECOND, 1);

    assertThat(holdTime.meanNanos()).isGreaterThan(8 * SECOND);
  }

  @Test
  void growsAsLongAsTheFirstTaskRuns() {
    holdTime.at(now, 1, released);
    now += 3 * SECOND;
    holdTime.at(now, 1, released);

    assertThat(holdTime.meanNanos()).isCloseTo(3 * SECOND, withPercentage(6));
  }

  /** Tasks that come and go together, so many at once. */
  private void runs(int rounds, long each, int atOnce) {
    for (var i = 0; i < rounds; i++) {
      holdTime.at(now, atOnce, released);
      now += each;
      released += atOnce;
      holdTime.at(now, 0, released);
    }
  }
}
