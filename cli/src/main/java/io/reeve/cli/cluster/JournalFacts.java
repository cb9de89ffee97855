package io.reeve.cli.cluster;

import io.reeve.domain.task.PartitionEvent;

/**
 * Hears what a journal says, in the words of those outside: tasks by their ids. Times are in
 * milliseconds since the epoch, by the clock of the node that wrote them.
 */
public interface JournalFacts {

  /** An event of a partition as it is stored; before what it means is told. */
  default void event(int partition, PartitionEvent event) {}

  /** One submission was stored. */
  void submitted(String requestId, String taskId, int partition, long atMs);

  /** A worker got the task. */
  void leased(String taskId, int partition, long fence, long atMs);

  /**
   * The task reached a terminal state.
   *
   * @param completed false: dead, cancelled or expired
   */
  void ended(String taskId, boolean completed, long atMs);

  /** A dispatcher began to work on this node; the one of the highest epoch is in charge. */
  void dispatcherStarted(long epoch, String node, long atMs);
}
