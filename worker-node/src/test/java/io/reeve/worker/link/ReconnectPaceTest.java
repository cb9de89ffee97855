package io.reeve.worker.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.worker.restart.Backoff;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ReconnectPaceTest {

  private static final Duration NO_WORD = Duration.ZERO;

  private long now = 7;

  /** Waits are random from 0 to the bound; this one always takes the bound. */
  private static final RandomGenerator LONGEST =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          return -1;
        }

        @Override
        public double nextDouble() {
          return 1;
        }
      };

  private final ReconnectPace pace =
      new ReconnectPace(
          new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60), 10, 0), () -> now, LONGEST);

  @Test
  void aWaitGrowsFromOneFailureToTheNext() {
    assertThat(pace.failed(NO_WORD)).isEqualTo(Duration.ofSeconds(1));
    assertThat(pace.failed(NO_WORD)).isEqualTo(Duration.ofSeconds(10));
    assertThat(pace.failed(NO_WORD)).isEqualTo(Duration.ofSeconds(60));
    assertThat(pace.failed(NO_WORD)).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void whileLeasesCanBeResumedAWaitIsAQuarterOfThatTimeAtMost() {
    pace.up();
    assertThat(pace.lost(Duration.ofSeconds(10), NO_WORD)).isEqualTo(Duration.ofSeconds(1));
    assertThat(pace.failed(NO_WORD)).isEqualTo(Duration.ofMillis(2500));

    now += Duration.ofSeconds(10).toNanos();

    assertThat(pace.failed(NO_WORD)).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void theServersWordIsWaitedFor() {
    assertThat(pace.failed(Duration.ofSeconds(3))).isEqualTo(Duration.ofSeconds(3));
    pace.up();
    assertThat(pace.lost(Duration.ofSeconds(2), Duration.ofSeconds(5)))
        .isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aLongSessionMakesTheWaitsShortAgain() {
    pace.failed(NO_WORD);
    pace.failed(NO_WORD);
    pace.up();
    now += Duration.ofSeconds(61).toNanos();

    assertThat(pace.lost(Duration.ZERO, NO_WORD)).isEqualTo(Duration.ofSeconds(1));
  }
}
