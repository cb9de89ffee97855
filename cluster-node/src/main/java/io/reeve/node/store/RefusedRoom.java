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
 * tasks wait until one was stored that began after the pause. A row that was under way when another
 * was refused says nothing of the room there is now.
 *
 * <p>A small row may fit where the next larger one does not. So a refusal within some minutes goes
 * on from the last pause.
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

  /** A refusal that comes later begins with the shortest pause again. */
  private static final long PAUSE_KEPT_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final LongSupplier nanoTime;

  private boolean refused;

  /** The last one; 0: there was none. */
  private long pause;

  private long pausedUntil;

  RefusedRoom(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** The server had no room for a row. Of refusals within a pause only the first counts. */
  synchronized void refused() {
    var now = nanoTime.getAsLong();
    if (refused && now - pausedUntil < 0) {
      return;
    }
    if (!refused) {
      LOG.warn("STORE_FULL: the database has no room for a row; no task is taken until it has");
    }
    var first = pause == 0 || (!refused && now - pausedUntil > PAUSE_KEPT_NANOS);
    pause = first ? PAUSE_MIN_NANOS : Math.min(2 * pause, PAUSE_MAX_NANOS);
    refused = true;
    pausedUntil = now + pause;
  }

  /**
   * The server stored a row.
   *
   * @param begunNanos when its write began
   */
  synchronized void stored(long begunNanos) {
    if (refused && begunNanos - pausedUntil >= 0) {
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
