package io.reeve.domain.dispatch;

/**
 * A session's credit as it counts it itself. Cumulative, so that a lost or repeated statement
 * cannot make it drift.
 *
 * @param capacity leases the worker is ready to hold; 0 while it drains
 * @param urgentReserve how many of them only urgent tasks may use
 * @param receivedTotal assignments that reached the session, those taken over included
 * @param releasedTotal slots given back since, by the worker or by the session itself
 * @param urgentHeld leases of urgent tasks that the session holds now, about: a lease counts until
 *     its settlement is durable, and one of an earlier session counts as normal
 * @param alone one of the leases must have nothing beside it
 */
public record CreditTotals(
    int capacity,
    int urgentReserve,
    long receivedTotal,
    long releasedTotal,
    long urgentHeld,
    boolean alone) {

  /** Of a session whose leases may have others beside them. */
  public CreditTotals(
      int capacity, int urgentReserve, long receivedTotal, long releasedTotal, long urgentHeld) {
    this(capacity, urgentReserve, receivedTotal, releasedTotal, urgentHeld, false);
  }

  /** These totals after {@code earlier} ones: what is in them never falls. */
  CreditTotals after(CreditTotals earlier) {
    return new CreditTotals(
        capacity,
        urgentReserve,
        Math.max(receivedTotal, earlier.receivedTotal),
        Math.max(releasedTotal, earlier.releasedTotal),
        urgentHeld,
        alone);
  }
}
