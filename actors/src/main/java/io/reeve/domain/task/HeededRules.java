package io.reeve.domain.task;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The rules of queues that partitions keep by themselves, whatever a dispatcher grants.
 *
 * @param version grows with each change; 0: nobody has ever set one
 * @param pausedUntilMs the paused queues, each with the end of its pause in milliseconds since the
 *     epoch, UTC; 0: until somebody resumes the queue
 */
public record HeededRules(long version, SortedMap<String, Long> pausedUntilMs) {

  /** Of a pause, beside the name of its queue. */
  private static final long PAUSE_BYTES = 100;

  public static final HeededRules NONE = new HeededRules(0, Collections.emptySortedMap());

  public HeededRules {
    pausedUntilMs =
        pausedUntilMs.isEmpty()
            ? Collections.emptySortedMap()
            : Collections.unmodifiableSortedMap(new TreeMap<>(pausedUntilMs));
  }

  /** Heap bytes of the rules, about; those of a row are less. */
  public long bytes() {
    var bytes = 0L;
    for (var queue : pausedUntilMs.keySet()) {
      bytes += PAUSE_BYTES + 2L * queue.length();
    }
    return bytes;
  }

  /** Whether no task of the queue may start at this instant. */
  public boolean pauses(String queue, long nowMs) {
    if (pausedUntilMs.isEmpty()) {
      return false;
    }
    var untilMs = pausedUntilMs.get(queue);
    return untilMs != null && (untilMs == 0 || nowMs < untilMs);
  }

  /** When the next pause ends; Long.MAX_VALUE: none does by itself. */
  public long nextEndMs(long nowMs) {
    var next = Long.MAX_VALUE;
    for (var untilMs : pausedUntilMs.values()) {
      if (untilMs > nowMs) {
        next = Math.min(next, untilMs);
      }
    }
    return next;
  }
}
