package io.reeve.domain.partition;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Bytes of live tasks that all partitions of one process may hold together. Partitions reserve them
 * in slabs of 1 MiB, so a task costs an addition and no look here. Safe for many threads.
 *
 * <p>A partition that recovers takes what its journal holds, also beyond the share for submissions,
 * up to a limit below which the heap still works. So what was taken once fits again into the same
 * heap, and a heap that is too small is told before it is full.
 */
public final class LiveBudget {

  static final long SLAB = 1 << 20;

  private final long share;
  private final long limit;
  private final LongConsumer onExhausted;
  private final Map<Integer, Account> accounts = new HashMap<>();
  private long used;

  /**
   * @param share bytes up to which submissions are taken
   * @param limit bytes up to which recoveries are let
   * @param onExhausted is told how many bytes a recovery asked for in vain, all together; called by
   *     any thread
   */
  public LiveBudget(long share, long limit, LongConsumer onExhausted) {
    if (share < SLAB || limit < share) {
      throw new IllegalArgumentException(
          "expected a share of " + SLAB + " or more below its limit, got " + share + ", " + limit);
    }
    this.share = share;
    this.limit = limit;
    this.onExhausted = onExhausted;
  }

  /** A budget that never ends, for tools and tests. */
  public static LiveBudget unbounded() {
    return new LiveBudget(Long.MAX_VALUE, Long.MAX_VALUE, bytes -> {});
  }

  /** The heap cannot hold the tasks of the partitions that are here. */
  public static final class ExhaustedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ExhaustedException(long needed, long limit) {
      super(
          "expected the live tasks of all partitions here to fit into %d bytes, got %d or more"
              .formatted(limit, needed));
    }
  }

  /**
   * Opens the account of a partition that starts. An account that it had before is closed: its
   * state was thrown away.
   */
  public synchronized Account open(int partition) {
    var before = accounts.remove(partition);
    if (before != null) {
      close(before);
    }
    var account = new Account(partition);
    accounts.put(partition, account);
    return account;
  }

  /** Bytes reserved by all partitions. */
  public synchronized long used() {
    return used;
  }

  /** Bytes up to which submissions are taken. */
  public long share() {
    return share;
  }

  private synchronized boolean reserve(Account account, long liveBytes, long max) {
    var missing = slabs(liveBytes - account.reserved);
    if (account.closed || missing > max - used) {
      return false;
    }
    used += missing;
    account.reserved += missing;
    return true;
  }

  private synchronized void give(Account account, long bytes) {
    used -= bytes;
    account.reserved -= bytes;
  }

  private synchronized void close(Account account) {
    account.closed = true;
    give(account, account.reserved);
    accounts.remove(account.partition, account);
  }

  private static long slabs(long bytes) {
    return bytes <= 0 ? 0 : (bytes + SLAB - 1) / SLAB * SLAB;
  }

  /** What one start of a partition has reserved. For one thread, but for {@link #close}. */
  public final class Account {

    private final int partition;
    private volatile long reserved;
    private boolean closed;

    private Account(int partition) {
      this.partition = partition;
    }

    /** Whether there is room for so many bytes of live tasks, which is then reserved. */
    boolean fits(long liveBytes) {
      return liveBytes <= reserved || reserve(this, liveBytes, share);
    }

    /**
     * Reserves room for so many bytes of live tasks that the journal holds already.
     *
     * @throws ExhaustedException when the heap has no room for them
     */
    void hold(long liveBytes) {
      if (liveBytes > reserved && !reserve(this, liveBytes, limit)) {
        var needed = used() + slabs(liveBytes - reserved);
        onExhausted.accept(needed);
        throw new ExhaustedException(needed, limit);
      }
    }

    /** Gives back what is not needed any more, but for a slab. */
    void shrink(long liveBytes) {
      var spare = reserved - liveBytes;
      if (spare >= 2 * SLAB) {
        give(this, (spare / SLAB - 1) * SLAB);
      }
    }

    /** The partition stopped: gives everything back. */
    public void close() {
      LiveBudget.this.close(this);
    }
  }
}
