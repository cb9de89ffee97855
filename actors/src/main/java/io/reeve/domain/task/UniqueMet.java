package io.reeve.domain.task;

/**
 * A submission met another task with its unique key, made none, and was answered with the other
 * one. A repeat under the same request id gets the same answer, whatever became of that task.
 *
 * @param bodyHash of the call's bytes, to tell a repeat from a conflict
 * @param sequence of the task that holds the key
 */
public record UniqueMet(String requestId, long bodyHash, long sequence, long atMs)
    implements PartitionEvent {
  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.uniqueMet(this);
  }
}
