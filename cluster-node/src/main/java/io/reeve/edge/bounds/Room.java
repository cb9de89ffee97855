package io.reeve.edge.bounds;

import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that may be in flight in this process: requests that are read or worked on, and answers
 * that callers have not read yet. One budget for all callers, since the product of limits per call
 * is what ends a process.
 *
 * <p>Every method may be called by any thread and none blocks.
 */
public final class Room {

  private static final int SHARES = 4;

  private final long max;
  private final long shareMax;
  private final AtomicLong used = new AtomicLong();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /**
   * A room of {@code max} bytes, or of two of the largest messages where that is more.
   *
   * @param messageMax bytes of the largest message, which must fit alone
   */
  public Room(long max, long messageMax) {
    this.max = Math.max(max, 2 * messageMax);
    this.shareMax = Math.max(this.max / SHARES, messageMax);
  }

  /** A room of that share of the largest heap that this process may have. */
  public static Room ofHeap(double share, long messageMax) {
    return new Room((long) (Runtime.getRuntime().maxMemory() * share), messageMax);
  }

  /** Bytes that may be in flight. */
  public long max() {
    return max;
  }

  /** Bytes that are in flight. */
  public long used() {
    return used.get();
  }

  /** The part of one caller, who may have a quarter of the room at most. */
  public Share share() {
    return new Share();
  }

  /**
   * Runs {@code retry} once, after some bytes have been given back. A caller that could not take
   * its bytes first registers here and then tries again, so that no release is missed.
   *
   * @param retry must not block
   */
  public void whenFreed(Runnable retry) {
    waiting.add(retry);
  }

  private void wake() {
    if (waiting.isEmpty()) {
      return;
    }
    var woken = new ArrayList<Runnable>();
    for (var retry = waiting.poll(); retry != null; retry = waiting.poll()) {
      woken.add(retry);
    }
    // They may register again, so not while the queue is walked.
    woken.forEach(Runnable::run);
  }

  /** What one caller holds of the room. */
  public final class Share {

    private long mine;
    private boolean closed;

    private Share() {}

    /** The room that this is a part of. */
    public Room room() {
      return Room.this;
    }

    /** Bytes that this caller holds. */
    public synchronized long held() {
      return mine;
    }

    /**
     * Takes {@code bytes}, or nothing when the room or this caller's part has not that much left.
     */
    public synchronized boolean take(long bytes) {
      // A caller that holds nothing else gets its one message, however large.
      if (closed || (mine > 0 && mine + bytes > shareMax)) {
        return false;
      }
      if (used.addAndGet(bytes) > max) {
        used.addAndGet(-bytes);
        return false;
      }
      mine += bytes;
      return true;
    }

    /** Gives {@code bytes} back that were taken before; changes nothing after {@link #close}. */
    public void give(long bytes) {
      synchronized (this) {
        if (closed || bytes == 0) {
          return;
        }
        mine -= bytes;
        used.addAndGet(-bytes);
      }
      wake();
    }

    /** The caller is gone: gives everything back, for good. */
    public void close() {
      synchronized (this) {
        closed = true;
        used.addAndGet(-mine);
        mine = 0;
      }
      wake();
    }
  }
}
