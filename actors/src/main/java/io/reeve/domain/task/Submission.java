package io.reeve.domain.task;

import java.util.List;

/**
 * Tasks were taken in with one call. Their sequence numbers are consecutive from {@code
 * firstSequence}.
 *
 * @param requestId of the call; empty when the submitter gave none
 * @param bodyHash of the call's bytes, to tell a repeat from a conflict
 * @param tasks as they enter, at least one
 */
public record Submission(
    String requestId, long bodyHash, long firstSequence, long atMs, List<Task.Queued> tasks)
    implements PartitionEvent {
  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.submitted(this);
  }
}
