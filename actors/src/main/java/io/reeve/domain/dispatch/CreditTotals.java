package io.reeve.domain.dispatch;

/**
 * A session's credit as it counts it itself. Cumulative, so that a lost or repeated statement
 * cannot make it drift.
 *
 * @param capacity leases the worker is ready to hold; 0 while it drains
 * @param urgentReserve how many of them only urgent tasks may use
 * @param receivedTotal assignments that reached the session, those taken over included
 * @param releasedTotal slots given back since
 */
public record CreditTotals(
    int capacity, int urgentReserve, long receivedTotal, long releasedTotal) {

  /** These totals after {@code earlier} ones: what is in them never falls. */
  CreditTotals after(CreditTotals earlier) {
    return new CreditTotals(
        capacity,
        urgentReserve,
        Math.max(receivedTotal, earlier.receivedTotal),
        Math.max(releasedTotal, earlier.releasedTotal));
  }
}
