package io.reeve.domain.task;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When a failed task runs again. */
class RetryPolicyTest {

  private static final long SEED = Long.getLong("seed", 42);

  /** In the middle: no jitter. */
  private static final double MIDDLE = 0.5;

  private static final RetryPolicy DEFAULTS =
      new RetryPolicy(4, ofSeconds(10), ofMinutes(10), 2.0, 0.2);

  @Test
  void aPowerOfTwoPerAttemptIsCappedAtAMinute() {
    var policy = new RetryPolicy(9, ofSeconds(2), ofSeconds(60), 2.0, 0.2);

    assertThat(IntStream.rangeClosed(1, 7).mapToObj(n -> policy.backoffAfter(n, MIDDLE)))
        .map(Duration::toSeconds)
        .containsExactly(2L, 4L, 8L, 16L, 32L, 60L, 60L);
  }

  @Test
  void theDefaultsWaitTenTwentyAndFortySecondsThenGiveUp() {
    assertThat(IntStream.rangeClosed(1, 3).mapToObj(n -> DEFAULTS.backoffAfter(n, MIDDLE)))
        .containsExactly(ofSeconds(10), ofSeconds(20), ofSeconds(40));
    assertThat(DEFAULTS.permitsAttemptAfter(3)).isTrue();
    assertThat(DEFAULTS.permitsAttemptAfter(4)).isFalse();
  }

  @Test
  void jitterStaysWithinItsShareAndSpreads() {
    var random = new Random(SEED);

    var waits =
        IntStream.range(0, 1_000)
            .mapToObj(n -> DEFAULTS.backoffAfter(1, random.nextDouble()))
            .toList();

    assertThat(waits)
        .describedAs("seed %d", SEED)
        .allSatisfy(wait -> assertThat(wait).isBetween(ofSeconds(8), ofSeconds(12)));
    assertThat(waits.stream().distinct().count()).isGreaterThan(500);
    assertThat(waits).anyMatch(wait -> wait.compareTo(ofMillis(8_400)) < 0);
    assertThat(waits).anyMatch(wait -> wait.compareTo(ofMillis(11_600)) > 0);
  }

  @Test
  void theThousandthAttemptWaitsForTheCapAndDoesNotOverflow() {
    var steep = new RetryPolicy(1_000, ofSeconds(10), Duration.ofDays(7), 100.0, 0.0);

    assertThat(steep.backoffAfter(1_000, MIDDLE)).isEqualTo(Duration.ofDays(7));
    assertThat(DEFAULTS.backoffAfter(Integer.MAX_VALUE, MIDDLE)).isEqualTo(ofMinutes(10));
  }

  @Test
  void noWaitStaysNoWaitHoweverManyAttempts() {
    var eager = new RetryPolicy(5_000, Duration.ZERO, ofSeconds(1), 2.0, 1.0);

    assertThat(eager.backoffAfter(1, 0.9)).isEqualTo(Duration.ZERO);
    assertThat(eager.backoffAfter(5_000, 0.9)).isEqualTo(Duration.ZERO);
  }

  @Test
  void aMultiplierOfOneWaitsTheSameEachTime() {
    var steady = new RetryPolicy(5, ofSeconds(3), ofSeconds(60), 1.0, 0.0);

    assertThat(steady.backoffAfter(4, 0.1)).isEqualTo(ofSeconds(3));
  }

  @Test
  void aPolicyThatCannotBeMeantIsRefused() {
    assertThatThrownBy(() -> new RetryPolicy(0, ofSeconds(1), ofSeconds(1), 2.0, 0.2))
        .hasMessage("expected attemptsMax of 1 or more, got 0");
    assertThatThrownBy(() -> new RetryPolicy(1, ofSeconds(-1), ofSeconds(1), 2.0, 0.2))
        .hasMessage("expected waits of 0 or more");
    assertThatThrownBy(() -> new RetryPolicy(1, ofSeconds(1), ofSeconds(1), Double.NaN, 0.2))
        .hasMessage("expected backoffMultiplier of 1 or more, got NaN");
    assertThatThrownBy(() -> new RetryPolicy(1, ofSeconds(1), ofSeconds(1), 2.0, 1.1))
        .hasMessage("expected backoffJitter of 0 to 1, got 1.1");
  }
}
