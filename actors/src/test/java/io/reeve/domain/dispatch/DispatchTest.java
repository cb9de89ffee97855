package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.dispatch.Dispatch.ClassLine;
import io.reeve.domain.dispatch.Dispatch.Registration;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What sessions and partitions say, and what the dispatcher makes of it, one statement at a time.
 */
class DispatchTest {

  private static final TaskClass MAIL = new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL);
  private static final TaskClass BILLS =
      new TaskClass("bills", "print", Lane.NORMAL, Priority.NORMAL);
  private static final long PAUSE = 200;
  private static final int REFUSALS = 3;

  private final Dispatch dispatch = dispatch(2);

  // ---- Sessions

  @Test
  void aSessionIsNewThenRepeatedAndAnEarlierOneOfItsHolderIsStale() {
    assertThat(register("a", 2, credit(4, 0, 0))).isEqualTo(Registration.NEW);
    assertThat(register("a", 2, credit(6, 3, 1))).isEqualTo(Registration.REPEATED);
    assertThat(line("a").credit()).isEqualTo(credit(6, 3, 1));

    assertThat(register("a", 1, credit(9, 0, 0))).isEqualTo(Registration.STALE);

    assertThat(line("a").credit()).isEqualTo(credit(6, 3, 1));
    assertThat(dispatch.credit("a", 1, credit(9, 3, 3))).isFalse();
    assertThat(line("a").credit()).isEqualTo(credit(6, 3, 1));
  }

  @Test
  void creditIsNewsOnlyWhenItSaysSomethingElse() {
    register("a", 1, credit(4, 0, 0));

    assertThat(dispatch.credit("a", 1, credit(4, 0, 0))).isFalse();
    assertThat(dispatch.credit("a", 1, credit(5, 0, 0))).isTrue();
    assertThat(dispatch.credit("nobody", 1, credit(5, 0, 0))).isFalse();
  }

  @Test
  void theNextSessionOfAHolderReplacesTheOneBefore() {
    register("a", 1, credit(4, 0, 0));
    var stood = stands(dispatch.pair(0));
    assertThat(stood).extracting(Order.Stand::count).containsExactly(2, 2);

    assertThat(register("a", 2, credit(4, 0, 0))).isEqualTo(Registration.NEW);

    var orders = dispatch.pair(0);
    assertThat(revoked(orders)).containsExactlyInAnyOrderElementsOf(seqs(stood));
    assertThat(stands(orders)).extracting(stand -> stand.to().sessionNo()).containsOnly(2);
    assertThat(dispatch.workers()).hasSize(1);
  }

  @Test
  void whoeverEndedServesNothingAndItsCreditIsTakenBack() {
    register("a", 1, credit(4, 0, 0));
    dispatch.ready(0, MAIL, 1, 0);
    assertThat(dispatch.classes()).containsExactly(new ClassLine(MAIL, 1, true));
    dispatch.ready(0, MAIL, 0, 0);
    var stood = stands(dispatch.pair(0));
    dispatch.ready(0, MAIL, 5, 0);

    dispatch.end("a", 2);
    assertThat(dispatch.classes()).containsExactly(new ClassLine(MAIL, 5, true));
    dispatch.end("a", 1);

    assertThat(dispatch.classes()).containsExactly(new ClassLine(MAIL, 5, false));
    assertThat(dispatch.workers()).isEmpty();
    assertThat(revoked(dispatch.pair(0))).containsExactlyInAnyOrderElementsOf(seqs(stood));
  }

  @Test
  void whatWorkersHoldIsShown() {
    register("a", 1, credit(6, 5, 4));
    dispatch.register(offer("b", 1), credit(0, 0, 0));
    dispatch.ready(0, MAIL, 2, 0);

    var orders = dispatch.pair(0);

    assertThat(proposals(orders)).extracting(Order.Propose::count).containsExactly(2);
    assertThat(line("a").inFlight()).as("one lease, and two proposed").isEqualTo(3);
    assertThat(line("a").standing()).isEqualTo(3);
    assertThat(line("a").waitsForWork()).isFalse();
    assertThat(line("b").waitsForWork()).as("one that drains").isFalse();
    dispatch.register(offer("c", 1), credit(1, 0, 0));
    assertThat(line("c").waitsForWork()).isTrue();
    assertThat(line("c").inFlight()).isZero();
  }

  @Test
  void theFirstGrantsOfWorkersStandAtOnePartitionAfterTheOther() {
    var wide = dispatch(4);
    for (var holder : List.of("a", "b", "c")) {
      wide.register(offer(holder, 1), credit(1, 0, 0));
    }

    assertThat(stands(wide.pair(0))).extracting(Order::partition).containsExactly(0, 1, 2);
  }

  // ---- Grants

  @Test
  void aGrantIsUsedUpStepByStep() {
    register("a", 1, credit(4, 0, 0));
    var stand = stands(dispatch.pair(0)).get(0);

    dispatch.used(0, stand.seq(), 1, false);
    assertThat(line("a").standing()).isEqualTo(3);
    assertThat(line("a").inFlight()).isEqualTo(1);
    assertThat(standingAt(0)).containsExactly(new Belief.Standing(stand.seq(), 1, false));

    dispatch.used(0, stand.seq(), 2, false);

    assertThat(standingAt(0)).isEmpty();
    assertThat(line("a").standing()).isEqualTo(2);
  }

  @Test
  void aGrantThatEndsEarlyGivesItsCreditBack() {
    register("a", 1, credit(4, 0, 0));
    var stand = stands(dispatch.pair(0)).get(0);

    dispatch.used(0, stand.seq(), 0, true);

    assertThat(line("a").standing()).isEqualTo(2);
    assertThat(stands(dispatch.pair(0))).extracting(Order::partition).containsExactly(0);
  }

  /** With less credit than partitions it stands where it was used last. */
  @Test
  void aReportThatIsRepeatedIsNoUse() {
    register("a", 1, credit(4, 0, 0));
    var stood = stands(dispatch.pair(0));
    dispatch.used(0, stood.get(0).seq(), 1, false);
    dispatch.used(1, stood.get(1).seq(), 1, true);
    dispatch.used(0, stood.get(0).seq(), 1, true);

    dispatch.credit("a", 1, credit(1, 2, 2));

    assertThat(stands(dispatch.pair(0))).extracting(Order::partition).containsExactly(1);
  }

  @Test
  void whatALateUseTakesOfARevokedGrantIsHeld() {
    register("a", 1, credit(4, 0, 0));
    var stood = stands(dispatch.pair(0));
    dispatch.credit("a", 1, credit(0, 0, 0));
    assertThat(revoked(dispatch.pair(0))).containsExactlyInAnyOrderElementsOf(seqs(stood));
    assertThat(dispatch.awaitsPartitions()).isTrue();

    dispatch.used(0, stood.get(0).seq(), 1, true);

    assertThat(line("a").inFlight()).isEqualTo(1);
    dispatch.used(1, stood.get(1).seq(), 0, true);
    assertThat(line("a").inFlight()).isEqualTo(1);
    assertThat(dispatch.awaitsPartitions()).isFalse();
    dispatch.credit("a", 1, credit(4, 1, 1));
    assertThat(stands(dispatch.pair(0))).extracting(Order.Stand::count).containsExactly(2, 2);
  }

  @Test
  void lessCreditTakesBackTheNewestGrantsAndNoMoreThanItHasTo() {
    register("a", 1, credit(4, 0, 0));
    var stood = stands(dispatch.pair(0));

    dispatch.credit("a", 1, credit(3, 0, 0));

    assertThat(revoked(dispatch.pair(0))).containsExactly(stood.get(1).seq());
    assertThat(revoked(dispatch.pair(0))).as("while the first is on its way").isEmpty();
  }

  @Test
  void leasesThatNoGrantExplainsAreInFlight() {
    register("a", 1, credit(4, 0, 0));
    var stood = stands(dispatch.pair(0));

    dispatch.credit("a", 1, credit(4, 7, 0));
    stood.forEach(stand -> dispatch.used(stand.partition(), stand.seq(), 2, true));

    assertThat(line("a").inFlight()).as("four stood, three came besides").isEqualTo(7);
    assertThat(dispatch.inTransit()).as("any that is not reported").isFalse();
  }

  @Test
  void aLeaseThatNeverArrivesIsWrittenOffAtTheSecondLook() {
    register("a", 1, credit(4, 0, 0));
    var stand = stands(dispatch.pair(0)).get(0);
    assertThat(dispatch.inTransit()).isFalse();
    dispatch.used(0, stand.seq(), 2, true);
    assertThat(dispatch.inTransit()).isTrue();
    assertThat(dispatch.writeOffLost()).isZero();
    dispatch.credit("a", 1, credit(4, 1, 0));

    assertThat(dispatch.writeOffLost()).isEqualTo(1);

    assertThat(line("a").inFlight()).isEqualTo(1);
    assertThat(dispatch.inTransit()).isFalse();
    assertThat(dispatch.writeOffLost()).isZero();
    assertThat(line("a").inFlight()).isEqualTo(1);
  }

  @Test
  void aLeaseWhoseReportIsLostIsCountedAtTheSecondLook() {
    register("a", 1, credit(4, 0, 0));
    stands(dispatch.pair(0));
    dispatch.credit("a", 1, credit(4, 2, 0));
    assertThat(dispatch.inTransit()).isTrue();
    assertThat(dispatch.writeOffLost()).isZero();
    assertThat(dispatch.inTransit()).isTrue();

    assertThat(dispatch.writeOffLost()).isZero();

    assertThat(dispatch.inTransit()).isFalse();
    assertThat(line("a").inFlight()).isEqualTo(2);
  }

  // ---- Partitions

  @Test
  void anotherIncarnationIsARestart() {
    var fresh = new Dispatch(1, rules(Map.of()));

    assertThat(fresh.heeds(0, 7)).isFalse();
    assertThat(fresh.inventory(0, 7)).isFalse();
    assertThat(fresh.heeds(0, 7)).isTrue();
    assertThat(fresh.heeds(0, 6)).isFalse();
    assertThat(fresh.inventory(0, 7)).isFalse();
    assertThat(fresh.inventory(0, 8)).isTrue();
    fresh.lost(0);
    assertThat(fresh.heeds(0, 8)).isFalse();
    assertThat(fresh.inventory(0, 9)).as("also after it was lost").isTrue();
  }

  @Test
  void whatIsReadyIsUnknownUntilAPartitionSaysItAnew() {
    register("a", 1, credit(4, 0, 0));
    dispatch.ready(0, MAIL, 3, 0);
    dispatch.ready(1, MAIL, 4, 0);

    dispatch.inventory(0, 1);
    assertThat(dispatch.classes()).containsExactly(new ClassLine(MAIL, 4, true));
    dispatch.ready(0, MAIL, 3, 0);
    dispatch.lost(0);
    assertThat(dispatch.classes()).containsExactly(new ClassLine(MAIL, 4, true));
    dispatch.forsake(1);

    assertThat(dispatch.classes()).isEmpty();
    assertThat(dispatch.pair(0)).isEmpty();
    assertThat(dispatch.beliefs()).isEmpty();
  }

  @Test
  void aPartitionThatGreetsAnewLosesItsProposalsAndItsStandingGrants() {
    register("a", 1, credit(4, 0, 0));
    dispatch.ready(0, MAIL, 2, 0);
    var orders = dispatch.pair(0);
    assertThat(proposals(orders)).hasSize(1);
    var stood = stands(orders);
    dispatch.forsake(1);

    dispatch.inventory(0, 1);

    assertThat(line("a").inFlight()).isZero();
    assertThat(line("a").standing()).isZero();
    var seqsAtZero =
        stood.stream().filter(stand -> stand.partition() == 0).map(Order.Stand::seq).toList();
    assertThat(seqsAtZero).isNotEmpty();
    assertThat(revoked(dispatch.pair(0))).containsExactlyElementsOf(seqsAtZero);
    dispatch.inventory(0, 1);
    assertThat(revoked(dispatch.pair(0)))
        .as("asked again, since the first may be lost")
        .containsAll(seqsAtZero);
  }

  @Test
  void aForsakenPartitionGivesBackWhatItHadOnceItAnswers() {
    register("a", 1, credit(4, 0, 0));
    var stood = stands(dispatch.pair(0));
    dispatch.forsake(1);
    assertThat(line("a").standing()).isEqualTo(2);

    dispatch.inventory(1, 1);

    assertThat(revoked(dispatch.pair(0)).get(0)).isEqualTo(stood.get(1).seq());
    dispatch.inventory(1, 1);
    assertThat(revoked(dispatch.pair(0))).doesNotContain(stood.get(1).seq());
  }

  @Test
  void aLostPartitionHasNothingToGiveBack() {
    register("a", 1, credit(4, 0, 0));
    var stood = stands(dispatch.pair(0));
    dispatch.forsake(1);
    dispatch.lost(1);

    dispatch.inventory(1, 1);

    assertThat(revoked(dispatch.pair(0))).doesNotContain(stood.get(1).seq());
  }

  @Test
  void creditSpreadsOverAPartitionThatComesLater() {
    var later = new Dispatch(2, rules(Map.of()));
    later.inventory(0, 1);
    later.register(offer("a", 1), credit(4, 0, 0));
    var alone = stands(later.pair(0));
    assertThat(alone).extracting(Order.Stand::count).containsExactly(4);

    later.inventory(1, 1);
    var orders = later.pair(0);

    assertThat(revoked(orders)).containsExactly(alone.get(0).seq());
    later.used(0, alone.get(0).seq(), 0, true);
    assertThat(stands(later.pair(0))).extracting(Order.Stand::count).containsExactly(2, 2);
    assertThat(later.pair(0)).as("spread once").isEmpty();
  }

  @Test
  void aBeliefHasEverythingThatAPartitionCanCompare() {
    register("a", 1, credit(8, 0, 0));
    dispatch.ready(1, MAIL, 2, 0);
    dispatch.ready(1, BILLS, 1, 0);
    dispatch.ready(1, BILLS, 0, 0);
    var orders = dispatch.pair(0);
    var proposal = proposals(orders).get(0);
    dispatch.used(1, proposal.seq(), 1, true);
    dispatch.dealtWith(1, proposal.seq());
    dispatch.ready(1, MAIL, 1, 0);

    var belief = dispatch.beliefs().get(1);

    var stand = stands(orders).stream().filter(s -> s.partition() == 1).findFirst().orElseThrow();
    assertThat(belief)
        .isEqualTo(
            new Belief(
                1,
                1,
                Math.max(stand.seq(), proposal.seq()),
                proposal.seq(),
                Map.of(MAIL, 1),
                List.of(new Belief.Standing(stand.seq(), 0, false))));
    dispatch.lost(0);
    assertThat(dispatch.beliefs()).extracting(Belief::partition).containsExactly(1);
  }

  @Test
  void whatIsAskedBackAfterALookIsNoSilence() {
    register("a", 1, credit(4, 0, 0));
    dispatch.pair(0);
    assertThat(dispatch.silent()).isEmpty();
    dispatch.credit("a", 1, credit(0, 0, 0));
    dispatch.pair(0);

    assertThat(dispatch.silent()).isEmpty();
    assertThat(dispatch.silent()).containsExactly(0, 1);
  }

  @Test
  void tasksThatAreGoneAreNoReasonToTakeCreditBack() {
    register("a", 1, credit(4, 0, 0));
    dispatch.pair(0);
    dispatch.ready(0, MAIL, 50, 0);
    dispatch.ready(0, MAIL, 0, 0);

    assertThat(dispatch.pair(0)).isEmpty();
  }

  @Test
  void tasksThatWereLeasedAreNoReasonToTakeCreditBack() {
    register("a", 1, credit(4, 0, 0));
    dispatch.ready(0, MAIL, 3, 0);
    var proposal = proposals(dispatch.pair(0)).get(0);
    dispatch.used(0, proposal.seq(), 3, true);
    dispatch.dealtWith(0, proposal.seq());
    dispatch.ready(0, MAIL, 0, 0);
    dispatch.credit("a", 1, credit(4, 3, 3));
    assertThat(revoked(dispatch.pair(0))).isEmpty();

    assertThat(dispatch.pair(0)).isEmpty();
  }

  @Test
  void manyClassesPushOutNoneThatHasTasksOrGrants() {
    register("a", 1, credit(2, 0, 0));
    dispatch.ready(0, MAIL, 1, 0);
    var granted = proposals(dispatch.pair(0)).get(0);
    dispatch.ready(0, MAIL, 0, 0);
    dispatch.ready(0, BILLS, 5, 0);
    for (var i = 0; i < 12_000; i++) {
      var passing = new TaskClass("queue-" + i, "once", Lane.NORMAL, Priority.NORMAL);
      dispatch.ready(1, passing, 1, 0);
      dispatch.ready(1, passing, 0, 0);
    }

    assertThat(dispatch.classes()).containsExactly(new ClassLine(BILLS, 5, true));
    dispatch.used(0, granted.seq(), 1, true);
    dispatch.ready(0, MAIL, 1, 0);
    dispatch.credit("a", 1, credit(9, 1, 1));
    assertThat(proposals(dispatch.pair(0)))
        .extracting(Order.Propose::taskClass)
        .contains(MAIL, BILLS);
  }

  @Test
  void aWorkerThatIsRefusedIsProposedAgainAfterItsPause() {
    register("a", 1, credit(1, 0, 0));
    dispatch.ready(0, MAIL, 5, 0);
    for (var at = 0; at < REFUSALS; at++) {
      refuse(dispatch.pair(at));
    }

    assertThat(proposals(dispatch.pair(10))).isEmpty();
    // The last refusal is counted by the pairing that follows it.
    assertThat(dispatch.pairAgainInNanos()).isEqualTo(PAUSE);
    assertThat(proposals(dispatch.pair(10 + PAUSE - 1))).isEmpty();
    assertThat(dispatch.pairAgainInNanos()).isEqualTo(1);
    assertThat(proposals(dispatch.pair(10 + PAUSE))).hasSize(1);
    assertThat(dispatch.pairAgainInNanos()).isEqualTo(Long.MAX_VALUE);
  }

  private void refuse(List<Order> orders) {
    for (var proposal : proposals(orders)) {
      dispatch.used(proposal.partition(), proposal.seq(), 0, true);
      dispatch.dealtWith(proposal.partition(), proposal.seq());
    }
  }

  // ---- Words of the story

  private static Dispatch dispatch(int partitions) {
    var dispatch = new Dispatch(partitions, rules(Map.of()));
    for (var p = 0; p < partitions; p++) {
      dispatch.inventory(p, 1);
    }
    return dispatch;
  }

  private static Rules rules(Map<String, Integer> weights) {
    return new Rules(10, 500, 16, true, REFUSALS, PAUSE, weights);
  }

  private Registration register(String holder, int session, CreditTotals credit) {
    return dispatch.register(offer(holder, session), credit);
  }

  private static Offer offer(String holder, int session) {
    return new Offer(holder, session, "worker-" + holder, "main", List.of("*"), Set.of("*"));
  }

  private static CreditTotals credit(int capacity, long received, long released) {
    return new CreditTotals(capacity, 0, received, released, 0);
  }

  private Dispatch.WorkerLine line(String holder) {
    return dispatch.workers().stream()
        .filter(line -> line.offer().holder().equals(holder))
        .findFirst()
        .orElseThrow();
  }

  private List<Belief.Standing> standingAt(int partition) {
    return dispatch.beliefs().get(partition).standing();
  }

  private static List<Order.Propose> proposals(List<Order> orders) {
    return ofType(orders, Order.Propose.class);
  }

  private static List<Order.Stand> stands(List<Order> orders) {
    return ofType(orders, Order.Stand.class);
  }

  private static List<Long> revoked(List<Order> orders) {
    var seqs = new ArrayList<Long>();
    ofType(orders, Order.Revoke.class).forEach(revoke -> seqs.addAll(revoke.seqs()));
    return seqs;
  }

  private static List<Long> seqs(List<Order.Stand> stands) {
    return stands.stream().map(Order.Stand::seq).toList();
  }

  private static <T extends Order> List<T> ofType(List<Order> orders, Class<T> type) {
    return orders.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
