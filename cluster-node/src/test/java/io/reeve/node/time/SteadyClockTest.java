package io.reeve.node.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SteadyClockTest {

  private static final long START_MS = 1_700_000_000_000L;
  private static final long HOUR_MS = 3_600_000;

  private long referenceMs = START_MS;
  private long nanos = 1;
  private OptionalLong uptimeMs = OptionalLong.of(700_000);
  private long answersAfterNanos;

  private final SteadyClock clock = clock();

  private SteadyClock clock() {
    return new SteadyClock(this::reference, () -> nanos, () -> uptimeMs, 0.01);
  }

  private long reference() {
    nanos += answersAfterNanos;
    if (referenceMs < 0) {
      throw new IllegalStateException("out of reach");
    }
    return referenceMs;
  }

  /** Time passes for all clocks; for the monotonic one not while the machine sleeps. */
  private void pass(long awakeMs, long asleepMs) {
    nanos += awakeMs * 1_000_000;
    referenceMs += awakeMs + asleepMs;
    if (uptimeMs.isPresent()) {
      uptimeMs = OptionalLong.of(uptimeMs.getAsLong() + awakeMs + asleepMs);
    }
  }

  @Test
  void showsTheReferenceLedOnByTheMonotonicClock() {
    nanos += Duration.ofMinutes(2).toNanos();

    assertThat(clock.instant()).isEqualTo(Instant.ofEpochMilli(START_MS + 120_000));
  }

  @Test
  void aJumpIsToldAndNotFollowed() {
    pass(30_000, 0);
    referenceMs += HOUR_MS;

    assertThat(clock.look()).isEqualTo(HOUR_MS);
    assertThat(clock.millis()).isEqualTo(START_MS + 30_000);
  }

  @Test
  void theTimeAMachineSleptIsFollowed() {
    pass(10_000, HOUR_MS);

    assertThat(clock.look()).isZero();
    assertThat(clock.millis()).isEqualTo(START_MS + 10_000 + HOUR_MS);
  }

  @Test
  void aMachineThatDoesNotTellOfItsSleepIsFollowedAheadAndNeverBack() {
    uptimeMs = OptionalLong.empty();
    var blind = clock();
    pass(10_000, HOUR_MS);

    assertThat(blind.look()).isZero();
    assertThat(blind.millis()).isEqualTo(START_MS + 10_000 + HOUR_MS);

    referenceMs -= HOUR_MS;
    assertThat(blind.look()).isEqualTo(-HOUR_MS);
    assertThat(blind.millis()).isEqualTo(START_MS + 10_000 + HOUR_MS);
  }

  @Test
  void aReferenceThatTakesItsTimeIsReadInTheMiddle() {
    answersAfterNanos = Duration.ofMillis(400).toNanos();

    assertThat(clock.look()).isEqualTo(-200);
  }

  @Test
  void aReferenceThatTakesTooLongIsNotHeeded() {
    referenceMs += HOUR_MS;
    answersAfterNanos = Duration.ofSeconds(2).toNanos();

    assertThat(clock.look()).isZero();
    assertThat(clock.millis()).isEqualTo(START_MS + 2_000);
  }

  @Test
  void aReferenceOutOfReachLeavesTheTimeAsItIs() {
    pass(5_000, 0);
    referenceMs = -1;

    assertThatThrownBy(clock::look).hasMessage("out of reach");
    assertThat(clock.millis()).isEqualTo(START_MS + 5_000);
  }

  @Test
  void anotherZoneShowsTheSameInstants() {
    var berlin = clock.withZone(ZoneId.of("Europe/Berlin"));
    pass(5_000, 0);

    assertThat(berlin.getZone()).isEqualTo(ZoneId.of("Europe/Berlin"));
    assertThat(berlin.millis()).isEqualTo(clock.millis()).isEqualTo(START_MS + 5_000);
  }

  @Test
  void readsWhatLinuxTells() {
    assertThat(Uptime.parse("350735.47 234388.90")).hasValue(350_735_470);
    assertThat(Uptime.parse("up 3 days")).isEmpty();
  }
}
