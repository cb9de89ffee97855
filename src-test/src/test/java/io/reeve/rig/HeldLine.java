package io.reeve.rig;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Does what is handed to it in order, and may be held up for a time. For one thread. */
final class HeldLine {

  private final ScheduledExecutorService thread;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private long heldUntilNanos = System.nanoTime();

  /**
   * A line that is free.
   *
   * @param thread the one that calls
   */
  HeldLine(ScheduledExecutorService thread) {
    this.thread = thread;
  }

  void pass(Runnable step) {
    waiting.add(step);
    goOn();
  }

  /** Nothing passes for this time from now on. */
  void hold(Duration time) {
    var until = System.nanoTime() + time.toNanos();
    if (until - heldUntilNanos > 0) {
      heldUntilNanos = until;
      var unused = thread.schedule(this::goOn, time.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void goOn() {
    while (!waiting.isEmpty() && System.nanoTime() - heldUntilNanos >= 0) {
      waiting.remove().run();
    }
  }
}
