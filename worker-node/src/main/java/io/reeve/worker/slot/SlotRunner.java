package io.reeve.worker.slot;

import io.reeve.v1.Settlement;
import java.util.function.Consumer;

/**
 * One life of one slot on a thread: takes attempts and runs them until there are none, and is
 * started again when there are.
 */
final class SlotRunner implements Runnable {

  private final int slot;
  private final Workload workload;
  private final Execution execution;
  private final Consumer<Throwable> crashed;

  SlotRunner(int slot, Workload workload, Execution execution, Consumer<Throwable> crashed) {
    this.slot = slot;
    this.workload = workload;
    this.execution = execution;
    this.crashed = crashed;
  }

  int slot() {
    return slot;
  }

  @Override
  public void run() {
    var attempt = workload.next(this, null);
    while (attempt != null) {
      Settlement settlement;
      try {
        settlement = execution.run(attempt);
      } catch (Throwable crash) {
        workload.crashed(this, Outcomes.threw(attempt, crash));
        crashed.accept(crash);
        return;
      }
      attempt = workload.next(this, settlement);
    }
  }
}
