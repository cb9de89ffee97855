package io.reeve.node.store;

import io.reeve.journal.JournalRoom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much room a database server has, as far as its refusals tell: it says that its disk is full
 * only when it is given a row. Safe for many threads.
 *
 * <p>After such a refusal nothing is written for a while, which doubles with each refusal that
 * follows: the partition that had the row recovers, and no other loses its state. Then rows of
 * tasks that are there are tried again, first of all the one with which that partition begins; new
 * tasks wait until one was stored.
 */
final class RefusedRoom {

  private static final Logger LOG = LoggerFactory.getLogger(RefusedRoom.class);

  private static final long PAUSE_MIN_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long PAUSE_MAX_NANOS = TimeUnit.SECONDS.toNanos(30);

  /**
   * The partition that was refused begins again within this time after the pause, unless it moved
   * to another node: then nothing here would ever try.
   */
  private static final long TRIED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final LongSupplier nanoTime;

  private boolean refused;
  private long pause;
  private long pausedUntil;

  RefusedRoom(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** The server had no room for a row. Of refusals within a pause only the first counts. */
  synchronized void refused() {
    var now = nanoTime.getAsLong();
    if (!refused) {
      LOG.warn("STORE_FULL: the database has no room for a row; no task is taken until it has");
      pause = PAUSE_MIN_NANOS;
    } else if (now - pausedUntil < 0) {
      return;
    } else {
      pause = Math.min(2 * pause, PAUSE_MAX_NANOS);
    }
    refused = true;
    pausedUntil = now + pause;
  }

  /** The server stored a row. */
  synchronized void stored() {
    if (refused) {
      LOG.info("the database has room again");
      refused = false;
    }
  }

  synchronized JournalRoom now() {
    if (!refused) {
      return JournalRoom.ENOUGH;
    }
    var late = nanoTime.getAsLong() - pausedUntil;
    if (late < 0) {
      return JournalRoom.NONE;
    }
    return late < TRIED_WITHIN_NANOS ? JournalRoom.LOW : JournalRoom.ENOUGH;
  }
}
