package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Who gets what, one round at a time; partitions answer at once and in full. */
class PairingTest {

  private static final TaskClass MAIL = new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL);
  private static final TaskClass URGENT_MAIL =
      new TaskClass("mail", "send", Lane.URGENT, Priority.NORMAL);
  private static final TaskClass BILLS =
      new TaskClass("bills", "print", Lane.NORMAL, Priority.NORMAL);

  private static final int NORMAL_EVERY = 10;

  private final Map<String, Integer> reserves = new TreeMap<>();
  private final Map<String, Long> released = new TreeMap<>();
  private final Map<String, Integer> capacities = new TreeMap<>();

  @Test
  void urgentTasksGoFirstAndNormalOnesNeverIntoTheReserve() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 1);
    dispatch.ready(0, MAIL, 100, 0);
    dispatch.ready(0, URGENT_MAIL, 1, 0);

    join(dispatch, "a", 8, 2);

    assertThat(proposals(dispatch))
        .extracting(Order.Propose::taskClass, Order.Propose::count)
        .containsExactly(tuple(URGENT_MAIL, 1), tuple(MAIL, 5));
  }

  @Test
  void urgentTasksMayUseEverySlot() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 1);
    dispatch.ready(0, URGENT_MAIL, 20, 0);

    join(dispatch, "a", 8, 2);

    assertThat(proposals(dispatch)).extracting(Order.Propose::count).containsExactly(8);
  }

  @Test
  void withEverySecondTaskANormalOneTheLanesTakeTurns() {
    var dispatch = dispatch(2, Map.of(), 1);
    join(dispatch, "a", 1, 0);
    dispatch.ready(0, MAIL, 100, 0);
    dispatch.ready(0, URGENT_MAIL, 100, 0);

    var lanes = new ArrayList<Lane>();
    for (var i = 0; i < 6; i++) {
      for (var order : proposals(dispatch)) {
        lanes.add(order.taskClass().lane());
        lease(dispatch, order, 100);
        finish(dispatch, "a", 1);
      }
    }

    assertThat(lanes)
        .containsExactly(
            Lane.URGENT, Lane.NORMAL, Lane.URGENT, Lane.NORMAL, Lane.URGENT, Lane.NORMAL);
  }

  @Test
  void aNormalTaskGetsItsTurnHoweverManyUrgentOnesCome() {
    for (var reserve = 0; reserve < 8; reserve++) {
      var dispatch = dispatch(NORMAL_EVERY, Map.of(), 1);
      join(dispatch, "a", 8, reserve);
      dispatch.ready(0, MAIL, 1_000, 0);
      dispatch.ready(0, URGENT_MAIL, 1_000, 0);

      var granted = lanesOf(dispatch, 2_000);

      assertThat(granted.get(Lane.NORMAL))
          .as("normal tasks of %s with a reserve of %s", granted, reserve)
          .isBetween(150L, 250L);
    }
  }

  @Test
  void withoutAShareNormalTasksMayWaitForEver() {
    var dispatch = dispatch(0, Map.of(), 1);
    join(dispatch, "a", 8, 0);
    dispatch.ready(0, MAIL, 1_000, 0);
    dispatch.ready(0, URGENT_MAIL, 1_000, 0);

    assertThat(lanesOf(dispatch, 2_000)).doesNotContainKey(Lane.NORMAL);
  }

  @Test
  void everyQueueOfTheNormalLaneGetsItsTurnThoughItsWorkersAreFullOfUrgentTasks() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of("mail", 50), 1);
    join(dispatch, "a", 4, 2);
    join(dispatch, "b", 4, 3);
    dispatch.ready(0, MAIL, 1_000, 0);
    dispatch.ready(0, BILLS, 1_000, 0);
    dispatch.ready(0, URGENT_MAIL, 1_000, 0);

    var queues = new TreeMap<String, Integer>();
    playRounds(
        dispatch,
        4_000,
        order -> queues.merge(order.taskClass().queue(), order.count(), Math::addExact));

    assertThat(queues.get("bills")).isPositive();
    assertThat(queues.get("mail")).isGreaterThan(queues.get("bills"));
  }

  @Test
  void whereNormalTasksCannotRunUrgentOnesHaveEverySlot() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 1);
    dispatch.register(
        new Offer("a", 1, "a", "pool", List.of("mail"), Set.of("*")),
        new CreditTotals(4, 0, 0, 0, 0));
    capacities.put("a", 4);
    reserves.put("a", 0);
    dispatch.ready(0, BILLS, 1_000, 0);
    dispatch.ready(0, URGENT_MAIL, 1_000, 0);

    assertThat(lanesOf(dispatch, 400).get(Lane.URGENT)).isEqualTo(400);
  }

  /** How many tasks of each lane were granted, of {@code tasks} in all. */
  private Map<Lane, Long> lanesOf(Dispatch dispatch, int tasks) {
    var lanes = new TreeMap<Lane, Long>();
    playRounds(
        dispatch,
        tasks,
        order -> lanes.merge(order.taskClass().lane(), (long) order.count(), Math::addExact));
    return lanes;
  }

  @Test
  void urgentTasksKeepTheirReserveWhereNormalOnesHaveAllTheirSlots() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 1);
    dispatch.register(offer("a"), new CreditTotals(8, 2, 6, 0, 0));
    dispatch.ready(0, MAIL, 1_000, 0);
    dispatch.ready(0, URGENT_MAIL, 1_000, 0);

    for (var done = 0; done < 100; done++) {
      var granted = proposals(dispatch);

      assertThat(granted).extracting(Order.Propose::taskClass).containsOnly(URGENT_MAIL);
      granted.forEach(order -> lease(dispatch, order, 1_000));
      dispatch.credit("a", 1, new CreditTotals(8, 2, 8 + done, 1 + done, 1));
    }
  }

  /** Grants tasks of which as many are ready again each time; the oldest ends after each round. */
  private void playRounds(Dispatch dispatch, int tasks, Consumer<Order.Propose> seen) {
    var running = new ArrayDeque<Order.Propose>();
    var received = new TreeMap<String, Long>();
    released.clear();
    for (var granted = 0; granted < tasks; ) {
      for (var order : proposals(dispatch)) {
        seen.accept(order);
        granted += order.count();
        lease(dispatch, order, 1_000);
        received.merge(order.to().holder(), (long) order.count(), Math::addExact);
        for (var i = 0; i < order.count(); i++) {
          running.add(order);
        }
      }
      var holder = running.remove().to().holder();
      var urgent =
          running.stream()
              .filter(o -> o.to().holder().equals(holder))
              .filter(o -> o.taskClass().lane() == Lane.URGENT)
              .count();
      released.merge(holder, 1L, Math::addExact);
      dispatch.credit(
          holder,
          1,
          new CreditTotals(
              capacities.getOrDefault(holder, 0),
              reserves.getOrDefault(holder, 0),
              received.getOrDefault(holder, 0L),
              released.getOrDefault(holder, 0L),
              urgent));
    }
  }

  @Test
  void theHigherPriorityGoesFirstWhateverItsKindAndPartition() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 4);
    join(dispatch, "a", 1, 0);
    dispatch.ready(0, MAIL.withPriority(Priority.LOW), 2, 0);
    dispatch.ready(1, MAIL, 2, 0);
    var other = new TaskClass("mail", "print", Lane.NORMAL, Priority.CRITICAL);
    dispatch.ready(3, other, 2, 0);

    var granted = new ArrayList<Priority>();
    for (var i = 0; i < 6; i++) {
      for (var order : proposals(dispatch)) {
        granted.add(order.taskClass().priority());
        lease(dispatch, order, (i + 1) % 2);
        finish(dispatch, "a", 1);
      }
    }

    assertThat(granted)
        .containsExactly(
            Priority.CRITICAL,
            Priority.CRITICAL,
            Priority.NORMAL,
            Priority.NORMAL,
            Priority.LOW,
            Priority.LOW);
  }

  @Test
  void amongEqualsTheTaskSubmittedFirstGoesFirstWhateverItsKindAndPartition() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 4);
    var prints = new TaskClass("mail", "print", Lane.NORMAL, Priority.NORMAL);
    var ready = new PriorityQueue<>(Comparator.comparingLong(Oldest::headMs));
    ready.add(new Oldest(3, MAIL, 1_001));
    ready.add(new Oldest(1, prints, 1_002));
    ready.add(new Oldest(0, MAIL, 1_003));
    ready.add(new Oldest(2, prints, 1_004));
    ready.forEach(o -> dispatch.ready(o.partition(), o.taskClass(), 1, o.headMs()));
    join(dispatch, "a", 1, 0);

    while (!ready.isEmpty()) {
      var expected = ready.remove();
      var order = proposals(dispatch).get(0);

      assertThat(new Oldest(order.partition(), order.taskClass(), expected.headMs()))
          .isEqualTo(expected);
      lease(dispatch, order, 0);
      finish(dispatch, "a", 1);
    }
  }

  private record Oldest(int partition, TaskClass taskClass, long headMs) {}

  @Test
  void aClassWithoutAFreeWorkerBlocksNobody() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 2);
    dispatch.register(
        new Offer("a", 1, "a", "pool", List.of("*"), Set.of("send")),
        new CreditTotals(1, 0, 0, 0, 0));
    dispatch.register(
        new Offer("full", 1, "full", "pool", List.of("*"), Set.of("print")),
        new CreditTotals(2, 0, 2, 0, 0));
    var nobody = new TaskClass("mail", "paint", Lane.NORMAL, Priority.CRITICAL);
    var prints = new TaskClass("mail", "print", Lane.NORMAL, Priority.CRITICAL);
    dispatch.ready(0, nobody, 5, 1);
    dispatch.ready(0, prints, 5, 2);
    dispatch.ready(1, MAIL.withPriority(Priority.LOW), 1, 3);

    assertThat(proposals(dispatch))
        .extracting(Order.Propose::taskClass)
        .containsExactly(MAIL.withPriority(Priority.LOW));

    dispatch.credit("full", 1, new CreditTotals(2, 0, 2, 1, 0));

    assertThat(proposals(dispatch)).extracting(Order.Propose::taskClass).containsExactly(prints);
  }

  @Test
  void aBacklogIsTakenFromThePartitionsInProportion() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 4);
    dispatch.ready(0, MAIL, 3_000, 4);
    dispatch.ready(1, MAIL, 1_000, 3);
    dispatch.ready(3, MAIL, 1_000, 2);

    join(dispatch, "a", 100, 0);

    assertThat(proposals(dispatch))
        .extracting(Order.Propose::partition, Order.Propose::count)
        .containsExactly(tuple(3, 20), tuple(1, 20), tuple(0, 60));
  }

  @Test
  void aGrantTakesFromMorePartitionsThanItIsSpreadOverIfTheyHaveTooFew() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 4);
    for (var p = 0; p < 4; p++) {
      dispatch.ready(p, MAIL, 2, 10 - p);
    }

    join(dispatch, "a", 7, 0);

    assertThat(proposals(dispatch))
        .extracting(Order.Propose::partition, Order.Propose::count)
        .containsExactly(tuple(3, 2), tuple(2, 2), tuple(1, 2), tuple(0, 1));
  }

  @Test
  void workersThatOfferOtherThingsCompeteByTheirLoad() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 1);
    dispatch.register(
        new Offer("busy", 1, "busy", "pool", List.of("mail"), Set.of("*")),
        new CreditTotals(10, 0, 5, 0, 0));
    dispatch.register(
        new Offer("idle", 1, "idle", "pool", List.of("*"), Set.of("send")),
        new CreditTotals(10, 0, 0, 0, 0));
    dispatch.ready(0, MAIL, 1, 1);

    assertThat(proposals(dispatch)).extracting(o -> o.to().holder()).containsExactly("idle");
  }

  @Test
  void partitionsWithEquallyOldTasksTakeTurns() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 4);
    join(dispatch, "a", 1, 0);
    for (var p = 0; p < 4; p++) {
      dispatch.ready(p, MAIL, 1_000, 0);
    }

    var partitions = new ArrayList<Integer>();
    playRounds(dispatch, 8, order -> partitions.add(order.partition()));

    assertThat(partitions).containsExactly(0, 1, 2, 3, 0, 1, 2, 3);
  }

  @Test
  void queuesShareByWeight() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of("mail", 3), 1);
    join(dispatch, "a", 4, 0);
    dispatch.ready(0, MAIL, 10_000, 0);
    dispatch.ready(0, BILLS, 10_000, 0);

    var served = new TreeMap<String, Integer>();
    for (var i = 0; i < 250; i++) {
      for (var order : proposals(dispatch)) {
        served.merge(order.taskClass().queue(), order.count(), Integer::sum);
        lease(dispatch, order, 10_000);
        finish(dispatch, "a", order.count());
      }
    }

    assertThat(served.get("mail")).isBetween(735, 765);
    assertThat(served.get("bills")).isBetween(235, 265);
  }

  @Test
  void twoEqualWorkersShareABacklogEvenly() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 4);
    for (var p = 0; p < 4; p++) {
      dispatch.ready(p, MAIL, 25, 0);
    }
    join(dispatch, "a", 100, 0);
    join(dispatch, "b", 100, 0);

    var byWorker = new TreeMap<String, Integer>();
    proposals(dispatch).forEach(o -> byWorker.merge(o.to().holder(), o.count(), Integer::sum));

    assertThat(byWorker).isEqualTo(Map.of("a", 50, "b", 50));
  }

  @Test
  void theLeastLoadedWorkerIsFirst() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 1);
    dispatch.register(offer("busy"), new CreditTotals(10, 0, 9, 0, 0));
    dispatch.register(offer("idle"), new CreditTotals(10, 0, 0, 0, 0));
    dispatch.ready(0, MAIL, 1, 0);

    assertThat(proposals(dispatch)).extracting(o -> o.to().holder()).containsExactly("idle");
  }

  @Test
  void aLargeGrantIsSpreadOverThePartitionsAndASmallOneIsNot() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 4);
    for (var p = 0; p < 4; p++) {
      dispatch.ready(p, MAIL, 1_000, 0);
    }

    join(dispatch, "a", 10, 0);
    assertThat(proposals(dispatch)).extracting(Order.Propose::count).containsExactly(10);
    join(dispatch, "b", 200, 0);

    assertThat(proposals(dispatch))
        .extracting(Order.Propose::count)
        .containsExactly(50, 50, 50, 50);
  }

  @Test
  void aGrantThatAPartitionRefusesIsNotRepeatedWithoutAPause() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 1);
    join(dispatch, "a", 1, 0);
    dispatch.ready(0, MAIL, 5, 0);

    var asked = 0;
    for (var i = 0; i < 100; i++) {
      for (var order : proposals(dispatch)) {
        asked++;
        dispatch.used(0, order.seq(), 0, true);
        dispatch.dealtWith(0, order.seq());
      }
    }

    assertThat(asked).isEqualTo(3);
    assertThat(dispatch.pairAgainInNanos()).isEqualTo(200_000_000L);
  }

  @Test
  void oneTaskAtATimeOnIdleCreditCostsAnOrderForEveryFewTasks() {
    var dispatch = dispatch(NORMAL_EVERY, Map.of(), 4);
    join(dispatch, "a", 40, 8);
    var standing = new TreeMap<Long, Order.Stand>();
    stands(dispatch, standing);
    assertThat(standing.values()).extracting(Order.Stand::count).containsExactly(8);

    // 1000 tasks come one by one to partition 2, and each ends before the next.
    var orders = 0;
    var used = new TreeMap<Long, Integer>();
    for (var task = 0; task < 1_000; task++) {
      var grant = standing.values().iterator().next();
      var leased = used.merge(grant.seq(), 1, Integer::sum);
      var done = leased == grant.count();
      dispatch.used(2, grant.seq(), leased, done);
      if (done) {
        standing.remove(grant.seq());
      }
      orders += stands(dispatch, standing);
      finish(dispatch, "a", 1);
      orders += stands(dispatch, standing);
    }

    assertThat(orders).isLessThan(300);
    assertThat(dispatch.pair(0)).isEmpty();
  }

  // ---- Helpers

  private static int stands(Dispatch dispatch, Map<Long, Order.Stand> standing) {
    var orders = dispatch.pair(0);
    for (var order : orders) {
      var stand = (Order.Stand) order;
      if (stand.partition() == 2) {
        standing.put(stand.seq(), stand);
      }
    }
    return orders.size();
  }

  private static Dispatch dispatch(int normalEvery, Map<String, Integer> weights, int partitions) {
    var dispatch =
        new Dispatch(partitions, new Rules(normalEvery, 500, 16, true, 3, 200_000_000L, weights));
    for (var p = 0; p < partitions; p++) {
      dispatch.inventory(p, 1);
    }
    return dispatch;
  }

  private void join(Dispatch dispatch, String holder, int capacity, int reserve) {
    capacities.put(holder, capacity);
    reserves.put(holder, reserve);
    dispatch.register(offer(holder), new CreditTotals(capacity, reserve, 0, 0, 0));
  }

  private static Offer offer(String holder) {
    return new Offer(holder, 1, "worker-" + holder, "main", List.of("*"), Set.of("*"));
  }

  private static List<Order.Propose> proposals(Dispatch dispatch) {
    var proposals = new ArrayList<Order.Propose>();
    for (var i = 0; i < 5; i++) {
      for (var order : dispatch.pair(0)) {
        if (order instanceof Order.Propose propose) {
          proposals.add(propose);
        } else if (order instanceof Order.Revoke revoke) {
          revoke.seqs().forEach(seq -> dispatch.used(revoke.partition(), seq, 0, true));
        }
      }
    }
    return proposals;
  }

  private static void lease(Dispatch dispatch, Order.Propose order, int readyAfter) {
    dispatch.used(order.partition(), order.seq(), order.count(), true);
    dispatch.dealtWith(order.partition(), order.seq());
    dispatch.ready(order.partition(), order.taskClass(), readyAfter, 0);
  }

  private void finish(Dispatch dispatch, String holder, int count) {
    var total = released.merge(holder, (long) count, Long::sum);
    var capacity = capacities.getOrDefault(holder, 0);
    var reserve = capacity == 40 ? 8 : 0;
    dispatch.credit(holder, 1, new CreditTotals(capacity, reserve, total, total, 0));
  }
}
