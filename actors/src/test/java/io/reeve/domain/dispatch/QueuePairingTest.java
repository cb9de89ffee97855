package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reeve.domain.rules.LanePreference;
import io.reeve.domain.rules.QueueChange;
import io.reeve.domain.rules.QueueDecision;
import io.reeve.domain.rules.QueueRules;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What people set for queues, in 1,000 starts of tasks that always wait. */
class QueuePairingTest {

  private static final int STARTS = 1_000;
  private static final long NOON = 1_000_000;
  private static final QueueRules.Bounds BOUNDS = new QueueRules.Bounds(100, 100);
  private static final TaskClass MAIL = taskClass("mail", Lane.NORMAL);
  private static final TaskClass URGENT_MAIL = taskClass("mail", Lane.URGENT);
  private static final TaskClass BILLS = taskClass("bills", Lane.NORMAL);
  private static final TaskClass URGENT_BILLS = taskClass("bills", Lane.URGENT);
  private static final TaskClass ADS = taskClass("ads", Lane.NORMAL);

  private Dispatch dispatch = dispatch(10);
  private QueueRules rules = QueueRules.NONE;
  private int capacity;
  private int reserve;
  private long received;
  private long releasedTotal;
  private int urgentHeld;

  private static Dispatch dispatch(int normalEvery) {
    var rules = new Rules(normalEvery, 500, 16, true, 3, 200_000_000L, Map.of());
    var dispatch = new Dispatch(1, rules);
    dispatch.inventory(0, 1);
    return dispatch;
  }

  @Test
  void queuesStartTasksByTheirWeights() {
    weight("mail", 6);
    weight("bills", 3);
    wait(MAIL, BILLS, ADS);
    join(7);

    var starts = starts(TaskClass::queue);

    assertThat(starts.get("mail")).isCloseTo(600, within(30L));
    assertThat(starts.get("bills")).isCloseTo(300, within(15L));
    assertThat(starts.get("ads")).isCloseTo(100, within(5L));
  }

  @Test
  void aWeightThatIsSetWhileTasksWaitCountsFromThenOn() {
    wait(MAIL, BILLS);
    join(4);
    assertThat(starts(TaskClass::queue).get("mail")).isCloseTo(500, within(25L));

    weight("mail", 4);

    assertThat(starts(TaskClass::queue).get("mail")).isCloseTo(800, within(40L));
  }

  @Test
  void weightedLanesHaveTheirShares() {
    lanes("mail", LanePreference.weighted(80, 20));
    wait(MAIL, URGENT_MAIL);
    join(3);

    var starts = starts(TaskClass::lane);

    assertThat(starts.get(Lane.URGENT)).isCloseTo(800, within(40L));
    assertThat(starts.get(Lane.NORMAL)).isCloseTo(200, within(10L));
  }

  @Test
  void aLaneHasAllOfItsQueueWhileTheOtherIsEmpty() {
    lanes("mail", LanePreference.weighted(80, 20));
    wait(MAIL, BILLS);
    join(4);

    assertThat(starts(TaskClass::queue).get("mail")).isCloseTo(500, within(25L));
  }

  @Test
  void weightsOfQueuesAndOfTheirLanesMultiply() {
    set(configure("mail", 3, LanePreference.weighted(75, 25)));
    wait(MAIL, URGENT_MAIL, URGENT_BILLS);
    join(5);

    var starts = starts(Function.identity());

    assertThat(starts.get(URGENT_BILLS)).isCloseTo(225, within(15L));
    assertThat(starts.get(URGENT_MAIL)).isCloseTo(581, within(30L));
    assertThat(starts.get(MAIL)).isCloseTo(194, within(10L));
  }

