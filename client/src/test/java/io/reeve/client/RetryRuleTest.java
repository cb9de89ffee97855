package io.reeve.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.reeve.client.fake.FakeReeve;
import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RetryRuleTest {

  private final RetryRule rule = new RetryRule(5, Duration.ofMillis(100), Duration.ofMillis(300));
  private final RandomGenerator random = new Random(7);

  @Test
  void waitsAreSpreadFromZeroToABoundThatDoubles() {
    var failure = failure(Status.Code.UNAVAILABLE, "", 0);

    for (var i = 0; i < 1000; i++) {
      assertThat(rule.delayAfter(1, failure, random).orElseThrow())
          .isBetween(Duration.ZERO, Duration.ofMillis(100));
      assertThat(rule.delayAfter(2, failure, random).orElseThrow())
          .isBetween(Duration.ZERO, Duration.ofMillis(200));
      assertThat(rule.delayAfter(4, failure, random).orElseThrow())
          .isBetween(Duration.ZERO, Duration.ofMillis(300));
    }
  }

  @Test
  void theServersDelayIsALowerBound() {
    var failure = failure(Status.Code.RESOURCE_EXHAUSTED, "QUEUE_FULL", 2000);

    assertThat(rule.delayAfter(1, failure, random).orElseThrow())
        .isBetween(Duration.ofMillis(2000), Duration.ofMillis(2100));
  }

  @Test
  void theLastTryIsNotRepeated() {
    assertThat(rule.delayAfter(5, failure(Status.Code.UNAVAILABLE, "", 0), random)).isEmpty();
  }

  @Test
  void refusalsThatARepeatCannotCureAreFinal() {
    for (var code :
        new Status.Code[] {
          Status.Code.INVALID_ARGUMENT,
          Status.Code.NOT_FOUND,
          Status.Code.ALREADY_EXISTS,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.RESOURCE_EXHAUSTED,
          Status.Code.INTERNAL
        }) {
      assertThat(rule.delayAfter(1, failure(code, "SOME_REASON", 0), random)).isEmpty();
    }
  }

  @Test
  void aStreamThatWasResetIsRepeated() {
    var reset =
        ReeveException.of(Status.INTERNAL.withDescription("RST_STREAM closed stream"), null);

    assertThat(rule.delayAfter(1, reset, random)).isPresent();
  }

  @Test
  void aCallThatMetADyingConnectionIsRepeated() {
    var closed = ReeveException.of(Status.UNKNOWN.withDescription("channel closed"), null);

    assertThat(rule.delayAfter(1, closed, random)).isPresent();
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> new RetryRule(0, Duration.ofMillis(1), Duration.ofMillis(1)))
        .hasMessage("expected triesMax of at least 1, got 0");
    assertThatThrownBy(() -> new RetryRule(1, Duration.ofMillis(2), Duration.ofMillis(1)))
        .hasMessage("expected backoffMax of at least PT0.002S, got PT0.001S");
  }

  private static ReeveException failure(Status.Code code, String reason, long retryDelayMillis) {
    var refusal = FakeReeve.refusal(code, reason, "no", retryDelayMillis);
    return ReeveException.of(refusal.getStatus(), refusal.getTrailers());
  }
}
