package io.reeve.domain.task;

/** Which part of a queue a task stands in. Workers may keep slots for the urgent lane alone. */
public enum Lane {
  NORMAL,
  URGENT
}
