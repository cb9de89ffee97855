package io.reeve.worker.slot;

import io.reeve.v1.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Attempts with progress that is not sent yet. Bounded by the running attempts: each is in it once,
 * with its newest progress.
 */
public final class ProgressInbox {

  private final ConcurrentLinkedQueue<Attempt> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean told = new AtomicBoolean();
  private final Runnable listener;

  /**
   * @param listener called by any thread when something waits; not again before the next take
   */
  public ProgressInbox(Runnable listener) {
    this.listener = listener;
  }

  /** Takes note of an attempt. */
  public void add(Attempt attempt) {
    waiting.add(attempt);
    if (told.compareAndSet(false, true)) {
      listener.run();
    }
  }

  /** Removes and answers the progress to send, oldest first. */
  public List<Progress> take() {
    told.set(false);
    // Counted first: an attempt that talks all the time must not keep its listener here for ever.
    var count = waiting.size();
    var taken = new ArrayList<Progress>(count);
    for (int i = 0; i < count; i++) {
      var attempt = waiting.poll();
      var progress = attempt == null ? null : attempt.takeProgress();
      if (progress != null) {
        taken.add(progress);
      }
    }
    return taken;
  }
}
