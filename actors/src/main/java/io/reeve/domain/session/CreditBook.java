package io.reeve.domain.session;

import io.reeve.domain.dispatch.CreditRule;
import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.task.Lane;
import org.jspecify.annotations.Nullable;

/**
 * A session's credit. The last authority on it: an assignment beyond the credit is not passed on
 * but handed back, and counts as received and released.
 */
public final class CreditBook {

  /** Leases a resuming worker may name, as a multiple of the greatest capacity. */
  private static final int HELD_PER_CAPACITY = 4;

  private final int capacityMax;
  private int capacity;
  private int urgentReserve;
  private long received;
  private long releasedByWorker;
  private long handedBack;

  /** The latest lease must have nothing beside it, or one that was taken over. */
  private boolean alone;

  /**
   * @param capacityMax most that the worker may state
   * @param kept leases taken over from the holder's earlier session
   */
  public CreditBook(int capacityMax, int capacity, int urgentReserve, long kept) {
    this.capacityMax = capacityMax;
    this.capacity = capacity;
    this.urgentReserve = urgentReserve;
    this.received = kept;
  }

  /** What is wrong with these bounds, or null. */
  public static @Nullable Misuse check(int capacity, int urgentReserve, int capacityMax) {
    if (capacity < 0 || capacity > capacityMax) {
      return Misuse.of(
          Misuse.Code.CAPACITY_OUT_OF_BOUNDS, "a capacity of 0 to " + capacityMax, capacity);
    }
    if (urgentReserve < 0 || urgentReserve > Math.max(0, capacity - 1)) {
      return Misuse.of(
          Misuse.Code.CAPACITY_OUT_OF_BOUNDS,
          "an urgent reserve of 0 to capacity - 1",
          urgentReserve);
    }
    return null;
  }

  /**
   * How many leases a resuming worker may name. Settlements on their way count as held, so there
   * may be more than the capacity.
   */
  public static int heldMax(int capacityMax) {
    return HELD_PER_CAPACITY * capacityMax;
  }

  /** What is wrong with resuming so many leases, or null. */
  public static @Nullable Misuse checkHeld(int held, int capacityMax) {
    var max = heldMax(capacityMax);
    return held <= max
        ? null
        : Misuse.of(Misuse.Code.CAPACITY_OUT_OF_BOUNDS, "at most " + max + " leases held", held);
  }

  /**
   * The worker states its credit.
   *
   * @param releasedTotal slots it gave back since the session began
   * @return how that breaks the protocol, or null
   */
  public @Nullable Misuse state(int capacity, int urgentReserve, long releasedTotal) {
    var misuse = check(capacity, urgentReserve, capacityMax);
    if (misuse != null) {
      return misuse;
    }
    if (releasedTotal < releasedByWorker) {
      return Misuse.of(
          Misuse.Code.TOTAL_FELL,
          "a released total of " + releasedByWorker + " or more",
          releasedTotal);
    }
    if (releasedTotal > received - handedBack) {
      return Misuse.of(
          Misuse.Code.RELEASED_TOO_MUCH,
          "a released total of " + (received - handedBack) + " or less",
          releasedTotal);
    }
    this.capacity = capacity;
    this.urgentReserve = urgentReserve;
    this.releasedByWorker = releasedTotal;
    return null;
  }

  /**
   * Counts an assignment that arrived.
   *
   * @param alone the worker must hold nothing beside it
   * @return whether the worker may have it; else it must be handed back, and is counted so
   */
  public boolean admit(Lane lane, boolean alone) {
    var fits = inFlight() == 0 || !(alone || isAlone());
    var covered = fits && CreditRule.free(lane, capacity, urgentReserve, inFlight()) > 0;
    received++;
    if (covered) {
      this.alone = alone;
    } else {
      handedBack++;
    }
    return covered;
  }

  /** Among the leases that were taken over is one that must have nothing beside it. */
  public void holdsAlone() {
    alone = true;
  }

  /** Whether the worker must get nothing until it holds nothing. */
  private boolean isAlone() {
    return alone && inFlight() > 0;
  }

  /**
   * Counts an assignment that arrived for a worker that is not there.
   *
   * @return false: it must be handed back
   */
  public boolean turnAway() {
    received++;
    handedBack++;
    return false;
  }

  /** Takes no more: the worker is not there. */
  public void close() {
    capacity = 0;
    urgentReserve = 0;
  }

  public long inFlight() {
    return received - releasedByWorker - handedBack;
  }

  /**
   * For the dispatcher.
   *
   * @param urgentHeld leases of urgent tasks that are held now
   */
  public CreditTotals totals(long urgentHeld) {
    return new CreditTotals(
        capacity, urgentReserve, received, releasedByWorker + handedBack, urgentHeld, isAlone());
  }
}
