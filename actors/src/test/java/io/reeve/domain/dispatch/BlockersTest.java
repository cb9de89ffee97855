package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    // heard, of queue, of kind, of class, draining, slots, free, of lane, moving, granted, ahead,
    // higher,
    // urgent
    "PARTITION_AWAY,      false, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, 0",
    "NO_WORKER_FOR_QUEUE, true,  0, 0, 0, 0, 0, 0, 0, 0, false, 5, 0, 5",
    "NO_WORKER_FOR_KIND,  true,  1, 0, 0, 0, 0, 0, 0, 0, false, 5, 0, 5",
    "NO_WORKER_WITH_LABELS, true, 2, 1, 0, 0, 0, 0, 0, 0, false, 5, 0, 5",
    "WORKERS_DRAINING,    true,  2, 2, 2, 2, 0, 0, 0, 0, false, 5, 0, 5",
    "ON_ITS_WAY,          true,  2, 2, 2, 1, 4, 0, 0, 0, true,  5, 0, 5", // granted
    "ON_ITS_WAY,          true,  2, 2, 2, 1, 4, 3, 0, 0, false, 2, 0, 0", // credit for all ahead
    // and
    // it
    "ON_ITS_WAY,          true,  2, 2, 2, 1, 4, 1, 0, 2, false, 2, 0, 0", // and on the way back
    "BEHIND,              true,  2, 2, 2, 1, 4, 2, 0, 0, false, 2, 0, 0", // credit for those ahead
    // only
    "BEHIND,              true,  2, 2, 2, 1, 4, 0, 1, 0, false, 1, 0, 0",
    "BEHIND,              true,  2, 2, 2, 1, 4, 0, 1, 0, false, 0, 0, 1", // by lane
    "BEHIND,              true,  2, 2, 2, 1, 4, 0, 1, 0, false, 0, 1, 0", // by priority
    "LANE_RESERVED,       true,  1, 1, 1, 0, 3, 0, 1, 0, false, 0, 0, 0",
    "LANE_RESERVED,       true,  1, 1, 1, 0, 0, 0, 0, 0, false, 9, 0, 9", // no slot for it at all
    "NO_CREDIT,           true,  1, 1, 1, 0, 4, 0, 0, 0, false, 0, 0, 0",
  })
  void theFirstThatHoldsCounts(
      Blocker blocker,
      boolean heard,
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
      long urgent) {
    var view =
        new StreamView(
            heard,
            queueWorkers,
            kindWorkers,
            workers,
            draining,
            slots,
            4,
            free,
            reservedFree,
            moving,
            granted,
            ahead,
            higher,
            urgent,
            3);

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
  void whatNobodyRunsSaysWhetherItIsTheQueueOrTheKind() {
    heard();
    dispatch.ready(0, MAIL, 1, 0);
    worker("a", "bills", "send", 4, 0);
    assertThat(blocker(MAIL, 0)).isEqualTo(Blocker.NO_WORKER_FOR_QUEUE);

    worker("b", "mail", "print", 4, 0);
    var told = dispatch.explain(MAIL, 0, 0, 0);
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

    var told = dispatch.explain(needing, 0, 0, 0);
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
            Labels.of(Map.of("zone", "eu", "rack", "7"))),
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
    var told = dispatch.explain(MAIL, 0, 5, 0);
    assertThat(told.blocker()).isEqualTo(Blocker.BEHIND);
    assertThat(told.view().ahead()).as("but for those that are granted").isEqualTo(3);
    assertThat(told.view().held()).isEqualTo(2);
    assertThat(told.view().slots()).isEqualTo(2);
  }

  @Test
  void partitionsTakeTurns() {
    busy(2, 0);
    dispatch.ready(0, MAIL, 10, 0);
    dispatch.ready(1, MAIL, 3, 0);
    dispatch.pair(0);

    assertThat(dispatch.explain(MAIL, 0, 2, 0).view().ahead()).isEqualTo(4);
    assertThat(dispatch.explain(MAIL, 0, 9, 0).view().ahead()).isEqualTo(12);
    assertThat(blocker(MAIL, 0)).isEqualTo(Blocker.NO_CREDIT);
  }

  @Test
  void aFreeSlotForUrgentTasksIsNoneForANormalOne() {
    busy(3, 1);
    dispatch.ready(0, MAIL, 1, 0);
    dispatch.pair(0);

    var told = dispatch.explain(MAIL, 0, 0, 0);
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

    var told = dispatch.explain(MAIL, 0, 0, 0);
    assertThat(told.blocker()).isEqualTo(Blocker.BEHIND);
    assertThat(told.view().urgentAhead()).as("nine of ten").isEqualTo(9);
    assertThat(told.view().ahead()).isZero();
  }

  @Test
  void otherKindsTakeTurnsWhereTheyWantTheSameSlots() {
    heard();
    worker("a", "mail", "*", 2, 0);
    dispatch.credit("a", 1, new CreditTotals(2, 0, 2, 0, 0));
    dispatch.ready(0, MAIL, 5, 0);
    dispatch.ready(0, BILLS, 100, 0);
    dispatch.ready(0, new TaskClass("other", "send", Lane.NORMAL, Priority.HIGH), 100, 0);
    worker("b", "other", "send", 0, 0);
    dispatch.pair(0);

    assertThat(dispatch.explain(MAIL, 0, 4, 0).view().others()).isEqualTo(5);
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

    var told = dispatch.explain(MAIL, 0, 0, 0);
    assertThat(told.blocker()).isEqualTo(Blocker.BEHIND);
    assertThat(told.view().higherAhead()).isEqualTo(7);
    assertThat(told.view().others()).isZero();
    assertThat(blocker(BILLS.withPriority(Priority.HIGH), 0)).isEqualTo(Blocker.NO_CREDIT);
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
    assertThat(dispatch.explain(MAIL, 0, 9, 0).startInNanos())
        .as("nothing was measured yet")
        .isEqualTo(StreamExplanation.NOT_KNOWN);

    dispatch.credit("a", 1, new CreditTotals(2, 0, 2, 1, 0));
    dispatch.credit("a", 1, new CreditTotals(2, 0, 3, 1, 0));
    dispatch.pair(4 * SECOND);

    // Two slots for four seconds, and one task done.
    assertThat(dispatch.explain(MAIL, 0, 9, 4 * SECOND).startInNanos())
        .isBetween(36 * SECOND, 44 * SECOND);
  }

  @Test
  void nothingIsEstimatedWhereNoWorkerWouldStartIt() {
    busy(2, 2);
    dispatch.ready(0, MAIL, 10, 0);
    dispatch.credit("busy", 1, new CreditTotals(2, 2, 2, 1, 0));

    var told = dispatch.explain(MAIL, 0, 9, SECOND);
    assertThat(told.blocker()).isEqualTo(Blocker.LANE_RESERVED);
    assertThat(told.startInNanos()).isEqualTo(StreamExplanation.NOT_KNOWN);
  }

  private Blocker blocker(TaskClass taskClass, long ahead) {
    return dispatch.explain(taskClass, 0, ahead, 0).blocker();
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
