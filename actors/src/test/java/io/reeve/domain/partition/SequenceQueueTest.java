package io.reeve.domain.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SequenceQueueTest {

  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private final SequenceQueue queue = new SequenceQueue();

  @Test
  void numbersThatCameInOrderLeaveInOrder() {
    add(1, 2, 3);

    assertThat(drain()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aNumberThatComesBackLeavesBeforeLaterOnes() {
    add(4, 5, 6);
    assertThat(queue.poll()).isEqualTo(4);
    add(7, 4);

    assertThat(drain()).containsExactly(4L, 5L, 6L, 7L);
  }

  @Test
  void numbersThatComeBackLeaveInTheirOwnOrder() {
    add(9, 8, 3, 5, 1, 7);

    assertThat(drain()).containsExactly(1L, 3L, 5L, 7L, 8L, 9L);
  }

  @Test
  void onlyNumbersThatAreKeptRemain() {
    add(10, 11, 12, 13, 2, 1);

    queue.retainIf(number -> number % 2 == 0);

    assertThat(queue.size()).isEqualTo(3);
    assertThat(drain()).containsExactly(2L, 10L, 12L);
  }

  @Test
  void knowsHowManyStandBeforeANumber() {
    var random = new SplittableRandom(SEED);
    var all = new ArrayList<Long>();
    for (var i = 0; i < 3_000; i++) {
      var number = random.nextInt(4) == 0 ? random.nextLong(3L * i + 1) : 3L * i;
      if (!all.contains(number)) {
        all.add(number);
        queue.add(number);
      }
      if (i % 7 == 0) {
        all.remove(queue.poll());
      }
    }
    for (var round = 0; round < 200; round++) {
      var number = random.nextLong(9_000);
      var even = all.stream().filter(it -> it < number && it % 2 == 0).count();

      assertThat(queue.before(number, it -> it % 2 == 0, 3_000))
          .as("before %d, seed %d", number, SEED)
          .isEqualTo(new SequenceQueue.Rank(even, true));
    }
  }

  @Test
  void looksAtABoundedNumberOfThoseBefore() {
    for (var i = 0L; i < 100_000; i++) {
      queue.add(i);
    }
    var looks = new int[1];

    var rank =
        queue.before(
            80_000,
            number -> {
              looks[0]++;
              return number % 4 != 0;
            },
            1_000);

    assertThat(looks[0]).isLessThanOrEqualTo(1_000);
    assertThat(rank.exact()).isFalse();
    assertThat(rank.count()).isBetween(59_000L, 61_000L);
    assertThat(queue.before(500, number -> true, 1_000))
        .isEqualTo(new SequenceQueue.Rank(500, true));
  }

  @Test
  void countsOfManyThatCameBackOnlySome() {
    queue.add(1_000_000);
    for (var i = 0L; i < 10_000; i++) {
      queue.add(i);
    }

    var rank = queue.before(9_000, number -> true, 1_000);

    assertThat(rank).isEqualTo(new SequenceQueue.Rank(1_000, false));
  }

  @Test
  void theOrderHoldsWhileTheQueueGrowsAndShrinks() {
    var random = new SplittableRandom(SEED);
    var expected = new PriorityQueue<Long>();
    var taken = new ArrayList<Long>();
    var last = 0L;
    for (var step = 0; step < 60_000; step++) {
      // It grows to some thousands, then shrinks to nothing, over and over.
      var grows = step / 10_000 % 2 == 0;
      if (random.nextInt(10) < (grows ? 8 : 2)) {
        var comesBack = !taken.isEmpty() && random.nextInt(5) == 0;
        var number = comesBack ? taken.remove(random.nextInt(taken.size())) : ++last;
        queue.add(number);
        expected.add(number);
      } else if (!expected.isEmpty()) {
        var number = queue.poll();
        assertThat(number).as("seed %d, step %d", SEED, step).isEqualTo(expected.remove());
        taken.add(number);
      }
      assertThat(queue.size()).as("seed %d, step %d", SEED, step).isEqualTo(expected.size());
    }
  }

  private void add(long... numbers) {
    for (var number : numbers) {
      queue.add(number);
    }
  }

  private List<Long> drain() {
    var numbers = new ArrayList<Long>();
    while (queue.size() > 0) {
      numbers.add(queue.poll());
    }
    return numbers;
  }
}
