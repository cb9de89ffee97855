package io.reeve.worker.slot;

import io.reeve.v1.LeaseRef;

/** Names an attempt: the task and the fence of its lease. */
public record Lease(String taskId, long fence) {

  static Lease of(Attempt attempt) {
    return new Lease(attempt.taskId(), attempt.fence());
  }

  public static Lease of(LeaseRef ref) {
    return new Lease(ref.getTaskId(), ref.getFence());
  }
}
