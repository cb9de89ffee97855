package io.reeve.session;

/** How a worker is, as far as its session knows. */
public enum WorkerStatus {
  /** Connected, and heard of within the time-out. */
  ONLINE,
  /** The same, but it takes no new work. */
  DRAINING,
  /** Its leases wait for it to come back, or it came back and they are being confirmed. */
  RESUMING,
  /** Its session has ended. */
  OFFLINE;

  /**
   * How a welcomed worker is.
   *
   * @param capacity as it stated last
   * @param state as it said in its last heartbeat, by its name in the protocol; empty before
   */
  static WorkerStatus ofConnected(int capacity, String state) {
    return switch (state) {
      case "WORKER_STATE_DRAINING", "WORKER_STATE_STOPPING" -> DRAINING;
      default -> capacity > 0 ? ONLINE : DRAINING;
    };
  }
}
