package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where and when tasks run that have to be alone. */
class QuarantineTest {

  private static final TaskClass MAIL = new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL);
  private static final TaskClass ALONE = MAIL.inQuarantine();

  private final Dispatch dispatch = new Dispatch(1, Rules.defaults());

  @Test
  void aTaskRunsAloneOnAWorkerThatIsIdle() {
    heard();
    join("a", 4);
    dispatch.ready(0, ALONE, 2, 0);

    assertThat(granted()).containsExactly("1 in quarantine to a");
    dispatch.ready(0, MAIL, 3, 0);
    assertThat(granted()).as("while it runs, nothing else does").isEmpty();

    lease(1);
    dispatch.ready(0, ALONE, 1, 0);
    dispatch.credit("a", 1, new CreditTotals(4, 0, 1, 0, 0, true));
    assertThat(granted()).isEmpty();

    dispatch.credit("a", 1, new CreditTotals(4, 0, 1, 1, 0));
    assertThat(granted()).as("then other work has its turn").containsExactly("3 to a");
    dispatch.ready(0, MAIL, 0, 0);
    lease(2, 3);
    dispatch.credit("a", 1, new CreditTotals(4, 0, 4, 4, 0));
    assertThat(granted()).as("its standing credit is asked back").isEmpty();
    lease(3, 0);
    assertThat(granted()).as("and then the next one").containsExactly("1 in quarantine to a");
  }

  @Test
  void withoutOtherWorkTheNextOneFollowsAtOnce() {
    heard();
    join("a", 4);
    dispatch.ready(0, ALONE, 2, 0);
    assertThat(granted()).containsExactly("1 in quarantine to a");

    lease(1);
    dispatch.ready(0, ALONE, 1, 0);
    dispatch.credit("a", 1, new CreditTotals(4, 0, 1, 1, 0));

    assertThat(granted()).containsExactly("1 in quarantine to a");
  }

  @Test
  void aQuarterOfTheProcessesIsSetApartAtMost() {
    heard();
    for (var w = 0; w < 8; w++) {
      join("w" + w, 1);
    }
    dispatch.ready(0, ALONE, 9, 0);
    dispatch.ready(0, MAIL, 20, 0);

    var granted = granted();

    assertThat(granted).filteredOn(one -> one.contains("in quarantine")).hasSize(2);
    assertThat(granted).hasSize(8);
  }

  @Test
  void noMoreProcessesAreSetApartThanTasksWait() {
    heard();
    for (var w = 0; w < 8; w++) {
      dispatch.register(offer("w" + w, ""), new CreditTotals(2, 0, 1, 0, 0));
    }
    dispatch.ready(0, ALONE, 1, 0);
    dispatch.ready(0, MAIL, 20, 0);

    assertThat(granted()).as("the others go on").hasSize(7);
  }

  @Test
  void aWorkerFinishesItsTasksFirstAndGetsNoMore() {
    heard();
    dispatch.register(offer("a", ""), new CreditTotals(4, 0, 2, 0, 0));
    dispatch.ready(0, ALONE, 1, 0);
    dispatch.ready(0, MAIL, 5, 0);
    assertThat(granted()).isEmpty();

    dispatch.credit("a", 1, new CreditTotals(4, 0, 2, 1, 0));
    assertThat(granted()).isEmpty();
    dispatch.credit("a", 1, new CreditTotals(4, 0, 2, 2, 0));
    assertThat(granted()).containsExactly("1 in quarantine to a");
  }

  @Test
  void theWorkerWithTheLeastToDoIsSetApartAndTheOthersGoOn() {
    heard();
    dispatch.register(offer("busy", ""), new CreditTotals(4, 0, 3, 0, 0));
    dispatch.register(offer("idle", ""), new CreditTotals(4, 0, 0, 0, 0));
    dispatch.ready(0, ALONE, 1, 0);
    dispatch.ready(0, MAIL, 9, 0);

    assertThat(granted()).containsExactly("1 in quarantine to idle", "1 to busy");
  }

  @Test
  void standingCreditComesBackBeforeTheTaskGoesThere() {
    heard();
    join("a", 4);
    var stands = dispatch.pair(0);
    assertThat(stands).singleElement().isInstanceOf(Order.Stand.class);
    var seq = ((Order.Stand) stands.get(0)).seq();
    dispatch.ready(0, ALONE, 1, 0);

    assertThat(dispatch.pair(0)).containsExactly(new Order.Revoke(0, List.of(seq)));
    dispatch.used(0, seq, 0, true);
    dispatch.dealtWith(0, seq);

    assertThat(granted()).containsExactly("1 in quarantine to a");
  }

  @Test
  void allPoolsOfAProcessAreSetApart() {
    heard();
    dispatch.register(offer("a", "p"), new CreditTotals(4, 0, 0, 0, 0));
    dispatch.register(offer("b", "p"), new CreditTotals(4, 0, 1, 0, 0));
    dispatch.ready(0, ALONE, 1, 0);
    dispatch.ready(0, MAIL, 9, 0);
    assertThat(granted()).isEmpty();

    dispatch.credit("b", 1, new CreditTotals(4, 0, 1, 1, 0));

    assertThat(granted()).containsExactly("1 in quarantine to a");
  }

  @Test
  void aSessionThatIsGoneIsNotWaitedFor() {
    heard();
    dispatch.register(offer("a", "p"), new CreditTotals(4, 0, 0, 0, 0));
    dispatch.register(offer("b", "p"), new CreditTotals(4, 0, 1, 0, 0));
    dispatch.ready(0, ALONE, 1, 0);
    assertThat(granted()).isEmpty();

    dispatch.end("b", 1);

    assertThat(granted()).containsExactly("1 in quarantine to a");
  }

  @Test
  void aDispatcherThatStartsAnewFindsTheWorkerThatHasSuchATask() {
    heard();
    dispatch.register(offer("a", "p"), new CreditTotals(4, 0, 1, 0, 0, true));
    dispatch.register(offer("b", "p"), new CreditTotals(4, 0, 0, 0, 0));
    dispatch.ready(0, MAIL, 9, 0);
    dispatch.ready(0, ALONE, 1, 0);
    assertThat(granted()).isEmpty();

    dispatch.ready(0, MAIL, 0, 0);
    dispatch.credit("a", 1, new CreditTotals(4, 0, 1, 1, 0));

    assertThat(granted()).containsExactly("1 in quarantine to a");
  }

  @Test
  void aWorkerThatGoesAwayLetsAnotherBeSetApart() {
    heard();
    dispatch.register(offer("a", ""), new CreditTotals(4, 0, 1, 0, 0));
    dispatch.register(offer("b", ""), new CreditTotals(2, 0, 2, 0, 0));
    dispatch.ready(0, ALONE, 1, 0);
    assertThat(granted()).isEmpty();

    dispatch.end("a", 1);
    assertThat(granted()).isEmpty();
    dispatch.credit("b", 1, new CreditTotals(2, 0, 2, 2, 0));

    assertThat(granted()).containsExactly("1 in quarantine to b");
  }

  @Test
  void aWorkerWorksAgainOnceNothingWaitsForItAlone() {
    heard();
    dispatch.register(offer("a", ""), new CreditTotals(4, 0, 1, 0, 0));
    dispatch.ready(0, ALONE, 1, 0);
    dispatch.ready(0, MAIL, 9, 0);
    assertThat(granted()).isEmpty();

    dispatch.ready(0, ALONE, 0, 0);

    assertThat(granted()).containsExactly("3 to a");
  }

  @Test
  void onlyAWorkerThatMayRunItIsSetApart() {
    heard();
    var other = new Offer("a", 1, "a", "pool", List.of("bills"), Set.of("*"));
    dispatch.register(other, new CreditTotals(4, 0, 0, 0, 0));
    dispatch.ready(0, ALONE, 1, 0);
    dispatch.ready(0, new TaskClass("bills", "send", Lane.NORMAL, Priority.NORMAL), 2, 0);

    assertThat(granted()).containsExactly("2 to a");
    assertThat(blocker()).isEqualTo(Blocker.NO_WORKER_FOR_QUEUE);
  }

  @Test
  void whatWaitsForAWorkerOfItsOwnSaysSo() {
    heard();
    dispatch.register(offer("a", ""), new CreditTotals(4, 0, 1, 0, 0));
    dispatch.ready(0, ALONE, 1, 0);
    granted();

    assertThat(blocker()).isEqualTo(Blocker.QUARANTINE);

    dispatch.credit("a", 1, new CreditTotals(4, 0, 1, 1, 0));
    granted();
    assertThat(blocker()).isEqualTo(Blocker.ON_ITS_WAY);
  }

  private Blocker blocker() {
    return dispatch.explain(new ReadyTask(ALONE, 0, 0, 0), 0, 0).blocker();
  }

  private void heard() {
    dispatch.inventory(0, 1);
  }

  private void join(String holder, int capacity) {
    dispatch.register(offer(holder, ""), new CreditTotals(capacity, 0, 0, 0, 0));
  }

  /** The grant with this number was used once. */
  private void lease(long seq) {
    lease(seq, 1);
  }

  private void lease(long seq, int tasks) {
    dispatch.used(0, seq, tasks, true);
    dispatch.dealtWith(0, seq);
  }

  private List<String> granted() {
    var granted = new ArrayList<String>();
    for (var order : dispatch.pair(0)) {
      if (order instanceof Order.Propose one) {
        granted.add(
            "%d %sto %s"
                .formatted(
                    one.count(),
                    one.taskClass().quarantined() ? "in quarantine " : "",
                    one.to().holder()));
      }
    }
    return granted;
  }

  private static Offer offer(String holder, String process) {
    return new Offer(holder, 1, holder, "pool", List.of("mail"), Set.of("*"), Labels.NONE, process);
  }
}
