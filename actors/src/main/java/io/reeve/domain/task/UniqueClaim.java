package io.reeve.domain.task;

import io.reeve.domain.TimeBounds;

/**
 * That a task is to be the only one of its key.
 *
 * @param periodMs for how long; 0 with any scope but {@link UniqueScope#FOR_PERIOD}
 */
public record UniqueClaim(
    UniqueKey key, UniqueScope scope, long periodMs, OnCollision onCollision) {

  /** The task with this number holds the key from {@code nowMs} on. */
  public UniqueTaken takenBy(long sequence, long nowMs) {
    var untilMs = scope == UniqueScope.FOR_PERIOD ? TimeBounds.plus(nowMs, periodMs) : 0;
    return new UniqueTaken(key, sequence, scope, untilMs, nowMs);
  }
}
