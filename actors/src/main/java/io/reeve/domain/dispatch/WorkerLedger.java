package io.reeve.domain.dispatch;

import io.reeve.domain.task.Lane;
import java.util.ArrayList;
import java.util.List;

/**
 * One session's account. In flight are the assignments it received and did not release, those
 * leased that are on their way to it, and all that open grants may still lease.
 */
final class WorkerLedger {

  final Offer offer;
  CreditTotals credit;

  /** Leases given under reported grants, on top of what it held when it registered. */
  long leasedTotal;

  /** What a look some time ago found leased; all of that must have arrived by now. */
  private long leasedMark = -1;

  /** What such a look found received; all of that must have been reported by now. */
  private long receivedMark;

  private long proposed;
  private long standing;
  private long revoking;
  boolean gone;

  /** Takes no urgent task until the next round, so that a normal one finds room. */
  boolean keepsRoom;

  /** Its standing grants that are not being revoked, the oldest first. */
  final List<OpenGrant> stands = new ArrayList<>();

  final int[] standingAt;

  /** The partitions, the one that last leased to it first. */
  final int[] recency;

  final int[] refusals;
  final long[] pausedUntil;

  WorkerLedger(Offer offer, CreditTotals credit, int partitions, int firstPartition) {
    this.offer = offer;
    this.credit = credit;
    this.leasedTotal = credit.receivedTotal();
    this.standingAt = new int[partitions];
    this.refusals = new int[partitions];
    this.pausedUntil = new long[partitions];
    this.recency = new int[partitions];
    for (var i = 0; i < partitions; i++) {
      recency[i] = (firstPartition + i) % partitions;
    }
  }

  long inFlight() {
    return Math.max(leasedTotal, credit.receivedTotal())
        - credit.releasedTotal()
        + proposed
        + standing
        + revoking;
  }

  /** Leases that it has, and those proposed for it. */
  long held() {
    return inFlight() - standing - revoking;
  }

  int free(Lane lane) {
    return gone ? 0 : CreditRule.free(lane, credit.capacity(), credit.urgentReserve(), inFlight());
  }

  /** How many tasks of the lane it may be given in this round. */
  int grantable(Lane lane) {
    return lane == Lane.URGENT && keepsRoom ? 0 : free(lane);
  }

  /** Its free share of what it can hold; the greatest is the least loaded. */
  double freeShare() {
    return credit.capacity() <= 0
        ? 0
        : (double) (credit.capacity() - inFlight()) / credit.capacity();
  }

  /** Standing credit that is not being revoked. */
  long standing() {
    return standing;
  }

  long revoking() {
    return revoking;
  }

  /** How much more is granted than normal tasks may use, were all revocations through. */
  long overNormal() {
    return inFlight()
        - revoking
        - CreditRule.limit(Lane.NORMAL, credit.capacity(), credit.urgentReserve());
  }

  /**
   * Whether urgent tasks hold slots that normal tasks may have: then room can be kept for a normal
   * task. Where normal tasks have all their slots, the urgent reserve is left to urgent ones.
   */
  boolean crowdsOutNormal() {
    return held() - credit.urgentHeld()
        < CreditRule.limit(Lane.NORMAL, credit.capacity(), credit.urgentReserve());
  }

  void open(OpenGrant grant) {
    if (grant.ready != null) {
      proposed += grant.remaining();
    } else {
      standing += grant.remaining();
      standingAt[grant.stock.partition] += grant.remaining();
      stands.add(grant);
    }
  }

  /** Takes what is left of the grant out of the account. */
  void close(OpenGrant grant) {
    if (grant.ready != null) {
      proposed -= grant.remaining();
    } else if (grant.revoked) {
      revoking -= grant.remaining();
    } else {
      standing -= grant.remaining();
      standingAt[grant.stock.partition] -= grant.remaining();
      stands.remove(grant);
    }
  }

  /** Notes that {@code more} tasks were leased under the grant. */
  void leased(OpenGrant grant, int more) {
    if (grant.ready != null) {
      proposed -= more;
    } else if (grant.revoked) {
      revoking -= more;
    } else {
      standing -= more;
      standingAt[grant.stock.partition] -= more;
    }
    grant.leased += more;
    leasedTotal += more;
    used(grant.stock.partition);
  }

  void revoke(OpenGrant grant) {
    standing -= grant.remaining();
    standingAt[grant.stock.partition] -= grant.remaining();
    stands.remove(grant);
    grant.revoked = true;
    revoking += grant.remaining();
  }

  /** Whether these totals are news. */
  boolean credit(CreditTotals totals) {
    var before = credit;
    credit = totals.after(before);
    // More arrived than all grants of ours explain: leases of an earlier dispatcher or of a grant
    // whose report was lost. They are in flight like any other.
    var explained = leasedTotal + proposed + standing + revoking;
    if (credit.receivedTotal() > explained) {
      leasedTotal += credit.receivedTotal() - explained;
    }
    return !credit.equals(before);
  }

  /** Whether some leases have arrived and are not reported, or the other way round. */
  boolean inTransit() {
    return leasedTotal != credit.receivedTotal();
  }

  /**
   * Writes off what was leased when this was last called and has not arrived since: it was lost on
   * the way. What had arrived by then and is not reported since lost its report, and is counted.
   *
   * @return how much was written off
   */
  long writeOffLost() {
    var lost = Math.max(0, leasedMark - credit.receivedTotal());
    leasedTotal = Math.max(leasedTotal - lost, receivedMark);
    receivedMark = credit.receivedTotal();
    leasedMark = leasedTotal > credit.receivedTotal() ? leasedTotal : -1;
    return lost;
  }

  private void used(int partition) {
    var at = 0;
    while (recency[at] != partition) {
      at++;
    }
    System.arraycopy(recency, 0, recency, 1, at);
    recency[0] = partition;
  }
}
