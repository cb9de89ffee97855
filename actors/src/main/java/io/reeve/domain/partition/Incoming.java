package io.reeve.domain.partition;

import io.reeve.domain.task.TaskProfile;

/** A task that a submitter wants to add. */
public interface Incoming {

  TaskProfile profile();

  /** When it may start at the earliest, in milliseconds since the epoch; 0: not given. */
  long notBeforeMs();

  /** How long after it was taken in it may start; 0: not given. */
  long delayMs();

  /** Bytes of its reeve.v1.TaskSpec; kept and never changed. */
  byte[] spec();
}