  @Test
  void alternatingLanesTakeTurnsWithEveryStart() {
    lanes("mail", LanePreference.ALTERNATE);
    wait(MAIL, URGENT_MAIL);
    join(1);

    var order = new ArrayList<Lane>();
    for (var start = 0; start < STARTS; start++) {
      order.add(round().get(0).taskClass().lane());
      finish(1);
    }

    for (var i = 1; i < order.size(); i++) {
      assertThat(order.get(i)).as("start %d", i).isNotEqualTo(order.get(i - 1));
    }
  }

  @Test
  void lanesGiveUrgentTasksOfTheQueueTheirWeightBesideUrgentTasksOfOthers() {
    set(configure("mail", 4, LanePreference.weighted(80, 20)));
    wait(MAIL, URGENT_MAIL, URGENT_BILLS, BILLS);
    join(4);

    var starts = starts(Function.identity());

    assertThat(starts.get(URGENT_BILLS)).isCloseTo(180, within(15L));
    var urgentMail = starts.getOrDefault(URGENT_MAIL, 0L);
    var mail = starts.getOrDefault(MAIL, 0L);
    assertThat(urgentMail + mail).isBetween(720L, 800L);
    assertThat(urgentMail).isCloseTo(4 * mail, within(60L));
  }

  @Test
  void lanesKeepTheirSharesInWorkersWithAnUrgentReserve() {
    lanes("mail", LanePreference.ALTERNATE);
    wait(URGENT_MAIL);
    join(4, 1);
    starts(Function.identity());

    wait(MAIL, URGENT_MAIL);

    assertThat(starts(Function.identity()).get(MAIL)).isCloseTo(500, within(50L));
  }

  /** What a lane is owed at the turns of its queue must not pay what another queue is owed. */
  @Test
  void noNormalTaskStarvesBesideQueuesWithLanes() {
    for (var lanes : List.of(LanePreference.ALTERNATE, LanePreference.weighted(80, 20))) {
      for (var urgentReserve = 0; urgentReserve < 4; urgentReserve++) {
        var test = new QueuePairingTest();
        test.lanes("mail", lanes);
        test.wait(URGENT_MAIL, MAIL, URGENT_BILLS, BILLS);
        test.join(4, urgentReserve);

        var starts = test.starts(Function.identity());

        assertThat(starts.get(BILLS))
            .as("%s, reserve %d", lanes, urgentReserve)
            .isBetween(60L, 120L);
        assertThat(starts.get(MAIL)).isGreaterThan(60L);
        assertThat(starts.get(URGENT_BILLS)).isGreaterThan(300L);
      }
    }
  }

  @Test
  void urgentTasksOfAQueueWithLanesStarveNoNormalTaskOfAnotherQueue() {
    lanes("mail", LanePreference.weighted(80, 20));
    wait(URGENT_MAIL, URGENT_BILLS, BILLS);
    join(4, 1);

    assertThat(starts(Function.identity()).get(BILLS)).isCloseTo(100, within(20L));
  }

  @Test
  void lanesHoldThoughTheNormalLaneIsOwedNothingElse() {
    dispatch = dispatch(0);
    lanes("mail", LanePreference.weighted(80, 20));
    wait(URGENT_MAIL, MAIL, URGENT_BILLS);
    join(4, 1);

    var starts = starts(Function.identity());

    assertThat(starts.get(MAIL)).isCloseTo(100, within(15L));
    assertThat(starts.get(URGENT_BILLS)).isCloseTo(500, within(30L));
  }

  @Test
  void aWeightThatChangesAgainAndAgainBringsNoMoreThanItsShare() {
    wait(MAIL, BILLS);
    join(1);
    var mail = 0L;
    for (var i = 0; i < 200; i++) {
      weight("mail", 4 + i % 2);
      var order = round().get(0);
      mail += order.taskClass().equals(MAIL) ? 1 : 0;
      finish(1);
    }

    assertThat(mail).isCloseTo(163, within(5L));
  }

