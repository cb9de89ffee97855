package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.partition.PartitionSettings;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeapSharesTest {

  private static final PartitionSettings.Memory SHARES =
      new PartitionSettings.Memory(0.6, 0.85, 0.1);
  private static final long MIB = 1 << 20;

  @Test
  void sharesAreOfTheOldGenerationWhichIsTwoThirdsIfNoPoolTellsMore() {
    var shares = HeapShares.of(600 * MIB, List.of(), SHARES);

    assertThat(shares)
        .isEqualTo(new HeapShares(600 * MIB, 400 * MIB, 240 * MIB, 340 * MIB, 40 * MIB));
    assertThat(shares)
        .hasToString(
            "heap 600 MiB, old generation 400 MiB: live tasks 240 MiB, at a start 340 MiB;"
                + " finished tasks 40 MiB");
  }

  @Test
  void theOldGenerationOfThisJvmIsWithinItsHeap() {
    var heap = Runtime.getRuntime().maxMemory();

    var shares = HeapShares.of(heap, ManagementFactory.getMemoryPoolMXBeans(), SHARES);

    assertThat(shares.old()).isBetween(heap / 2, heap);
  }

  @Test
  void theOperatorIsToldALargerHeap() {
    var shares = HeapShares.of(600 * MIB, List.of(), SHARES);

    assertThat(shares.tooSmallFor(341 * MIB)).contains("341 MiB", "REEVE_HEAP=1200m (-Xmx1200m)");
    assertThat(shares.tooSmallFor(2400 * MIB)).contains("REEVE_HEAP=6000m (-Xmx6000m)");
  }
}
