package io.reeve.worker.builtin;

import io.reeve.worker.TaskContext;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Randomness that is the same for the same seed, task and attempt, wherever it runs. */
final class Chance {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Chance() {}

  /** The same for all attempts of a task. */
  static RandomGenerator of(long seed, TaskContext task) {
    return new SplittableRandom(seed * GOLDEN + task.taskId().hashCode());
  }

  /** Another one for each attempt of a task. */
  static RandomGenerator ofAttempt(long seed, TaskContext task) {
    return new SplittableRandom(
        (seed * GOLDEN + task.taskId().hashCode()) * GOLDEN + task.attempt());
  }
}
