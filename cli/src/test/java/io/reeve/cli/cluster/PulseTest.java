package io.reeve.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PulseTest {

  private final Pulse pulse = new Pulse(Duration.ofSeconds(1));

  @Test
  void theSlowestPartitionCounts() {
    beats(0, 0, 10_000);
    beats(1, 0, 2_000);
    beats(1, 5_000, 10_000);

    assertThat(pulse.wentOnAfter(1_000, 10_000)).contains(Duration.ofSeconds(4));
    assertThat(pulse.wentOnAfter(1_000, 4_000)).isEmpty();
    assertThat(pulse.wentOnAfter(6_000, 10_000)).contains(Duration.ZERO);
  }

  @Test
  void takingInIsNotEnough() {
    beats(0, 0, 10_000);
    for (var at = 10_000L; at <= 20_000; at += 500) {
      pulse.submitted(0, at);
    }

    assertThat(pulse.wentOnAfter(5_000, 20_000)).isEmpty();
  }

  private void beats(int partition, long fromMs, long toMs) {
    for (var at = fromMs; at <= toMs; at += 500) {
      pulse.submitted(partition, at);
      pulse.started(partition, at);
    }
  }
}
