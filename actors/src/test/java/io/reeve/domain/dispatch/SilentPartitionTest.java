package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Of two partitions one stops answering; the worker's credit must not stay with it. */
class SilentPartitionTest {

  private static final TaskClass MAIL = new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL);
  private static final int CAPACITY = 8;
  private static final int SILENT = 1;

  private final Dispatch dispatch = dispatch();
  private long released;

  @Test
  void itsCreditGoesToTheOtherOnceItHasNotAnsweredForLong() {
    for (var round = 0; round < 20; round++) {
      // With nothing ready credit stands at both; with a backlog it is asked back.
      takeAll(0);
      takeAll(100);
    }
    assertThat(takeAll(100)).as("the credit went to the silent one").isLessThan(2);
    assertThat(dispatch.silent()).isEmpty();
    assertThat(dispatch.awaitsPartitions()).isTrue();
    assertThat(dispatch.silent()).containsExactly(SILENT);
    dispatch.forsake(SILENT);

    assertThat(takeAll(100)).isEqualTo(CAPACITY);
    assertThat(dispatch.awaitsPartitions()).isFalse();
  }

  @Test
  void whatStandsWaitsForTasksAndNotForAnAnswer() {
    dispatch.pair(0);

    assertThat(dispatch.silent()).isEmpty();
    assertThat(dispatch.silent()).isEmpty();
    assertThat(dispatch.awaitsPartitions()).isFalse();
  }

  @Test
  void oneThatAnswersSlowlyIsNotSilent() {
    dispatch.ready(SILENT, MAIL, 3, 0);
    var first = proposal(dispatch.pair(0));
    assertThat(dispatch.silent()).isEmpty();
    dispatch.used(SILENT, first.seq(), first.count(), true);
    dispatch.dealtWith(SILENT, first.seq());

    assertThat(dispatch.silent()).isEmpty();
  }

  /**
   * One round with so many tasks ready at the living partition: it carries out everything, and each
   * task ends at once. Tells how many.
   */
  private int takeAll(int ready) {
    dispatch.ready(0, MAIL, ready, 0);
    var leased = 0;
    for (var order : dispatch.pair(0)) {
      if (order.partition() == SILENT) {
        continue;
      }
      if (order instanceof Order.Propose propose) {
        dispatch.used(0, propose.seq(), propose.count(), true);
        dispatch.dealtWith(0, propose.seq());
        leased += propose.count();
      } else if (order instanceof Order.Stand stand) {
        var used = Math.min(ready, stand.count());
        dispatch.used(0, stand.seq(), used, used == stand.count());
        leased += used;
      } else if (order instanceof Order.Revoke revoke) {
        revoke.seqs().forEach(seq -> dispatch.used(0, seq, 0, true));
      }
    }
    released += leased;
    dispatch.credit("a", 1, new CreditTotals(CAPACITY, 0, released, released, 0));
    return leased;
  }

  private static Order.Propose proposal(List<Order> orders) {
    return orders.stream()
        .filter(Order.Propose.class::isInstance)
        .map(Order.Propose.class::cast)
        .findFirst()
        .orElseThrow();
  }

  private static Dispatch dispatch() {
    var rules = new Rules(10, 500, 16, true, 3, 1, Map.of());
    var dispatch = new Dispatch(2, rules);
    dispatch.inventory(0, 1);
    dispatch.inventory(SILENT, 1);
    dispatch.register(
        new Offer("a", 1, "a", "pool", List.of("*"), Set.of("*")),
        new CreditTotals(CAPACITY, 0, 0, 0, 0));
    return dispatch;
  }
}
