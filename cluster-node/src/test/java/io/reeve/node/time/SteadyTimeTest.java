package io.reeve.node.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SteadyTimeTest {

  private static final long START_MS = 1_700_000_000_000L;
  private static final double SLEW = 0.01;

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private static SteadyTime start() {
    return SteadyTime.startingAt(nanos(5_000), START_MS, SLEW);
  }

  @Test
  void runsWithTheMonotonicClock() {
    assertThat(start().millis(nanos(5_000))).isEqualTo(START_MS);
    assertThat(start().millis(nanos(65_000))).isEqualTo(START_MS + 60_000);
  }

  @ParameterizedTest
  @ValueSource(longs = {3_600_000, -3_600_000, 86_400_000})
  void aJumpOfTheReferenceMovesItByTheSlewOnly(long jumpMs) {
    var time = start().look(nanos(15_000), START_MS + 10_000 + jumpMs, 0);

    assertThat(time.millis(nanos(15_000))).isEqualTo(START_MS + 10_000);
    assertThat(time.millis(nanos(115_000)) - (START_MS + 110_000))
        .isEqualTo(Long.signum(jumpMs) * 1000L);
  }

  @Test
  void doesNotGoBeyondTheReference() {
    var time = start().look(nanos(5_000), START_MS + 30, 0);

    assertThat(time.millis(nanos(8_000))).isEqualTo(START_MS + 3_030);
    assertThat(time.millis(nanos(105_000))).isEqualTo(START_MS + 100_030);
  }

  @Test
  void sleepIsTakenOverAtOnce() {
    var time = start().look(nanos(6_000), START_MS + 3_601_000, 3_600_000);

    assertThat(time.millis(nanos(6_000))).isEqualTo(START_MS + 3_601_000);
    assertThat(time.behindMs()).isZero();
  }

  @Test
  void neverGoesBackWhateverTheReferenceShows() {
    var random = new SplittableRandom(21);
    var time = start();
    var nanos = nanos(5_000);
    var last = START_MS;
    for (var i = 0; i < 100_000; i++) {
      nanos += random.nextLong(nanos(20));
      if (random.nextInt(3) == 0) {
        time = time.look(nanos, START_MS + random.nextLong(-86_400_000, 86_400_000), 0);
      }
      assertThat(time.millis(nanos)).isGreaterThanOrEqualTo(last);
      last = time.millis(nanos);
    }
  }

  @Test
  void aClockThatDriftsIsFollowed() {
    var time = start();
    for (var second = 1; second <= 1000; second++) {
      time = time.look(nanos(5_000 + second * 1000L), START_MS + second * 1005L, 0);
    }

    assertThat(time.behindMs()).isBetween(0L, 6L);
  }
}
