package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where idle credit waits, and when it is taken back for tasks that wait elsewhere. */
class StandingPlanTest {

  private static final TaskClass MAIL = new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL);

  @Test
  void whereNoPartitionIsKnownNothingStands() {
    var dispatch = new Dispatch(2, Rules.defaults());
    register(dispatch, 4);

    assertThat(dispatch.pair(0)).isEmpty();
  }

  @Test
  void anOddRestStandsAtTheFirstPartitions() {
    var dispatch = dispatch(2);
    register(dispatch, 5);

    assertThat(stands(dispatch.pair(0))).containsExactly("0: 3", "1: 2");
  }

  @Test
  void whatWasUsedUpIsFilledUpAgain() {
    var dispatch = dispatch(2);
    register(dispatch, 8);
    dispatch.pair(0);
    dispatch.used(0, 1, 3, false);
    dispatch.used(1, 1, 3, false);
    dispatch.credit("a", 1, new CreditTotals(8, 0, 6, 6, 0));

    assertThat(stands(dispatch.pair(0))).containsExactlyInAnyOrder("0: 3", "1: 3");
  }

  /** The rest of what is free goes where it was used last, and no grant is empty. */
  @Test
  void creditThatDoesNotGoRoundStandsWhereItWasUsedLast() {
    var dispatch = dispatch(3);
    register(dispatch, 6);
    assertThat(stands(dispatch.pair(0))).containsExactly("0: 2", "1: 2", "2: 2");
    dispatch.used(1, 1, 2, true);
    dispatch.used(2, 1, 2, true);
    dispatch.credit("a", 1, new CreditTotals(6, 0, 4, 2, 0));

    assertThat(stands(dispatch.pair(0))).containsExactly("2: 2");
  }

  @Test
  void aPartitionThatComesBackGetsItsPartAndTheOthersKeepTheirs() {
    var dispatch = dispatch(2);
    register(dispatch, 4);
    dispatch.pair(0);
    dispatch.lost(1);
    assertThat(dispatch.pair(0)).isEmpty();

    dispatch.inventory(1, 1);

    var orders = dispatch.pair(0);
    assertThat(revoked(orders)).isEmpty();
    assertThat(stands(orders)).containsExactly("1: 2");
  }

  @Test
  void tasksThatAStandingGrantOnItsWayWillServeNeedNothingElse() {
    var dispatch = dispatch(2);
    register(dispatch, 4);
    dispatch.pair(0);

    dispatch.ready(0, MAIL, 2, 0);

    assertThat(dispatch.pair(0)).isEmpty();
  }

  @Test
  void whatIsMissingIsTakenBackFromWhereNoSuchTaskWaitsAndOnlyOnce() {
    var dispatch = dispatch(2);
    register(dispatch, 4);
    dispatch.pair(0);
    // The grant there is in, and the tasks are ready all the same: it is not for them.
    dispatch.dealtWith(0, 1);
    dispatch.ready(0, MAIL, 2, 0);

    var orders = dispatch.pair(0);

    assertThat(orders).containsExactly(new Order.Revoke(1, List.of(1L)));
    assertThat(dispatch.pair(0)).as("while that is on its way").isEmpty();
    dispatch.used(1, 1, 0, true);
    assertThat(dispatch.pair(0))
        .singleElement()
        .isInstanceOfSatisfying(
            Order.Propose.class,
            propose -> {
              assertThat(propose.partition()).isZero();
              assertThat(propose.count()).isEqualTo(2);
            });
  }

  @Test
  void moreTasksThanThatTakeMoreBack() {
    var dispatch = dispatch(2);
    register(dispatch, 4);
    dispatch.pair(0);
    dispatch.ready(0, MAIL, 3, 0);

    assertThat(revoked(dispatch.pair(0)))
        .as("two are served by the grant on its way, and one is not")
        .containsExactly(1);
  }

  // ---- Words of the story

  private static Dispatch dispatch(int partitions) {
    var dispatch = new Dispatch(partitions, new Rules(10, 500, 16, true, 3, 200, Map.of()));
    for (var p = 0; p < partitions; p++) {
      dispatch.inventory(p, 1);
    }
    return dispatch;
  }

  private static void register(Dispatch dispatch, int capacity) {
    dispatch.register(
        new Offer("a", 1, "worker-a", "main", List.of("*"), Set.of("*")),
        new CreditTotals(capacity, 0, 0, 0, 0));
  }

  private static List<String> stands(List<Order> orders) {
    var stands = new ArrayList<String>();
    for (var order : orders) {
      if (order instanceof Order.Stand stand) {
        stands.add(stand.partition() + ": " + stand.count());
      }
    }
    return stands;
  }

  /** The partitions that are asked to give a grant back. */
  private static List<Integer> revoked(List<Order> orders) {
    return orders.stream().filter(Order.Revoke.class::isInstance).map(Order::partition).toList();
  }
}
