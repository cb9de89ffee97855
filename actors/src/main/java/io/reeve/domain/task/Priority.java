package io.reeve.domain.task;

/** The order inside a lane, from last to first; tasks of one priority go first in, first out. */
public enum Priority {
  LOW,
  NORMAL,
  HIGH,
  CRITICAL
}
