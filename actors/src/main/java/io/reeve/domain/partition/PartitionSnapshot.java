package io.reeve.domain.partition;

import io.reeve.domain.task.Task;

/**
 * A partition's state at one instant, frozen: tasks are immutable, so that freezing copies
 * references only and the encoding can happen on another thread.
 *
 * @param nextSequence of the next task
 * @param tasks live and kept finished ones, by sequence
 * @param requests remembered request ids, the oldest first
 */
public record PartitionSnapshot(long nextSequence, Task[] tasks, Request[] requests) {

  /**
   * A request id that is still remembered.
   *
   * @param bodyHash of the submission, to tell a repeat from a conflict
   * @param firstSequence of its tasks, which have consecutive numbers
   * @param atMs when it was taken in
   */
  public record Request(
      String requestId, long bodyHash, long firstSequence, int count, long atMs) {}
}
