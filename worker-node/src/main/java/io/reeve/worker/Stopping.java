package io.reeve.worker;

import io.reeve.worker.settings.DrainSettings;
import io.reeve.worker.settings.TimeText;
import io.reeve.worker.slot.Figures;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the process does at each signal to stop: it ends by the drain settings at the first, hands
 * back what runs at the second, and ends at once at the third. It says what it waits for.
 */
final class Stopping implements Runnable {

  private final Worker worker;
  private final PrintStream out;
  private final Runnable halt;
  private final AtomicInteger signals = new AtomicInteger();

  /**
   * @param halt ends the process at once
   */
  Stopping(Worker worker, PrintStream out, Runnable halt) {
    this.worker = worker;
    this.out = out;
    this.halt = halt;
  }

  @Override
  public void run() {
    switch (signals.incrementAndGet()) {
      case 1 -> {
        say("stopping" + waitsFor());
        // Bounded, whatever the pools do; the main thread waits for its end.
        var closing = new Thread(worker::close, "reeve-worker-stop");
        closing.setDaemon(true);
        closing.start();
      }
      case 2 -> {
        say("handing back running attempts; another signal ends the worker at once");
        worker.handBack("the worker was told to stop twice");
      }
      default -> {
        say("ended at once; other workers get its tasks when the leases end");
        halt.run();
      }
    }
  }

  private String waitsFor() {
    var running = worker.figures().values().stream().mapToInt(Figures::active).sum();
    var drain = worker.settings().drain();
    if (running == 0 || drain.policy() == DrainSettings.Policy.HAND_BACK) {
      return "";
    }
    return "; waits at most "
        + TimeText.of(drain.finishWithin())
        + " for "
        + running
        + (running == 1 ? " running task" : " running tasks")
        + "; a second Ctrl-C hands back running attempts at once";
  }

  private void say(String text) {
    out.println("worker " + worker.id() + ": " + text);
    out.flush();
  }
}
