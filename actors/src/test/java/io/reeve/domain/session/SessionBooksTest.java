package io.reeve.domain.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Settlement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The books of a session at their bounds, and what is told of them. */
class SessionBooksTest {

  // ---- Credit

  @Test
  void aCapacityUpToTheGreatestIsAllowed() {
    assertThat(CreditBook.check(0, 0, 10)).isNull();
    assertThat(CreditBook.check(10, 9, 10)).isNull();
    assertThat(CreditBook.check(11, 0, 10))
        .isEqualTo(
            new Misuse(
                Misuse.Code.CAPACITY_OUT_OF_BOUNDS, "expected a capacity of 0 to 10, got 11"));
  }

  @Test
  void aWorkerResumesFourTimesTheGreatestCapacity() {
    assertThat(CreditBook.heldMax(10)).isEqualTo(40);
    assertThat(CreditBook.checkHeld(40, 10)).isNull();
    assertThat(CreditBook.checkHeld(41, 10))
        .isEqualTo(
            new Misuse(
                Misuse.Code.CAPACITY_OUT_OF_BOUNDS, "expected at most 40 leases held, got 41"));
  }

  @Test
  void aReleasedTotalNeverFalls() {
    var book = new CreditBook(10, 4, 0, 3);
    assertThat(book.state(4, 0, 2)).isNull();

    assertThat(book.state(4, 0, 1))
        .isEqualTo(
            new Misuse(Misuse.Code.TOTAL_FELL, "expected a released total of 2 or more, got 1"));
    assertThat(book.totals(0)).isEqualTo(new CreditTotals(4, 0, 3, 2, 0));
  }

  @Test
  void whatComesForAnAbsentWorkerIsReceivedAndHandedBack() {
    var book = new CreditBook(10, 4, 2, 1);
    book.close();

    assertThat(book.turnAway()).isFalse();
    assertThat(book.admit(Lane.URGENT, false)).isFalse();

    assertThat(book.totals(1)).isEqualTo(new CreditTotals(0, 0, 3, 2, 1));
    assertThat(book.inFlight()).isEqualTo(1);
  }

  // ---- Leases

  @Test
  void urgentLeasesAreCountedUntilTheyGoOrTurnNormal() {
    var leases = new LeaseTable(2);
    assertThat(leases.putUrgent(0, 1, 5)).isZero();
    assertThat(leases.putUrgent(0, 2, 5)).isZero();
    assertThat(leases.putUrgent(1, 1, 5)).isZero();
    leases.put(1, 2, 5);
    assertThat(leases.urgent()).isEqualTo(3);

    assertThat(leases.putUrgent(0, 1, 6)).as("the same task under its next lease").isEqualTo(5);
    assertThat(leases.urgent()).isEqualTo(3);
    assertThat(leases.put(0, 1, 7)).isEqualTo(6);
    assertThat(leases.urgent()).isEqualTo(2);
    assertThat(leases.remove(0, 2, 4)).isFalse();
    assertThat(leases.urgent()).isEqualTo(2);
    assertThat(leases.remove(0, 2, 5)).isTrue();
    assertThat(leases.remove(1, 2, 5)).isTrue();

    assertThat(leases.urgent()).isEqualTo(1);
    assertThat(leases.total()).isEqualTo(2);
  }

  // ---- Batches of settlements

  @Test
  void theNextBatchIsTheOneAfterTheLast() {
    var batches = new SettlementBatches(2);
    assertThat(batches.check(1)).isNull();
    batches.open(1, List.of(part(0)));
    batches.open(2, List.of(part(0), part(1)));
    assertThat(batches.isEmpty()).isFalse();

    assertThat(batches.check(2))
        .isEqualTo(new Misuse(Misuse.Code.BATCH_OUT_OF_ORDER, "expected batch 3, got 2"));
    assertThat(batches.check(3))
        .isEqualTo(
            new Misuse(Misuse.Code.TOO_MANY_BATCHES, "expected at most 2 open batches, got 3"));
  }

  @Test
  void whatAPartitionOwesIsToldInOrder() {
    var batches = new SettlementBatches(4);
    batches.open(1, List.of(part(0)));
    batches.open(2, List.of(part(1), part(0)));
    batches.open(3, List.of(part(1)));
    batches.acknowledged(0, 1);
    var owed = new ArrayList<String>();

    batches.forEachPending(1, (batch, part) -> owed.add(batch + " of " + part.partition()));
    batches.forEachPending(0, (batch, part) -> owed.add(batch + " of " + part.partition()));

    assertThat(owed).containsExactly("2 of 1", "3 of 1", "2 of 0");
  }

  private static SettlementBatches.Part part(int partition) {
    return new SettlementBatches.Part(partition, List.of(Settlement.completed(1, 1, new byte[0])));
  }

  // ---- Deliveries

  @Test
  void leasesOfMessagesThatAreUnacknowledgedForLongAreTold() {
    var watch = new DeliveryWatch();
    watch.next(0, new long[] {1}, new long[] {11}, 100);
    watch.next(1, new long[] {2, 3}, new long[] {12, 13}, 200);
    watch.next(0, new long[] {4}, new long[] {14}, 300);
    watch.received(1);
    var seen = new ArrayList<String>();

    watch.forEachUnacknowledged(
        299, 100, (partition, sequence, fence) -> seen.add("too early: " + sequence));
    watch.forEachUnacknowledged(
        300,
        100,
        (partition, sequence, fence) -> seen.add(partition + ": " + sequence + " " + fence));

    assertThat(seen).containsExactly("1: 2 12", "1: 3 13");
  }
}
