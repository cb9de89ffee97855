package io.reeve.worker.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LaneQueuesTest {

  private final LaneQueues<String> queues = new LaneQueues<>(4);

  @Test
  void urgentGoesFirstAndEachLaneKeepsItsOrder() {
    queues.offer("n1", false);
    queues.offer("u1", true);
    queues.offer("n2", false);
    queues.offer("u2", true);

    assertThat(takeAll(8, 0)).containsExactly("u1", "u2", "n1", "n2");
  }

  @Test
  void normalNeverTakesAPlaceOfTheReserve() {
    queues.offer("n1", false);
    queues.offer("u1", true);

    assertThat(queues.take(6, 8, 2)).isEqualTo("u1");
    assertThat(queues.hasStartable(6, 8, 2)).isFalse();
    assertThat(queues.take(6, 8, 2)).isNull();
    assertThat(queues.take(5, 8, 2)).isEqualTo("n1");
  }

  @Test
  void urgentMayTakeEveryPlaceAndNoneBeyond() {
    queues.offer("u1", true);

    assertThat(queues.take(8, 8, 2)).isNull();
    assertThat(queues.take(7, 8, 2)).isEqualTo("u1");
  }

  @Test
  void aFullQueueRefusesAndKeepsWhatItHas() {
    for (int i = 0; i < 4; i++) {
      assertThat(queues.offer("n" + i, false)).isTrue();
    }

    assertThat(queues.offer("u", true)).isFalse();
    assertThat(queues.size()).isEqualTo(4);
    assertThat(queues.normalSize()).isEqualTo(4);
    assertThat(queues.urgentSize()).isZero();
  }

  @Test
  void removesWhatMatchesFromBothLanes() {
    queues.offer("n1", false);
    queues.offer("u1", true);
    queues.offer("n2", false);
    var removed = new ArrayList<String>();

    queues.removeIf(name -> name.endsWith("1"), removed::add);

    assertThat(removed).containsExactly("u1", "n1");
    assertThat(takeAll(8, 0)).containsExactly("n2");
  }

  @Test
  void whatItSaysItWouldStartItStarts() {
    var random = new SplittableRandom(7);
    for (int round = 0; round < 10_000; round++) {
      if (random.nextBoolean()) {
        queues.offer("x" + round, random.nextBoolean());
      }
      int places = random.nextInt(1, 9);
      int reserve = random.nextInt(0, places);
      int active = random.nextInt(0, places + 1);
      var urgent = queues.urgentSize();
      var promised = queues.hasStartable(active, places, reserve);

      var taken = queues.take(active, places, reserve);

      assertThat(taken != null).isEqualTo(promised);
      if (taken != null && active >= places - reserve) {
        assertThat(queues.urgentSize()).isEqualTo(urgent - 1);
      }
    }
  }

  private List<String> takeAll(int places, int reserve) {
    var taken = new ArrayList<String>();
    for (var next = queues.take(taken.size(), places, reserve);
        next != null;
        next = queues.take(taken.size(), places, reserve)) {
      taken.add(next);
    }
    return taken;
  }
}
