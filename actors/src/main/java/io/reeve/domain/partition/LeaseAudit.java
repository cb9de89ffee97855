package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;

/**
 * When sessions are asked whether they have their leases: an interval after there were leases
 * first, and then once an interval while there are. Without leases it waits for nothing.
 */
final class LeaseAudit {

  private final long intervalNanos;
  private boolean waits;

  /** Meaningless unless it waits. */
  private long atNanos;

  LeaseAudit(long intervalNanos) {
    this.intervalNanos = intervalNanos;
  }

  /** Whether to ask now. */
  boolean due(long nowNanos, boolean leases) {
    var due = leases && waits && nowNanos - atNanos >= 0;
    if (leases && (due || !waits)) {
      atNanos = nowNanos + intervalNanos;
    }
    waits = leases;
    return due;
  }

  /** Nanoseconds until it may be due; Long.MAX_VALUE: not before there are leases. */
  long inNanos(long nowNanos) {
    return waits ? TimeBounds.waitUntilNanos(atNanos, nowNanos) : Long.MAX_VALUE;
  }
}
