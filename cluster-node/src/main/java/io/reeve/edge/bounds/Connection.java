package io.reeve.edge.bounds;

import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * One connection of a caller: its part of the {@link Room}, its open calls, and since when it has
 * had none. May be used by any thread.
 */
public final class Connection {

  private final InetSocketAddress remote;
  private final Room.Share share;
  private final LongSupplier nanoTime;
  private final AtomicInteger open = new AtomicInteger();
  private volatile int calls;
  private volatile long idleSince;

  // Guarded by this object.
  private Runnable closing = () -> {};
  private boolean closed;

  Connection(InetSocketAddress remote, Room.Share share, LongSupplier nanoTime) {
    this.remote = remote;
    this.share = share;
    this.nanoTime = nanoTime;
    this.idleSince = nanoTime.getAsLong();
  }

  /** Where it comes from. */
  public InetSocketAddress remote() {
    return remote;
  }

  Room.Share share() {
    return share;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // Only whether it changed is of interest.
  void began() {
    open.incrementAndGet();
    calls++;
  }

  void ended() {
    idleSince = nanoTime.getAsLong();
    open.decrementAndGet();
  }

  /** A number that changes with every call. */
  int calls() {
    return calls;
  }

  boolean isIdle() {
    return open.get() == 0;
  }

  /** For how long no call has been open; of no meaning while one is. */
  long idleNanos() {
    return nanoTime.getAsLong() - idleSince;
  }

  /** Has {@code close} run when this connection is to end, or at once where that has been said. */
  void onClose(Runnable close) {
    synchronized (this) {
      if (!closed) {
        closing = close;
        return;
      }
    }
    close.run();
  }

  void close() {
    Runnable told;
    synchronized (this) {
      closed = true;
      told = closing;
    }
    told.run();
  }
}
