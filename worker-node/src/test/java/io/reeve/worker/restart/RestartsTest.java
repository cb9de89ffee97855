package io.reeve.worker.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RestartsTest {

  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5), 2.0, 0.2);
  private static final Backoff STEADY =
      new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5), 2.0, 0);

  private final SplittableRandom random = new SplittableRandom(42);

  @Test
  void everyPolicyAnswersEveryEndingAsDocumented() {
    var table = new StringBuilder();
    for (var policy : RestartPolicy.values()) {
      for (var ending : Ending.values()) {
        var verdict = Restarts.none(0).after(ending, rule(policy, 0), 1, random);
        table.append(
            "%s %s %s%n".formatted(policy, ending, verdict.delay() == null ? "ends" : "restarts"));
      }
    }

    assertThat(table.toString())
        .isEqualToNormalizingNewlines(
            """
            NEVER RETURNED ends
            NEVER FAILED ends
            NEVER THREW ends
            ON_FAILURE RETURNED ends
            ON_FAILURE FAILED restarts
            ON_FAILURE THREW restarts
            ALWAYS RETURNED restarts
            ALWAYS FAILED restarts
            ALWAYS THREW restarts
            """);
  }

  @Test
  void waitsGrowByTheMultiplierUpToTheMax() {
    var waits = new ArrayList<Long>();
    for (int failures = 1; failures <= 8; failures++) {
      waits.add(BACKOFF.base(failures).toMillis());
    }

    assertThat(waits).containsExactly(200L, 400L, 800L, 1600L, 3200L, 5000L, 5000L, 5000L);
    assertThat(BACKOFF.base(100_000)).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void jitterStaysInItsShareAndBelowTheMax() {
    for (int failures = 1; failures <= 8; failures++) {
      var base = BACKOFF.base(failures).toNanos();
      for (int i = 0; i < 1000; i++) {
        assertThat(BACKOFF.delay(failures, random).toNanos())
            .isBetween((long) (base * 0.8) - 1, Math.min((long) (base * 1.2) + 1, 5_000_000_000L));
      }
    }
  }

  @Test
  void fullJitterIsAnythingUpToTheBase() {
    long lowest = Long.MAX_VALUE;
    long highest = 0;
    for (int i = 0; i < 1000; i++) {
      var nanos = BACKOFF.fullJitter(1, random).toNanos();
      lowest = Math.min(lowest, nanos);
      highest = Math.max(highest, nanos);
    }

    assertThat(lowest).isBetween(0L, 10_000_000L);
    assertThat(highest).isBetween(190_000_000L, 200_000_000L);
  }

  @Test
  void aHealthyLifeMakesTheNextWaitTheFirstAgain() {
    var rule = rule(RestartPolicy.ON_FAILURE, 0);
    var past = Restarts.none(0);
    long now = 0;
    for (int crash = 1; crash <= 5; crash++) {
      now += 1_000_000;
      past = past.after(Ending.THREW, rule, now, random).restarts().upAt(now);
    }
    assertThat(past.after(Ending.THREW, rule, now + 1, random).delay())
        .isEqualTo(Duration.ofSeconds(5));

    var healthy = past.after(Ending.THREW, rule, now + 60_000_000_000L, random);

    assertThat(healthy.delay()).isEqualTo(Duration.ofMillis(200));
    assertThat(healthy.restarts().total()).isEqualTo(6);
  }

  @Test
  void endsForGoodAtTheLimitOfTheWindow() {
    var rule = rule(RestartPolicy.ALWAYS, 3);
    var past = Restarts.none(0);
    for (int crash = 1; crash <= 3; crash++) {
      past = past.after(Ending.FAILED, rule, crash, random).restarts();
    }

    var verdict = past.after(Ending.FAILED, rule, 4, random);
    assertThat(verdict.delay()).isNull();
    assertThat(verdict.exhausted()).isTrue();
    assertThat(verdict.restarts().total()).isEqualTo(3);

    var later = past.after(Ending.FAILED, rule, Duration.ofMinutes(6).toNanos(), random);
    assertThat(later.exhausted()).isFalse();
    assertThat(later.delay()).isNotNull();
  }

  @Test
  void refusesABackoffThatCannotWork() {
    assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1), 2, 0))
        .hasMessageContaining("initial wait above 0");
    assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1), 2, 0))
        .hasMessageContaining("max of at least the initial wait");
    assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), 0.5, 0))
        .hasMessageContaining("multiplier of at least 1");
    assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), 2, 1.5))
        .hasMessageContaining("jitter of 0 to 1");
    assertThatThrownBy(() -> BACKOFF.base(0)).hasMessageContaining("at least 1 failure");
  }

  private static RestartRule rule(RestartPolicy policy, int limit) {
    return new RestartRule(policy, STEADY, Duration.ofMinutes(1), limit, Duration.ofMinutes(5));
  }
}
