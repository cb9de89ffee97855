package io.reeve.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HeapFiguresTest {

  @Test
  void theBytesStandInTheThirdColumnOfTheTotal() {
    var histogram =
        List.of(
            "4711:",
            " num     #instances         #bytes  class name (module)",
            "   1:         23605        2152624  [B (java.base@17.0.15)",
            "Total        163093       10163688");

    assertThat(HeapFigures.total(histogram)).hasValue(10_163_688);
  }

  @Test
  void aRefusalIsNoFigure() {
    assertThat(HeapFigures.total(List.of("4711:", "java.io.IOException: no such process")))
        .isEmpty();
  }

  @Test
  void thisVeryJvmHasAHeap() {
    assertThat(HeapFigures.liveBytes(ProcessHandle.current().pid()).orElse(0))
        .isGreaterThan(100_000);
  }
}
