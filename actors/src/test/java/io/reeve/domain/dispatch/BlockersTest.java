package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.rules.LanePreference;
import io.reeve.domain.rules.Pause;
import io.reeve.domain.rules.QueueRules;
import io.reeve.domain.rules.QueueSet;
import io.reeve.domain.rules.QueueSettings;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockersTest {

  private static final long SECOND = 1_000_000_000L;
  private static final TaskClass MAIL = new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL);
  private static final TaskClass ALARM =
      new TaskClass("mail", "send", Lane.URGENT, Priority.NORMAL);
  private static final TaskClass BILLS =
      new TaskClass("mail", "print", Lane.NORMAL, Priority.NORMAL);

  private final Dispatch dispatch = new Dispatch(2, Rules.defaults());

  // ---- The rule --------------------------------------------------------------------------------

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    // heard, paused, of queue, of kind, of class, draining, slots, free, of lane, moving, granted,
    // ahead,
    // higher, urgent, kinds
    "PARTITION_AWAY,      false, false, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, 0, 0",
    "QUEUE_PAUSED,        true, true, 0, 0, 0, 0, 0, 0, 0, 0, false, 5, 0, 5, 0",
    "NO_WORKER_FOR_QUEUE, true, false, 0, 0, 0, 0, 0, 0, 0, 0, false, 5, 0, 5, 0",
    "NO_WORKER_FOR_KIND,  true, false, 1, 0, 0, 0, 0, 0, 0, 0, false, 5, 0, 5, 0",
    "NO_WORKER_WITH_LABELS, true, false, 2, 1, 0, 0, 0, 0, 0, 0, false, 5, 0, 5, 0",
    "WORKERS_DRAINING,    true, false, 2, 2, 2, 2, 0, 0, 0, 0, false, 5, 0, 5, 0",
    "ON_ITS_WAY,          true, false, 2, 2, 2, 1, 4, 0, 0, 0, true,  5, 0, 5, 0", // granted
    "ON_ITS_WAY,          true, false, 2, 2, 2, 1, 4, 3, 0, 0, false, 2, 0, 0, 0", // credit for all
    "ON_ITS_WAY,          true, false, 2, 2, 2, 1, 4, 1, 0, 2, false, 2, 0, 0, 0", // and on the way
    // back
    "BEHIND,              true, false, 2, 2, 2, 1, 4, 2, 0, 0, false, 2, 0, 0, 0", // only for those
    // ahead
    "BEHIND,              true, false, 2, 2, 2, 1, 4, 0, 1, 0, false, 1, 0, 0, 0",
    "BEHIND,              true, false, 2, 2, 2, 1, 4, 0, 1, 0, false, 0, 0, 1, 0", // by lane
    "BEHIND,              true, false, 2, 2, 2, 1, 4, 0, 1, 0, false, 0, 1, 0, 0", // by priority
    "BEHIND,              true, false, 2, 2, 2, 1, 4, 0, 1, 0, false, 0, 0, 0, 1", // by age
    "LANE_RESERVED,       true, false, 1, 1, 1, 0, 3, 0, 1, 0, false, 0, 0, 0, 0",
    "LANE_RESERVED,       true, false, 1, 1, 1, 0, 0, 0, 0, 0, false, 9, 0, 9, 0", // no slot at all
    "NO_CREDIT,           true, false, 1, 1, 1, 0, 4, 0, 0, 0, false, 0, 0, 0, 0",
  })
  void theFirstThatHoldsCounts(
      Blocker blocker,
      boolean heard,
      boolean paused,
      long queueWorkers,
      long kindWorkers,
      long workers,
      long draining,
      long slots,
      long free,
      long reservedFree,
      long moving,
      boolean granted,
      long ahead,
      long higher,
      long urgent,
      long kinds) {
    var view =
        new StreamView(
            heard,
            paused ? new Pause("ada", "", 1, 0) : null,
            queueWorkers,
            kindWorkers,
            workers,
            draining,
            slots,
            4,
            free,
            reservedFree,
            moving,
            false,
            granted,
            ahead,
            higher,
            urgent,
            3,
            kinds,
            false);

    assertThat(Blockers.first(view)).isEqualTo(blocker);
  }

  @Test
  void aBlockerKeepsItsNumber() {
    for (var blocker : Blocker.values()) {
      assertThat(Blocker.of(blocker.number())).isEqualTo(blocker);
    }
    assertThat(Blocker.of(99)).isEqualTo(Blocker.UNKNOWN);
  }

  // ---- By what the dispatcher knows ------------------------------------------------------------

  @Test
  void aPartitionThatWasNeverHeardIsAway() {
    dispatch.inventory(1, 1);

    assertThat(blocker(MAIL, 0)).isEqualTo(Blocker.PARTITION_AWAY);
    dispatch.inventory(0, 1);
    assertThat(blocker(MAIL, 0)).isEqualTo(Blocker.NO_WORKER_FOR_QUEUE);
  }

  @Test
  void aPausedQueueSaysWhoPausedItWhateverElseBlocks() {
    heard();
    var settings = QueueSettings.PLAIN.with(new Pause("ada", "too many bounces", 1, 50));
    set(settings, 10);

    var told = explain(MAIL, 0, 0, 0);
    assertThat(told.blocker()).isEqualTo(Blocker.QUEUE_PAUSED);
    assertThat(told.view().pause()).isEqualTo(settings.pause());
    assertThat(told.startInNanos()).isEqualTo(StreamExplanation.NOT_KNOWN);
    assertThat(blocker(MAIL.withPriority(Priority.LOW), 3)).isEqualTo(Blocker.QUEUE_PAUSED);

    dispatch.at(50);
    assertThat(blocker(MAIL, 0)).as("once it is over").isEqualTo(Blocker.NO_WORKER_FOR_QUEUE);
  }

  @Test
  void lanesThatTakeTurnsLetOneUrgentTaskGoAheadOfEachNormalOne() {
    busy(1, 0);
    set(new QueueSettings(1, LanePreference.ALTERNATE, null), 10);
    dispatch.ready(0, MAIL, 1, 0);
    dispatch.ready(1, ALARM, 400, 0);
    dispatch.pair(0);

    var told = explain(MAIL, 0, 0, 0);
    assertThat(told.blocker()).isEqualTo(Blocker.BEHIND);
    assertThat(told.view().urgentAhead()).isEqualTo(1);
    assertThat(explain(MAIL, 0, 2, 0).view().urgentAhead()).isEqualTo(3);
  }

  @Test
  void whatNobodyRunsSaysWhetherItIsTheQueueOrTheKind() {
    heard();
    dispatch.ready(0, MAIL, 1, 0);
    worker("a", "bills", "send", 4, 0);
    assertThat(blocker(MAIL, 0)).isEqualTo(Blocker.NO_WORKER_FOR_QUEUE);

    worker("b", "mail", "print", 4, 0);
    var told = explain(MAIL, 0, 0, 0);
    assertThat(told.blocker()).isEqualTo(Blocker.NO_WORKER_FOR_KIND);
    assertThat(told.view().queueWorkers()).isEqualTo(1);

    worker("c", "*", "send", 0, 0);
    assertThat(blocker(MAIL, 0)).isEqualTo(Blocker.WORKERS_DRAINING);

    worker("d", "mail", "*", 4, 0);
    assertThat(blocker(MAIL, 0)).isEqualTo(Blocker.ON_ITS_WAY);
  }

  @Test
  void aTaskWhoseLabelsNoWorkerHasSaysSo() {
    heard();
    worker("a", "mail", "send", 4, 0);
    var needing =
        new TaskClass(
            "mail", "send", Lane.NORMAL, Priority.NORMAL, Labels.of(Map.of("zone", "eu")));
    dispatch.ready(0, needing, 1, 0);

    var told = explain(needing, 0, 0, 0);
    assertThat(told.blocker()).isEqualTo(Blocker.NO_WORKER_WITH_LABELS);
    assertThat(told.view().kindWorkers()).isEqualTo(1);
    assertThat(told.startInNanos()).isEqualTo(StreamExplanation.NOT_KNOWN);

    dispatch.register(
        new Offer(
            "b",
            1,
            "b",
            "pool",
            List.of("mail"),
            Set.of("send"),
            Labels.of(Map.of("zone", "eu", "rack", "7")),
            ""),
        new CreditTotals(4, 0, 0, 0, 0));
    assertThat(blocker(needing, 0)).isEqualTo(Blocker.ON_ITS_WAY);
  }

  @Test
  void aClassThatTheDispatcherHasNotHeardOfYetIsExplainedAllTheSame() {
    heard();
    worker("a", "mail", "send", 0, 0);

    assertThat(blocker(MAIL, 0)).isEqualTo(Blocker.WORKERS_DRAINING);
  }

  @Test
  void theFirstTasksOfAnOpenGrantAreOnTheirWay() {
    heard();
    worker("a", "mail", "send", 2, 0);
    dispatch.ready(0, MAIL, 10, 0);
    dispatch.pair(0);

    assertThat(blocker(MAIL, 0)).isEqualTo(Blocker.ON_ITS_WAY);
    assertThat(blocker(MAIL, 1)).isEqualTo(Blocker.ON_ITS_WAY);
    assertThat(blocker(MAIL, 2)).as("the next one").isEqualTo(Blocker.NO_CREDIT);
    var told = explain(MAIL, 0, 5, 0);
    assertThat(told.blocker()).isEqualTo(Blocker.BEHIND);
    assertThat(told.view().ahead()).as("but for those that are granted").isEqualTo(3);
    assertThat(told.view().held()).isEqualTo(2);
    assertThat(told.view().slots()).isEqualTo(2);
  }

  @Test
  void olderTasksOfOtherPartitionsGoFirst() {
    busy(1, 0);
    dispatch.ready(0, MAIL, 1, 900);
    dispatch.ready(1, MAIL, 50, 100);
    dispatch.pair(0);

    var told = dispatch.explain(new ReadyTask(MAIL, 0, 0, 900), 900, 0);
    assertThat(told.blocker()).isEqualTo(Blocker.BEHIND);
    assertThat(told.view().ahead()).isEqualTo(50);
    assertThat(told.view().about()).as("how old they are is known of the first").isTrue();
    var later = dispatch.explain(new ReadyTask(MAIL, 0, 0, 900), 1_700, 0);
    assertThat(later.view().ahead()).as("as if they had come evenly").isEqualTo(25);
    var older = dispatch.explain(new ReadyTask(MAIL, 1, 0, 100), 900, 0);
    assertThat(older.blocker()).isEqualTo(Blocker.NO_CREDIT);
    assertThat(older.view().about()).isFalse();
  }

  @Test
  void aFreeSlotForUrgentTasksIsNoneForANormalOne() {
    busy(3, 1);
    dispatch.ready(0, MAIL, 1, 0);
    dispatch.pair(0);

    var told = explain(MAIL, 0, 0, 0);
    assertThat(told.blocker()).isEqualTo(Blocker.LANE_RESERVED);
    assertThat(told.view().reservedFree()).isEqualTo(1);
    assertThat(blocker(ALARM, 0)).isEqualTo(Blocker.ON_ITS_WAY);
  }

  @Test
  void urgentTasksAheadAreCountedByTheirShare() {
    busy(1, 0);
    dispatch.ready(0, MAIL, 1, 0);
    dispatch.ready(1, ALARM, 400, 0);
    dispatch.pair(0);

    var told = explain(MAIL, 0, 0, 0);
    assertThat(told.blocker()).isEqualTo(Blocker.BEHIND);
    assertThat(told.view().urgentAhead()).as("nine of ten").isEqualTo(9);
    assertThat(told.view().ahead()).isZero();
  }

  @Test
  void olderTasksOfOtherKindsGoFirstWhereTheyWantTheSameSlots() {
    heard();
    worker("a", "mail", "*", 2, 0);
    dispatch.credit("a", 1, new CreditTotals(2, 0, 2, 0, 0));
    dispatch.ready(0, MAIL, 1, 900);
    dispatch.ready(0, BILLS, 30, 100);
    dispatch.ready(1, BILLS, 20, 901);
    dispatch.ready(1, BILLS.withPriority(Priority.LOW), 100, 100);
    dispatch.ready(1, new TaskClass("other", "print", Lane.NORMAL, Priority.NORMAL), 100, 100);
    dispatch.pair(0);

    var told = dispatch.explain(new ReadyTask(MAIL, 0, 0, 900), 900, 0);
    assertThat(told.blocker()).isEqualTo(Blocker.BEHIND);
    assertThat(told.view().kindsAhead()).isEqualTo(30);
    assertThat(told.view().aheadTotal()).isEqualTo(30);
    assertThat(told.view().others()).isZero();
  }

  @Test
  void otherQueuesTakeTurnsWhereTheyWantTheSameSlots() {
    heard();
    worker("a", "*", "*", 2, 0);
    dispatch.credit("a", 1, new CreditTotals(2, 0, 2, 0, 0));
    dispatch.ready(0, MAIL, 5, 0);
    dispatch.ready(0, new TaskClass("other", "send", Lane.NORMAL, Priority.HIGH), 100, 0);
    dispatch.pair(0);

    assertThat(explain(MAIL, 0, 4, 0).view().others()).isEqualTo(5);
  }

  @Test
  void aHigherPriorityOfTheSameQueueAndLaneGoesFirst() {
    heard();
    worker("a", "mail", "*", 2, 0);
    dispatch.credit("a", 1, new CreditTotals(2, 0, 2, 0, 0));
    dispatch.ready(0, MAIL, 1, 0);
    dispatch.ready(1, BILLS.withPriority(Priority.HIGH), 7, 0);
    dispatch.ready(1, BILLS.withPriority(Priority.LOW), 100, 0);
    dispatch.pair(0);

    var told = explain(MAIL, 0, 0, 0);
    assertThat(told.blocker()).isEqualTo(Blocker.BEHIND);
    assertThat(told.view().higherAhead()).isEqualTo(7);
    assertThat(told.view().others()).isZero();
    assertThat(blocker(BILLS.withPriority(Priority.HIGH), 0)).isEqualTo(Blocker.NO_CREDIT);
  }

  // ---- Played out ------------------------------------------------------------------------------

  /** One slot after the other comes free, and the tasks that start before the named one count. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whatIsNamedIsWhatHappens(long seed) {
    var random = new SplittableRandom(seed);
    for (var round = 0; round < 50; round++) {
      var world = new OneSlot(random);
      var watched = world.anyTask();
      var told = world.explain(watched);

      var before = world.startedBefore(watched);

      assertThat(told.blocker())
          .as("round %d, %d started before", round, before)
          .isEqualTo(before == 0 ? Blocker.NO_CREDIT : Blocker.BEHIND);
      if (!told.view().about()) {
        assertThat(told.view().aheadTotal()).as("round %d", round).isEqualTo(before);
      }
    }
  }

  // ---- Estimates -------------------------------------------------------------------------------

  @Test
  void aStartIsEstimatedByWhatStandsAheadAndTheSlots() {
    heard();
    worker("a", "mail", "send", 2, 0);
    dispatch.pair(0);
    dispatch.credit("a", 1, new CreditTotals(2, 0, 2, 0, 0));
    dispatch.pair(0);
    dispatch.ready(0, MAIL, 10, 0);
    assertThat(explain(MAIL, 0, 9, 0).startInNanos())
        .as("nothing was measured yet")
        .isEqualTo(StreamExplanation.NOT_KNOWN);

    dispatch.credit("a", 1, new CreditTotals(2, 0, 2, 1, 0));
    dispatch.credit("a", 1, new CreditTotals(2, 0, 3, 1, 0));
    dispatch.pair(4 * SECOND);

    // Two slots for four seconds, and one task done.
    assertThat(explain(MAIL, 0, 9, 4 * SECOND).startInNanos()).isBetween(36 * SECOND, 44 * SECOND);
  }

  @Test
  void nothingIsEstimatedWhereNoWorkerWouldStartIt() {
    busy(2, 2);
    dispatch.ready(0, MAIL, 10, 0);
    dispatch.credit("busy", 1, new CreditTotals(2, 2, 2, 1, 0));

    var told = explain(MAIL, 0, 9, SECOND);
    assertThat(told.blocker()).isEqualTo(Blocker.LANE_RESERVED);
    assertThat(told.startInNanos()).isEqualTo(StreamExplanation.NOT_KNOWN);
  }

  private Blocker blocker(TaskClass taskClass, long ahead) {
    return explain(taskClass, 0, ahead, 0).blocker();
  }

  /** Of a task that is as old as all others. */
  private StreamExplanation explain(TaskClass taskClass, int partition, long ahead, long nowNanos) {
    return dispatch.explain(new ReadyTask(taskClass, partition, ahead, 0), 0, nowNanos);
  }

  private void set(QueueSettings settings, long atMs) {
    var rules = QueueRules.NONE.after(new QueueSet(1, "mail", settings, "ada", "", atMs));
    dispatch.rules(rules, rules.forPartitions(), atMs);
  }

  private void heard() {
    dispatch.inventory(0, 1);
    dispatch.inventory(1, 1);
  }

  /** A worker of mails whose slots for normal tasks are all in use. */
  private void busy(int capacity, int urgentReserve) {
    heard();
    var held = capacity - urgentReserve;
    dispatch.register(
        offer("busy", "mail", "send"), new CreditTotals(capacity, urgentReserve, held, 0, 0));
  }

  private void worker(String holder, String queue, String kind, int capacity, int urgentReserve) {
    dispatch.register(
        offer(holder, queue, kind), new CreditTotals(capacity, urgentReserve, 0, 0, 0));
  }

  private static Offer offer(String holder, String queue, String kind) {
    return new Offer(holder, 1, holder, "pool", List.of(queue), Set.of(kind));
  }
}