  @Test
  void strictQueuesKeepTheirShareForNormalTasksBesideOthers() {
    lanes("mail", LanePreference.weighted(50, 50));
    wait(URGENT_BILLS, BILLS, MAIL);
    join(1);

    var starts = starts(Function.identity());

    assertThat(starts.get(URGENT_BILLS)).isCloseTo(900, within(10L));
    assertThat(starts.get(BILLS)).isCloseTo(50, within(5L));
  }

  @Test
  void aPausedQueueStartsNothingAndTheOthersGoOn() {
    wait(MAIL, BILLS);
    join(4);

    set(new QueueChange.PauseUntil("mail", NOON + 60_000, "ann", ""));

    assertThat(starts(TaskClass::queue)).containsOnlyKeys("bills");
    dispatch.at(NOON + 60_000);
    assertThat(starts(TaskClass::queue).get("mail")).isCloseTo(500, within(25L));
  }

  // ---- Steps

  private static TaskClass taskClass(String queue, Lane lane) {
    return new TaskClass(queue, "work", lane, Priority.NORMAL);
  }

  private void weight(String queue, int weight) {
    set(configure(queue, weight, LanePreference.STRICT));
  }

  private void lanes(String queue, LanePreference lanes) {
    set(configure(queue, 1, lanes));
  }

  private static QueueChange configure(String queue, int weight, LanePreference lanes) {
    return new QueueChange.Configure(queue, weight, lanes, QueueChange.ANY_VERSION, "", "");
  }

  private void set(QueueChange change) {
    var decision = (QueueDecision.Change) rules.decide(change, BOUNDS, NOON);
    rules = rules.after(decision.event());
    dispatch.rules(rules, rules.forPartitions(), NOON);
  }

  private void wait(TaskClass... classes) {
    for (var taskClass : classes) {
      dispatch.ready(0, taskClass, STARTS, 0);
    }
  }

  private void join(int slots) {
    join(slots, 0);
  }

  private void join(int slots, int urgentReserve) {
    capacity = slots;
    reserve = urgentReserve;
    dispatch.register(
        new Offer("a", 1, "worker", "main", List.of("*"), Set.of("*")),
        new CreditTotals(capacity, reserve, 0, 0, 0));
  }

  /** How many of 1,000 starts each had; as many wait again each time. */
  private <T> Map<T, Long> starts(Function<TaskClass, T> by) {
    var starts = new TreeMap<T, Long>();
    var ends = new ArrayDeque<TaskClass>();
    for (var started = 0; started < STARTS; ) {
      for (var order : round()) {
        var count = Math.min(order.count(), STARTS - started);
        started += count;
        starts.merge(by.apply(order.taskClass()), (long) count, Math::addExact);
        for (var i = 0; i < order.count(); i++) {
          ends.add(order.taskClass());
          urgentHeld += order.taskClass().lane() == Lane.URGENT ? 1 : 0;
        }
      }
      end(ends);
    }
    while (!ends.isEmpty()) {
      end(ends);
    }
    return starts;
  }

  private void end(ArrayDeque<TaskClass> ends) {
    urgentHeld -= ends.remove().lane() == Lane.URGENT ? 1 : 0;
    finish(1);
  }

  private List<Order.Propose> round() {
    var proposals = new ArrayList<Order.Propose>();
    for (var i = 0; i < 3; i++) {
      for (var order : dispatch.pair(0)) {
        if (order instanceof Order.Propose propose) {
          proposals.add(propose);
        } else if (order instanceof Order.Revoke revoke) {
          revoke.seqs().forEach(seq -> dispatch.used(0, seq, 0, true));
        }
      }
    }
    for (var order : proposals) {
      dispatch.used(0, order.seq(), order.count(), true);
      dispatch.dealtWith(0, order.seq());
      dispatch.ready(0, order.taskClass(), STARTS, 0);
      received += order.count();
    }
    return proposals;
  }

  private void finish(int count) {
    releasedTotal += count;
    dispatch.credit(
        "a", 1, new CreditTotals(capacity, reserve, received, releasedTotal, urgentHeld));
  }
}
