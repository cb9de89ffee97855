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
 *
 * <p>A replay may need more on its way than it needs at its end: the most that lived at one time
 * since the snapshot. Two rules let it fit. Replays that are short of room while others run give
 * way, so in the end each runs beside partitions that hold what they need. And {@link
 * Account#fellMuch} asks for a snapshot before a replay would need more than the room between share
 * and limit on top.
 *
 * <p>A recovery that would not fit if all others gave way never fits: the heap is too small, which
 * is told at once, however many others recover.
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
   * @param onExhausted is told how many bytes a recovery needs in vain together with those that do
   *     not give way; called by any thread
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

  /** The heap cannot hold the tasks of the partitions that are here, or not now. */
  public static final class ExhaustedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ExhaustedException(long needed, long limit, boolean othersRecover) {
      super(
          "expected the live tasks of all partitions here to fit into %d bytes, got %d or more%s"
              .formatted(limit, needed, othersRecover ? " while several partitions recover" : ""));
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

  private synchronized void setRecovering(Account account, boolean value) {
    account.recovering = value;
  }

  /** Bytes that stay reserved though every other recovery gives way. */
  private synchronized long usedWithoutReplaysOfOthers(Account account) {
    var sure = used;
    for (var other : accounts.values()) {
      if (other != account && other.recovering) {
        sure -= other.reserved - other.floor;
      }
    }
    return sure;
  }

  private synchronized int accounts() {
    return accounts.size();
  }

  private synchronized void close(Account account) {
    account.closed = true;
    setRecovering(account, false);
    give(account, account.reserved);
    accounts.remove(account.partition, account);
  }

  private static long slabs(long bytes) {
    return bytes <= 0 ? 0 : (bytes + SLAB - 1) / SLAB * SLAB;
  }

  /**
   * What one partition has reserved. It outlives the writers of the partition, so that a writer
   * finds the room again that the one before it had. For one thread at a time, but for {@link
   * #close}.
   */
  public final class Account {

    private final int partition;
    private volatile long reserved;
    private boolean closed;
    private boolean recovering;

    /** What a writer before had reserved, which stays reserved while the next one recovers. */
    private volatile long floor;

    /** The most bytes of live tasks at one time since {@link #startPeak}. */
    private long peak;

    private Account(int partition) {
      this.partition = partition;
    }

    /** Whether there is room for so many bytes of live tasks, which is then reserved. */
    boolean fits(long liveBytes) {
      var fits = liveBytes <= reserved || reserve(this, liveBytes, share);
      if (fits) {
        peak = Math.max(peak, liveBytes);
      }
      return fits;
    }

    /** A writer begins to recover. */
    public void recovers() {
      floor = reserved;
      peak = 0;
      setRecovering(this, true);
    }

    /**
     * Reserves room for so many bytes of live tasks that the journal holds already.
     *
     * @throws ExhaustedException when the heap has no room for them
     */
    void hold(long liveBytes) {
      if (liveBytes > reserved && !reserve(this, liveBytes, limit)) {
        var missing = slabs(liveBytes - reserved);
        // Others may be at the height of their replay, or need this room to come to their end. But
        // a heap that is too small without their replays does not become larger by waiting.
        var sure = usedWithoutReplaysOfOthers(this) + missing;
        if (closed || sure <= limit) {
          throw new ExhaustedException(used() + missing, limit, true);
        }
        onExhausted.accept(sure);
        throw new ExhaustedException(sure, limit, false);
      }
      peak = Math.max(peak, liveBytes);
    }

    /** Gives back what is not needed any more, but for a slab. */
    void shrink(long liveBytes) {
      var spare = reserved - Math.max(liveBytes, floor);
      if (spare >= 2 * SLAB) {
        give(this, (spare / SLAB - 1) * SLAB);
      }
    }

    /**
     * The writer has recovered.
     *
     * @throws ExhaustedException when the heap has no room for so many bytes of live tasks
     */
    void recovered(long liveBytes) {
      hold(liveBytes);
      setRecovering(this, false);
      floor = 0;
      shrink(liveBytes);
    }

    /** The writer stopped. What it held stays reserved for the next one; what it replayed goes. */
    public void writerStopped() {
      if (recovering) {
        give(this, reserved - floor);
        setRecovering(this, false);
      }
    }

    /** The most bytes of live tasks at one time since {@link #startPeak}, or since a recovery. */
    public long peak() {
      return peak;
    }

    /** Looks for the most from now on. */
    public void startPeak(long liveBytes) {
      peak = liveBytes;
    }

    /**
     * Whether so much ended since the last snapshot that a replay from it would need too much room
     * on its way.
     *
     * @param peakBytes the most bytes of live tasks at one time since the snapshot
     * @param liveBytes now
     */
    public boolean fellMuch(long peakBytes, long liveBytes) {
      // An operator may leave no room between the two; snapshots without end would not help either.
      var room = Math.max(limit - share, share / 8);
      var part = Math.max((double) liveBytes / share, 1.0 / Math.max(1, accounts()));
      return peakBytes - liveBytes >= Math.max(SLAB, room * part);
    }

    /** The partition stopped: gives everything back. */
    public void close() {
      LiveBudget.this.close(this);
    }
  }
}
