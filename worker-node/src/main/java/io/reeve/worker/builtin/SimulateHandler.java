package io.reeve.worker.builtin;

import io.reeve.worker.Failed;
import io.reeve.worker.TaskContext;
import io.reeve.worker.TaskHandler;
import java.time.Duration;

/**
 * Plays a mix of fast and slow work that fails now and then, whatever the payload. The seed and the
 * task's id decide whether the task is fast, and how each attempt ends.
 */
final class SimulateHandler implements TaskHandler {

  private static final int STEPS = 4;

  private final BuiltinSettings.Simulate settings;
  private final long seed;

  SimulateHandler(BuiltinSettings.Simulate settings, long seed) {
    this.settings = settings;
    this.seed = seed;
  }

  @Override
  public Object handle(TaskContext task) throws Exception {
    var fast = Chance.of(seed, task).nextDouble() * 100 < settings.fastPercentage();
    var chance = Chance.ofAttempt(seed, task);
    var longest = fast ? settings.fast() : settings.slow();
    var time = Duration.ofNanos((long) (longest.toNanos() * chance.nextDouble()));
    var fails =
        chance.nextDouble() * 100
            < (fast ? settings.fastFailurePercentage() : settings.slowFailurePercentage());
    for (int step = 1; step <= STEPS; step++) {
      SleepHandler.sleep(time.dividedBy(STEPS));
      task.progress(100.0 * step / STEPS, "step " + step + " of " + STEPS);
      if (fails && step == STEPS / 2) {
        throw new Failed("simulated", "failed as simulated");
      }
    }
    return fast ? "fast" : "slow";
  }
}
