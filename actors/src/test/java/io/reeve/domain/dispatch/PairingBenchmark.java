package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What a round of the pairing costs with 2,000 workers and 10,000 classes. Not a part of the test
 * run: {@code mvn test -pl actors -am -Dtest=PairingBenchmark
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class PairingBenchmark {

  private static final int PARTITIONS = 16;
  private static final int WORKERS = 2_000;
  private static final int CAPACITY = 8;
  private static final int KINDS = 20;
  private static final int QUEUES = 125;
  private static final int ROUNDS = 2_000;

  private final Dispatch dispatch = new Dispatch(PARTITIONS, Rules.defaults());
  private final long[] received = new long[WORKERS];
  private final long[] released = new long[WORKERS];

  @Test
  void aSlotThatComesFree() {
    start();
    System.out.printf(Locale.ROOT, "%d workers, %d classes%n", WORKERS, QUEUES * KINDS * 4);
    for (var pass = 0; pass < 5; pass++) {
      var nothing = nanosOf(() -> dispatch.pair(0).size());
      var counts = nanosOf(this::oneCountChanges);
      var slots = nanosOf(this::oneSlotComesFree);
      System.out.printf(
          Locale.ROOT,
          "a round: %.1f us when nothing changed, %.1f us after a count, %.1f us for a free slot%n",
          nothing / 1e3,
          counts / 1e3,
          slots / 1e3);
    }
  }

  private int round;

  private int oneCountChanges() {
    round++;
    ready(round % PARTITIONS, classOf(round * 7), 100 + round % 3);
    return dispatch.pair(0).size();
  }

  private int oneSlotComesFree() {
    var w = round++ * 13 % WORKERS;
    released[w]++;
    state(w);
    var orders = dispatch.pair(0);
    assertThat(orders).hasSize(1);
    take(orders);
    return orders.size();
  }

  private void start() {
    for (var p = 0; p < PARTITIONS; p++) {
      dispatch.inventory(p, 1);
    }
    for (var w = 0; w < WORKERS; w++) {
      dispatch.register(
          new Offer("h" + w, 1, "w" + w, "pool", List.of("*"), Set.of("k" + w % KINDS)),
          new CreditTotals(CAPACITY, 0, 0, 0, 0));
    }
    for (var i = 0; i < QUEUES * KINDS * 4; i++) {
      for (var p = 0; p < PARTITIONS; p++) {
        ready(p, classOf(i), 100);
      }
    }
    for (var orders = dispatch.pair(0); !orders.isEmpty(); orders = dispatch.pair(0)) {
      take(orders);
    }
  }

  private static TaskClass classOf(int i) {
    var priorities = Priority.values();
    return new TaskClass(
        "q" + i % QUEUES,
        "k" + i / QUEUES % KINDS,
        Lane.NORMAL,
        priorities[i / QUEUES / KINDS % priorities.length]);
  }

  private void ready(int partition, TaskClass taskClass, int count) {
    dispatch.ready(partition, taskClass, count, 1_000 + count);
  }

  /** All is leased at once, and as much is ready as before. */
  private void take(List<Order> orders) {
    for (var order : orders) {
      if (order instanceof Order.Propose propose) {
        dispatch.used(propose.partition(), propose.seq(), propose.count(), true);
        dispatch.dealtWith(propose.partition(), propose.seq());
        var w = Integer.parseInt(propose.to().holder().substring(1));
        received[w] += propose.count();
        state(w);
      }
    }
  }

  private void state(int w) {
    dispatch.credit("h" + w, 1, new CreditTotals(CAPACITY, 0, received[w], released[w], 0));
  }

  private static double nanosOf(java.util.function.IntSupplier round) {
    var sizes = new ArrayList<Integer>();
    var began = System.nanoTime();
    for (var i = 0; i < ROUNDS; i++) {
      sizes.add(round.getAsInt());
    }
    assertThat(sizes).hasSize(ROUNDS);
    return (double) (System.nanoTime() - began) / ROUNDS;
  }
}
