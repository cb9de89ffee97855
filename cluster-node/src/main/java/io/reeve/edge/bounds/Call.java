package io.reeve.edge.bounds;

/**
 * The bytes in flight of one call. They are given back when the call ends, whatever became of it.
 *
 * <p>Every method may be called by any thread.
 */
public final class Call {

  private final Connection connection;
  private long held;
  private boolean ended;

  /** A call that begins now. */
  public Call(Connection connection) {
    this.connection = connection;
    connection.began();
  }

  /** Takes {@code bytes} for this call; false when there is no room. */
  public synchronized boolean take(long bytes) {
    if (ended || !connection.share().take(bytes)) {
      return false;
    }
    held += bytes;
    return true;
  }

  /** Gives back what this call took earlier, or what of it is left. */
  public synchronized void give(long bytes) {
    var given = Math.min(bytes, held);
    held -= given;
    connection.share().give(given);
  }

  /** Gives back everything that this call took, and takes {@code bytes} instead. */
  public synchronized boolean takeInstead(long bytes) {
    give(held);
    return take(bytes);
  }

  /** Runs {@code retry} once, after anybody's bytes have been given back. */
  public void whenFreed(Runnable retry) {
    connection.share().room().whenFreed(retry);
  }

  /** The call has ended. A second end changes nothing. */
  public void end() {
    long rest;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      rest = held;
      held = 0;
    }
    connection.share().give(rest);
    connection.ended();
  }
}
