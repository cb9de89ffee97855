package io.reeve.check;

import io.reeve.domain.task.Lane;

/**
 * What a worker may get in one session, by its own words. The server knows of no newer word than
 * the worker's last, so it never may think that there is more room than this.
 */
final class SessionCredit {

  private int capacity;
  private int normalMax;
  private final long held;
  private long delivered;
  private long released;

  SessionCredit(Fact.SessionBegan began) {
    held = began.held();
    capacity = began.capacity();
    normalMax = began.capacity() - began.urgentReserve();
  }

  /** What was said before may be on its way still, so that a lower capacity binds nobody yet. */
  void state(Fact.CreditStated stated) {
    capacity = Math.max(capacity, stated.capacity());
    normalMax = Math.max(normalMax, stated.capacity() - stated.urgentReserve());
    released = stated.releasedTotal();
  }

  /** Counts a lease; tells whether there was room for it. */
  boolean deliver(Lane lane) {
    var room = inFlight() < (lane == Lane.URGENT ? capacity : normalMax);
    delivered++;
    return room;
  }

  long inFlight() {
    return held + delivered - released;
  }

  @Override
  public String toString() {
    return "%d of %d in flight, %d for normal tasks".formatted(inFlight(), capacity, normalMax);
  }
}
