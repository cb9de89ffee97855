package io.reeve.worker;

import java.io.PrintStream;

/** Prints one line for each registration, loss and end of a pool, for people and scripts. */
final class Announcements implements WorkerListener {

  private final PrintStream out;

  Announcements(PrintStream out) {
    this.out = out;
  }

  @Override
  public void registered(Registration pool) {
    out.printf(
        "worker %s %s: %s at %s%s, capacity %d, urgent reserve %d, queues %s, kinds %s%n",
        pool.workerId(),
        pool.pool(),
        pool.resumed() ? "resumed" : "registered",
        pool.endpoint(),
        pool.node().isEmpty() ? "" : " (node " + pool.node() + ")",
        pool.capacity(),
        pool.reserve(),
        String.join(",", pool.queues()),
        String.join(",", pool.kinds()));
    out.flush();
  }

  @Override
  public void lost(String pool, String endpoint, String reason) {
    line(pool + ": lost " + endpoint + ", connecting again: " + reason);
  }

  @Override
  public void notConnected(String pool, String endpoint, String reason) {
    line(pool + ": no session at " + endpoint + ", trying again: " + reason);
  }

  @Override
  public void ended(String pool, PoolEnd end, String reason) {
    line(
        pool
            + switch (end) {
              case DRAINED -> ": ended, all settled or handed back: ";
              case UNSETTLED -> ": ended, and its last reports reached no server: ";
              case FAILED -> ": failed: ";
            }
            + reason);
  }

  private void line(String text) {
    out.println(text);
    out.flush();
  }
}
