package io.reeve.domain.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LongMapTest {

  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private final LongMap map = new LongMap();

  @Test
  void anEmptyMapHasNothing() {
    assertThat(map.size()).isZero();
    assertThat(map.get(7)).isEqualTo(LongMap.NONE);
    assertThat(map.remove(7)).isEqualTo(LongMap.NONE);
    assertThat(map.sortedKeys()).isEmpty();
  }

  @Test
  void zeroIsAValue() {
    assertThat(map.put(7, 0)).isEqualTo(LongMap.NONE);
    assertThat(map.get(7)).isZero();
    assertThat(map.put(7, 5)).isZero();
    assertThat(map.size()).isEqualTo(1);
    assertThat(map.remove(7)).isEqualTo(5);
    assertThat(map.size()).isZero();
  }

  @Test
  void noOtherNumbersAreTaken() {
    assertThatThrownBy(() -> map.put(0, 1)).hasMessageContaining("expected a positive key");
    assertThatThrownBy(() -> map.put(-1, 1)).hasMessageContaining("expected a positive key");
    assertThatThrownBy(() -> map.put(1, -1)).hasMessageContaining("a value of 0 or more");
  }

  /** Few keys and many of them, so that entries crowd and move, and the table grows and shrinks. */
  @Test
  void anyOrderOfChangesGivesWhatAHashMapGives() {
    var random = new SplittableRandom(SEED);
    for (var round = 0; round < 20; round++) {
      var mine = new LongMap();
      var theirs = new HashMap<Long, Long>();
      var range = 1 + random.nextInt(round % 2 == 0 ? 40 : 4_000);
      var first = random.nextLong(1L << 52);
      for (var step = 0; step < 3_000; step++) {
        var key = 1 + first + random.nextInt(range);
        // Grows at first, then shrinks.
        if (random.nextInt(3_000) > step) {
          var value = random.nextLong(1_000);
          var before = theirs.put(key, value);
          assertThat(mine.put(key, value))
              .as("seed %d", SEED)
              .isEqualTo(before == null ? LongMap.NONE : before);
        } else {
          var before = theirs.remove(key);
          assertThat(mine.remove(key))
              .as("seed %d", SEED)
              .isEqualTo(before == null ? LongMap.NONE : before);
        }
        assertThat(mine.size()).isEqualTo(theirs.size());
      }
      var visited = new HashMap<Long, Long>();
      mine.forEach(visited::put);
      assertThat(visited).as("seed %d", SEED).isEqualTo(theirs);
      assertThat(mine.sortedKeys())
          .containsExactly(theirs.keySet().stream().mapToLong(Long::longValue).sorted().toArray());
      theirs.forEach((key, value) -> assertThat(mine.get(key)).isEqualTo(value));
    }
  }
}
