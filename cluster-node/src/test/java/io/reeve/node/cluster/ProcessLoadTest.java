package io.reeve.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class ProcessLoadTest {

  private static final long SECOND = 1_000_000_000;

  private long cpuNanos = 5 * SECOND;
  private long nanos = 7 * SECOND;
  private final ProcessLoad load =
      new ProcessLoad(() -> cpuNanos, ManagementFactory.getMemoryMXBean(), () -> nanos);

  @Test
  void theProcessorsTimeIsThatSinceTheSampleBefore() {
    pass(SECOND, SECOND / 2);
    assertThat(load.sample(3).cpuMillicores()).isEqualTo(500);

    pass(2 * SECOND, 3 * SECOND);
    assertThat(load.sample(3).cpuMillicores()).isEqualTo(1500);
  }

  @Test
  void aSpellTooShortToSayMuchRepeatsTheSampleBefore() {
    pass(SECOND, SECOND / 4);
    load.sample(0);

    pass(SECOND / 100, SECOND / 100);

    assertThat(load.sample(0).cpuMillicores()).isEqualTo(250);
  }

  @Test
  void aJvmThatCannotTellTakesNothing() {
    pass(SECOND, -6 * SECOND);

    assertThat(load.sample(0).cpuMillicores()).isZero();
  }

  @Test
  void theHeapIsThatOfTheJvm() {
    var sample = load.sample(3);

    assertThat(sample.sessions()).isEqualTo(3);
    assertThat(sample.heapUsedBytes()).isPositive();
    assertThat(sample.heapMaxBytes()).isGreaterThanOrEqualTo(sample.heapUsedBytes());
  }

  private void pass(long time, long cpu) {
    nanos += time;
    cpuNanos += cpu;
  }
}
