package io.reeve.domain.task;

/** Why an attempt did not succeed. The numbers are stored; they never change. */
public enum FailureType {
  /** The handler failed. */
  ERROR(1),
  /** The attempt ran longer than its execution timeout. */
  TIMED_OUT(2),
  /** The worker that ran it was lost: its stream ended for good, or its lease ran out. */
  WORKER_LOST(3),
  /** The worker could not run it: an unknown kind, or a payload it could not read. */
  REJECTED(4),
  /** The workers that ran it were lost as often as may be: see {@link LossRule}. */
  POISON(5);

  private final int number;

  FailureType(int number) {
    this.number = number;
  }

  /** The number in the journal and in the public protocol. */
  public int number() {
    return number;
  }

  /** The type with that number; ERROR for a number that is not known. */
  public static FailureType of(int number) {
    for (var type : values()) {
      if (type.number == number) {
        return type;
      }
    }
    return ERROR;
  }
}
