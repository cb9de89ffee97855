package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.dispatch.Demand.Counts;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemandTest {

  private static final long SECOND = 1_000_000_000L;
  private static final DemandRules RULES = new DemandRules(30 * SECOND, 4);
  private static final WorkerKind ALL = new WorkerKind(Set.of(), Set.of());
  private static final TaskClass MAIL = new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL);
  private static final TaskClass BILLS =
      new TaskClass("bills", "print", Lane.URGENT, Priority.NORMAL);

  @ParameterizedTest(name = "{0} held, {1} ready, {2} ms each: {3} slots, {4} workers of four")
  @CsvSource({
    "0,       0,     0,     0,     0", // nothing to do
    "0,       0,   500,     0,     0", // nothing any more
    "0,      10,     0,    10,     3", // nothing is known of them yet: one slot each
    "3,       0,   500,     3,     1", // what runs, and no more
    "8,       1,     1,     9,     3", // one that waits gets a slot at least
    "8,   6_000,    10,    10,     3", // 60 s of work in 30 s
    "8,   6_000, 1_000,   208,    52", // the same backlog of longer tasks wants more
    "8,     100, 60_000,  108,    27", // never more slots than tasks
  })
  void risesWithWhatWaitsAndWithHowLongItTakes(
      long held, String ready, String holdMs, long slots, long workers) {
    var counts = new Counts(2, 8, held, number(ready), 0, number(ready));

    var demand = Demand.of(counts, number(holdMs) * 1_000_000, 0, RULES);

    assertThat(demand.wantedSlots()).isEqualTo(slots);
    assertThat(demand.wantedWorkers()).isEqualTo(workers);
  }

  @Test
  void withoutWorkersTheirSizeIsASetting() {
    var demand = Demand.of(new Counts(0, 0, 0, 10, 10, 10), 0, 0, new DemandRules(30 * SECOND, 5));

    assertThat(demand.wantedWorkers()).isEqualTo(2);
  }

  @Test
  void workersThatOnlyUrgentTasksMayUseCountAsOneSlotEach() {
    var demand = Demand.of(new Counts(2, 0, 0, 3, 0, 3), 0, 0, RULES);

    assertThat(demand.wantedWorkers()).isEqualTo(3);
  }

  @Test
  void risesWithTheBacklogAndFallsAfterIt() {
    var dispatch = new Dispatch(2, Rules.defaults());
    dispatch.inventory(0, 1);
    dispatch.inventory(1, 1);
    dispatch.register(offer("a", List.of("mail"), Set.of("send")), new CreditTotals(4, 0, 0, 0, 0));
    dispatch.pair(0);
    assertThat(dispatch.demand(ALL, RULES, 1).wantedWorkers()).isZero();

    dispatch.ready(0, MAIL, 30, 0);
    assertThat(dispatch.demand(ALL, RULES, 2).wantedWorkers()).isEqualTo(8);

    dispatch.ready(0, MAIL, 0, 0);
    dispatch.credit("a", 1, new CreditTotals(4, 0, 30, 30, 0));
    dispatch.pair(3 * SECOND);
    assertThat(dispatch.demand(ALL, RULES, 4 * SECOND).wantedWorkers()).isZero();
  }

  @Test
  void tellsHowManyPartitionsAreNotHeard() {
    var dispatch = new Dispatch(2, Rules.defaults());
    dispatch.inventory(0, 1);
    dispatch.inventory(1, 1);
    assertThat(dispatch.demand(ALL, RULES, 0).unheardPartitions()).isZero();

    dispatch.forsake(1);

    assertThat(dispatch.demand(ALL, RULES, 0).unheardPartitions()).isEqualTo(1);
  }

  /** A worker serves the queue, but not the kind of its tasks: others would have to. */
  @Test
  void aQuestionThatNamesAQueueCountsTasksThatItsWorkersCannotRun() {
    var dispatch = new Dispatch(1, Rules.defaults());
    dispatch.inventory(0, 1);
    dispatch.register(offer("a", List.of("mail"), Set.of("sort")), new CreditTotals(2, 0, 0, 0, 0));
    dispatch.ready(0, MAIL, 6, 0);

    var ofMail = dispatch.demand(new WorkerKind(Set.of("mail"), Set.of()), RULES, 0);

    assertThat(ofMail.wantedWorkers()).isEqualTo(3);
    assertThat(dispatch.demand(ALL, RULES, 0).wantedWorkers()).isZero();
  }

  @Test
  void theHoldTimeFollowsWhatSessionsGiveBack() {
    var dispatch = new Dispatch(1, Rules.defaults());
    dispatch.register(offer("a", List.of("mail"), Set.of("send")), new CreditTotals(4, 0, 0, 0, 0));
    dispatch.credit("a", 1, new CreditTotals(4, 0, 2, 0, 0));
    dispatch.pair(0);
    dispatch.credit("a", 1, new CreditTotals(4, 0, 2, 1, 0));
    dispatch.pair(1_000);
    dispatch.credit("a", 1, new CreditTotals(4, 0, 2, 2, 0));

    assertThat(dispatch.demand(ALL, RULES, 2_000).holdTimeNanos())
        .as("1000 + 2000, of two")
        .isEqualTo(1_500);
  }

  @Test
  void countsTheKindOfWorkersThatIsAskedFor() {
    var dispatch = new Dispatch(2, Rules.defaults());
    dispatch.inventory(0, 1);
    var mailers = new WorkerKind(Set.of("mail"), Set.of());
    var printers = new WorkerKind(Set.of(), Set.of("print"));
    var any = new WorkerKind(Set.of("*"), Set.of("*"));
    dispatch.register(offer("a", List.of("mail"), Set.of("send")), new CreditTotals(8, 2, 3, 1, 0));
    dispatch.register(offer("b", List.of("mail"), Set.of("send")), new CreditTotals(0, 0, 1, 0, 0));
    dispatch.ready(0, MAIL, 5, 0);
    dispatch.ready(0, BILLS, 7, 0);

    var wanted = dispatch.demand(mailers, RULES, 0);
    assertThat(wanted.workers()).as("but for the one that drains").isEqualTo(1);
    assertThat(wanted.slots()).isEqualTo(6);
    assertThat(wanted.held()).isEqualTo(2);
    assertThat(wanted.ready()).isEqualTo(5);
    assertThat(wanted.unserved()).isZero();
    assertThat(wanted.unheardPartitions()).isEqualTo(1);

    assertThat(dispatch.demand(printers, RULES, 0).workers()).isZero();
    assertThat(dispatch.demand(printers, RULES, 0).ready()).isEqualTo(7);
    assertThat(dispatch.demand(printers, RULES, 0).unserved()).isEqualTo(7);
    assertThat(dispatch.demand(any, RULES, 0).workers()).isZero();
    assertThat(dispatch.demand(any, RULES, 0).ready()).isEqualTo(12);
    assertThat(dispatch.demand(ALL, RULES, 0).workers()).isEqualTo(1);
    assertThat(dispatch.demand(ALL, RULES, 0).ready()).isEqualTo(12);
  }

  @Test
  void tasksThatNoConnectedWorkerMayRunWantMoreWorkersOnlyWhereTheirKindIsNamed() {
    var dispatch = new Dispatch(1, Rules.defaults());
    dispatch.inventory(0, 1);
    dispatch.ready(0, BILLS, 400, 0);
    assertThat(dispatch.demand(ALL, RULES, 0).wantedWorkers()).as("of any").isEqualTo(100);

    dispatch.register(offer("a", List.of("mail"), Set.of("send")), new CreditTotals(4, 0, 0, 0, 0));

    assertThat(dispatch.demand(ALL, RULES, 0).wantedWorkers()).as("like the mailer").isZero();
    assertThat(dispatch.demand(ALL, RULES, 0).unserved()).isEqualTo(400);
    var printers = new WorkerKind(Set.of(), Set.of("print"));
    assertThat(dispatch.demand(printers, RULES, 0).wantedWorkers()).isEqualTo(100);
  }

  @Test
  void whatASessionReleasedBeforeItRegisteredIsNotCounted() {
    var dispatch = new Dispatch(1, Rules.defaults());
    dispatch.inventory(0, 1);
    var before = new CreditTotals(1, 0, 1_000_001, 1_000_000, 0);
    dispatch.register(offer("a", List.of("mail"), Set.of("send")), before);
    dispatch.pair(0);
    dispatch.credit("a", 1, new CreditTotals(1, 0, 1_000_001, 1_000_001, 0));
    dispatch.pair(2 * SECOND);

    assertThat(dispatch.demand(ALL, RULES, 2 * SECOND).holdTimeNanos())
        .isBetween(19 * SECOND / 10, 21 * SECOND / 10);
  }

  private static Offer offer(String holder, List<String> queues, Set<String> kinds) {
    return new Offer(holder, 1, holder, "pool", queues, kinds);
  }

  private static long number(String text) {
    return Long.parseLong(text.strip().replace("_", ""));
  }
}
