package io.reeve.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MomentsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Moments moments = new Moments();

  @Test
  void theLongestGapCountsFromTheBeginningAndToTheEnd() {
    at(1_000, 1_300);

    assertThat(moments.longestGap(1_000, 1_300)).isEqualTo(Duration.ofMillis(300));
    assertThat(moments.longestGap(400, 1_300)).isEqualTo(Duration.ofMillis(600));
    assertThat(moments.longestGap(1_000, 2_300)).isEqualTo(SECOND);
    assertThat(moments.longestGap(5_000, 6_000)).isEqualTo(SECOND);
  }

  @Test
  void momentsMayComeInAnyOrder() {
    at(1_300, 1_000, 1_100);

    assertThat(moments.longestGap(1_000, 1_300)).isEqualTo(Duration.ofMillis(200));
  }

  @Test
  void whatNeverStoppedWentOnAtOnce() {
    at(1_000, 1_900, 2_800);

    assertThat(moments.wentOnAfterMs(1_000, 3_000, SECOND)).isEqualTo(OptionalLong.of(0));
  }

  @Test
  void theEndOfTheLastLongGapCounts() {
    at(1_000, 4_000, 4_500, 7_000, 7_500);

    assertThat(moments.wentOnAfterMs(1_000, 8_000, SECOND)).isEqualTo(OptionalLong.of(6_000));
  }

  @Test
  void aGapThatIsOpenHasNoEnd() {
    at(1_000, 1_500);

    assertThat(moments.wentOnAfterMs(1_000, 2_600, SECOND)).isEmpty();
  }

  @Test
  void itHoldsAsManyAsCome() {
    for (var moment = 0; moment < 10_000; moment++) {
      moments.add(moment);
    }

    assertThat(moments.longestGap(0, 9_999)).isEqualTo(Duration.ofMillis(1));
  }

  private void at(long... times) {
    for (var time : times) {
      moments.add(time);
    }
  }
}
