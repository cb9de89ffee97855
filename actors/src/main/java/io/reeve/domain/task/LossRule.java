package io.reeve.domain.task;

/**
 * How often in a row the worker of a task may be lost under it. A loss costs the task no attempt,
 * because mostly another task of that worker, its host or the network is to blame. A task whose
 * workers are lost again and again is to blame itself, and would take one worker after another with
 * it.
 *
 * @param lossesMax losses after which the task runs no more beside others; at least 1
 * @param quarantine whether it then runs once more, alone on a worker; else it is dead
 */
public record LossRule(int lossesMax, boolean quarantine) {

  /** Two losses, then quarantine. */
  public static final LossRule DEFAULT = new LossRule(2, true);

  public LossRule {
    if (lossesMax < 1) {
      throw new IllegalArgumentException("expected lossesMax of 1 or more, got " + lossesMax);
    }
  }

  /** Whether a task with so many losses runs alone on a worker. */
  public boolean isolates(int losses) {
    return quarantine && losses >= lossesMax;
  }

  /** Whether a task that had so many losses may run again after one more. */
  boolean permitsLossAfter(int losses) {
    return losses + 1 < lossesMax || (quarantine && losses < lossesMax);
  }

  /** The failure of a task that dies of so many losses. */
  static Failure poison(int losses, Failure last) {
    return new Failure(
        FailureType.POISON,
        "its worker was lost under it %d times, the last time since %s"
            .formatted(losses, last.message()),
        "");
  }
}
