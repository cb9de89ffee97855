package io.reeve.worker.restart;

/** Which endings are followed by a new life. */
public enum RestartPolicy {
  NEVER,
  ON_FAILURE,
  ALWAYS;

  public boolean restartsAfter(Ending ending) {
    return switch (this) {
      case NEVER -> false;
      case ON_FAILURE -> ending != Ending.RETURNED;
      case ALWAYS -> true;
    };
  }
}
