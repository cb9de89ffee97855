package io.reeve.domain.dispatch;

import io.reeve.domain.task.Lane;
import java.util.ArrayList;
import java.util.List;

/**
 * One session's account. In flight are the assignments it received and did not release, those
 * leased that are on their way to it, and all that open grants may still lease.
 */
final class WorkerLedger {

  /**
   * The account in short, as its group has counted it.
   *
   * @param freeShare of what it can hold; the greatest is the least loaded
   * @param freeForUrgent urgent tasks that it has room for
   * @param freeForNormal normal tasks that it has room for
   * @param overNormal see {@link WorkerLedger#overNormal}
   * @param crowded urgent tasks hold slots beside its reserve, so that room for a normal task can
   *     be kept
   * @param alone one of its leases must have nothing beside it
   */
  record Tally(
      double freeShare,
      int freeForUrgent,
      int freeForNormal,
      long overNormal,
      boolean crowded,
      long held,
      long standing,
      long revoking,
      boolean inTransit,
      boolean alone) {

    static final Tally NOTHING = new Tally(0, 0, 0, 0, false, 0, 0, 0, false, false);
  }

  final Offer offer;

  /** In the order they came. */
  final int no;

  /** Those that offer the same as far as a task asks for it. */
  Group group;

  private final List<WorkerLedger> changes;
  private boolean changed;

  /** What its group has counted. */
  Tally tally = Tally.NOTHING;

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
  private boolean keepsRoom;

  /** Gets nothing, so that a task in quarantine finds it without others. */
  private boolean apart;

  /** Its standing grants that are not being revoked, the oldest first. */
  final List<OpenGrant> stands = new ArrayList<>();

  final int[] standingAt;

  /** The partitions, the one that last leased to it first. */
  final int[] recency;

  final int[] refusals;
  final long[] pausedUntil;

  /**
   * @param changes gets this ledger when it changes, once until {@link #takenIn}
   */
  WorkerLedger(
      Offer offer,
      CreditTotals credit,
      int partitions,
      int no,
      Group group,
      List<WorkerLedger> changes) {
    this.offer = offer;
    this.no = no;
    this.group = group;
    this.changes = changes;
    this.credit = credit;
    this.leasedTotal = credit.receivedTotal();
    this.standingAt = new int[partitions];
    this.refusals = new int[partitions];
    this.pausedUntil = new long[partitions];
    this.recency = new int[partitions];
    for (var i = 0; i < partitions; i++) {
      recency[i] = (no + i) % partitions;
    }
  }

  // ---- What it comes to

  /** Notes that the account changes. */
  void change() {
    if (!changed) {
      changed = true;
      changes.add(this);
    }
  }

  /** Its changes up to now are known to its group. */
  void takenIn() {
    changed = false;
  }

  Tally tallied() {
    return new Tally(
        freeShare(),
        grantable(Lane.URGENT),
        grantable(Lane.NORMAL),
        overNormal(),
        credit.capacity() > 0 && credit.urgentReserve() > 0 && crowdsOutNormal(),
        held(),
        standing,
        revoking,
        inTransit(),
        credit.alone());
  }

  /** Lets it take no urgent task for now, so that a normal one finds room; or lets it again. */
  void keepRoom(boolean keep) {
    keepsRoom = keep;
    change();
  }

  /** Gives it nothing from now on, and takes its standing credit back; or lets it work again. */
  void setApart(boolean now) {
    if (apart != now) {
      apart = now;
      change();
    }
  }

  /** Whether it may get nothing, since a task is or will be alone on it. */
  private boolean isApart() {
    return apart || credit.alone();
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
    return gone || isApart()
        ? 0
        : CreditRule.free(lane, credit.capacity(), credit.urgentReserve(), inFlight());
  }

  /** How many tasks of the lane it may be given in this round. */
  int grantable(Lane lane) {
    return lane == Lane.URGENT && keepsRoom ? 0 : free(lane);
  }

  /** Its free share of what it can hold; the greatest is the least loaded. */
  private double freeShare() {
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
    var limit =
        isApart() ? 0 : CreditRule.limit(Lane.NORMAL, credit.capacity(), credit.urgentReserve());
    return inFlight() - revoking - limit;
  }

  /**
   * Whether urgent tasks hold slots that normal tasks may have: then room can be kept for a normal
   * task. Where normal tasks have all their slots, the urgent reserve is left to urgent ones.
   */
  private boolean crowdsOutNormal() {
    return !isApart()
        && held() - credit.urgentHeld()
            < CreditRule.limit(Lane.NORMAL, credit.capacity(), credit.urgentReserve());
  }

  // ---- What changes it

  void open(OpenGrant grant) {
    change();
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
    change();
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
    change();
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
    change();
    standing -= grant.remaining();
    standingAt[grant.stock.partition] -= grant.remaining();
    stands.remove(grant);
    grant.revoked = true;
    revoking += grant.remaining();
  }

  /** Whether these totals are news. */
  boolean credit(CreditTotals totals) {
    change();
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
  private boolean inTransit() {
    return leasedTotal != credit.receivedTotal();
  }

  /**
   * Writes off what was leased when this was last called and has not arrived since: it was lost on
   * the way. What had arrived by then and is not reported since lost its report, and is counted.
   *
   * @return how much was written off
   */
  long writeOffLost() {
    change();
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
