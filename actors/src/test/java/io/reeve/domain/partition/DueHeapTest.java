package io.reeve.domain.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DueHeapTest {

  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private final Set<Long> voided = new HashSet<>();
  private final DueHeap heap = new DueHeap((at, sequence, tag) -> !voided.contains(sequence));

  @Test
  void theEarliestLeavesFirst() {
    var random = new SplittableRandom(SEED);
    var expected = new PriorityQueue<Long>();
    var left = new ArrayList<Long>();
    for (var i = 0; i < 20_000; i++) {
      if (random.nextInt(3) > 0 || expected.isEmpty()) {
        var at = random.nextLong(1_000);
        heap.push(at, 1 + i, at * 2);
        expected.add(at);
      } else {
        assertThat(heap.at()).as("seed %d", SEED).isEqualTo(expected.poll());
        assertThat(heap.tag()).isEqualTo(heap.at() * 2);
        heap.pop();
      }
    }
    while (!heap.isEmpty()) {
      left.add(heap.at());
      heap.pop();
    }
    assertThat(left).isSorted().hasSize(expected.size());
  }

  @Test
  void instantsThatComeInOrderLeaveInTheOrderTheyCame() {
    for (var sequence = 1L; sequence <= 1_000; sequence++) {
      heap.push(sequence / 10, sequence, 0);
      if (sequence % 3 == 0) {
        assertThat(heap.sequence()).isEqualTo(sequence / 3);
        heap.pop();
      }
    }

    assertThat(popped()).isSorted().hasSize(1_000 - 333);
  }

  @Test
  void aSweepKeepsTheOrderOfWhatStaysInBothParts() {
    for (var sequence = 1L; sequence <= 5_000; sequence++) {
      heap.push(sequence, 2 * sequence, 0);
      heap.push(5_000 - sequence, 2 * sequence + 1, 0);
      if (sequence % 7 != 0) {
        voided.add(2 * sequence);
        voided.add(2 * sequence + 1);
      }
    }
    heap.skipVoid();

    assertThat(popped()).isSorted().hasSizeLessThan(10_000);
  }

  @Test
  void theOrderHoldsWhereTheClockWraps() {
    for (var at : List.of(Long.MIN_VALUE + 3, Long.MAX_VALUE - 3, Long.MIN_VALUE, Long.MAX_VALUE)) {
      heap.push(at, 1, 0);
    }

    assertThat(popped())
        .containsExactly(Long.MAX_VALUE - 3, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 3);
  }

  @Test
  void aVoidEntryIsSkippedAtTheFront() {
    heap.push(10, 1, 0);
    heap.push(20, 2, 0);
    voided.add(1L);

    heap.skipVoid();

    assertThat(heap.at()).isEqualTo(20);
    assertThat(heap.sequence()).isEqualTo(2);
  }

  @Test
  void voidEntriesAreSweptBeforeTheyFillTheMemory() {
    for (var sequence = 1L; sequence <= 100_000; sequence++) {
      heap.push(1_000_000 - sequence, sequence, 0);
      if (sequence % 100 != 0) {
        voided.add(sequence);
      }
    }

    assertThat(popped().size()).isBetween(1_000, 8_192);
  }

  private List<Long> popped() {
    var all = new ArrayList<Long>();
    while (!heap.isEmpty()) {
      all.add(heap.at());
      heap.pop();
    }
    return all;
  }
}
