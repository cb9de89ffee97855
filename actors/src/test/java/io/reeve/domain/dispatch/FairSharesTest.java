package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Turns and parts, exactly: who is next, and how much goes at once. No credit stands. */
class FairSharesTest {

  private static final TaskClass MAIL = new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL);
  private static final TaskClass URGENT =
      new TaskClass("mail", "send", Lane.URGENT, Priority.NORMAL);
  private static final TaskClass BILLS =
      new TaskClass("bills", "print", Lane.NORMAL, Priority.NORMAL);
  private static final int MANY = 1_000;

  private final Map<TaskClass, Integer> leftAfter = new HashMap<>();
  private Dispatch dispatch = dispatch(1);
  private int capacity;
  private long received;

  @Test
  void aQueueDoesNotCatchUpOnItsPause() {
    join(1);
    tasksOf(MAIL, BILLS);
    served(4);
    leave(BILLS);
    assertThat(served(50)).containsOnly(MAIL);

    tasksOf(BILLS);

    assertThat(Collections.frequency(served(20), BILLS)).isEqualTo(10);
  }

  @Test
  void whileBothLanesWaitEveryTenthTaskIsANormalOne() {
    join(1);
    tasksOf(MAIL, URGENT);

    var served = served(40);

    for (var i = 0; i < served.size(); i++) {
      assertThat(served.get(i).lane())
          .as("task %d", i)
          .isEqualTo(i % 10 == 9 ? Lane.NORMAL : Lane.URGENT);
    }
  }

  @Test
  void urgentTasksThatNobodyWaitedBehindAreNotCounted() {
    join(1);
    tasksOf(URGENT);
    served(100);

    tasksOf(MAIL);

    assertThat(served(9)).containsOnly(URGENT);
    assertThat(served(1)).containsExactly(MAIL);
  }

  @Test
  void normalTasksThatHadRoomAreNotOwedMore() {
    join(8);
    tasksOf(MAIL);
    for (var i = 0; i < 20; i++) {
      leftAfter.put(URGENT, 0);
      dispatch.ready(0, URGENT, 1, 0);
      served(1);
    }

    tasksOf(URGENT);

    assertThat(served(1)).containsOnly(URGENT);
  }

  @Test
  void queuesShareWhatIsFreeAtOnce() {
    join(8);
    tasksOf(MAIL, BILLS);

    var shares = new HashMap<TaskClass, Integer>();
    for (var order : dispatch.pair(0)) {
      var propose = (Order.Propose) order;
      shares.merge(propose.taskClass(), propose.count(), Integer::sum);
    }

    assertThat(shares).isEqualTo(Map.of(MAIL, 4, BILLS, 4));
  }

  @Test
  void theClassesOfAQueueTakeTurns() {
    var kinds = new ArrayList<TaskClass>();
    for (var kind : List.of("a", "b", "c")) {
      kinds.add(new TaskClass("mail", kind, Lane.NORMAL, Priority.NORMAL));
    }
    join(1);
    tasksOf(kinds.toArray(TaskClass[]::new));

    var served = served(6);

    assertThat(served.subList(0, 3)).isEqualTo(kinds);
    assertThat(served.subList(3, 6)).isEqualTo(kinds);
  }

  @Test
  void aClassThatNobodyRunsHoldsUpNoOtherOfItsQueue() {
    capacity = 1;
    dispatch.register(
        new Offer("a", 1, "worker-a", "main", List.of("mail"), Set.of("sort")),
        new CreditTotals(1, 0, 0, 0, 0));
    var sort = new TaskClass("mail", "sort", Lane.NORMAL, Priority.NORMAL);
    tasksOf(MAIL, sort);

    assertThat(served(3)).containsExactly(sort, sort, sort);
  }

  @Test
  void theWorkerWithTheGreaterFreeShareIsFirstWhateverItsSize() {
    dispatch.register(offer("large"), new CreditTotals(100, 0, 40, 0, 0));
    dispatch.register(offer("small"), new CreditTotals(10, 0, 1, 0, 0));
    dispatch.ready(0, MAIL, 1, 0);

    assertThat(dispatch.pair(0))
        .extracting(order -> ((Order.Propose) order).to().holder())
        .containsExactly("small");
  }

  @Test
  void aWorkerThatIsAheadGetsItsLeadAndTheRestIsShared() {
    dispatch.register(offer("busy"), new CreditTotals(100, 0, 90, 0, 0));
    dispatch.register(offer("idle"), new CreditTotals(100, 0, 0, 0, 0));
    dispatch.ready(0, MAIL, 95, 0);

    var counts = new HashMap<String, Integer>();
    for (var order : dispatch.pair(0)) {
      var propose = (Order.Propose) order;
      counts.merge(propose.to().holder(), propose.count(), Integer::sum);
    }

    assertThat(counts).isEqualTo(Map.of("busy", 3, "idle", 92));
  }

  @Test
  void aGrantIsSpreadOverThePartitionsThatHaveTasks() {
    dispatch = dispatch(4);
    join(64);
    dispatch.ready(1, MAIL, MANY, 0);
    dispatch.ready(3, MAIL, MANY, 0);

    assertThat(counts(dispatch.pair(0))).containsExactly(32, 32);
  }

  @Test
  void noPartitionIsAskedForMoreThanItHas() {
    dispatch = dispatch(2);
    join(64);
    dispatch.ready(0, MAIL, 10, 0);
    dispatch.ready(1, MAIL, 20, 0);

    assertThat(counts(dispatch.pair(0))).containsExactly(10, 20);
  }

  // ---- Words of the story

  private static Dispatch dispatch(int partitions) {
    var dispatch = new Dispatch(partitions, new Rules(10, 500, 16, false, 3, 200, Map.of()));
    for (var p = 0; p < partitions; p++) {
      dispatch.inventory(p, 1);
    }
    return dispatch;
  }

  private void join(int slots) {
    capacity = slots;
    dispatch.register(offer("a"), new CreditTotals(slots, 0, 0, 0, 0));
  }

  private static Offer offer(String holder) {
    return new Offer(holder, 1, "worker-" + holder, "main", List.of("*"), Set.of("*"));
  }

  /** Tasks of these classes wait, however many are taken. */
  private void tasksOf(TaskClass... classes) {
    for (var taskClass : classes) {
      leftAfter.put(taskClass, MANY);
      dispatch.ready(0, taskClass, MANY, 0);
    }
  }

  private void leave(TaskClass taskClass) {
    leftAfter.put(taskClass, 0);
    dispatch.ready(0, taskClass, 0, 0);
  }

  /** What is granted in so many rounds; all that is granted ends before the next round. */
  private List<TaskClass> served(int rounds) {
    var served = new ArrayList<TaskClass>();
    for (var round = 0; round < rounds; round++) {
      for (var order : dispatch.pair(0)) {
        var propose = (Order.Propose) order;
        served.addAll(Collections.nCopies(propose.count(), propose.taskClass()));
        dispatch.used(0, propose.seq(), propose.count(), true);
        dispatch.dealtWith(0, propose.seq());
        dispatch.ready(0, propose.taskClass(), leftAfter.getOrDefault(propose.taskClass(), 0), 0);
        received += propose.count();
      }
      dispatch.credit("a", 1, new CreditTotals(capacity, 0, received, received, 0));
    }
    return served;
  }

  private static List<Integer> counts(List<Order> orders) {
    return orders.stream().map(order -> ((Order.Propose) order).count()).toList();
  }
}
