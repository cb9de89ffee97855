package io.reeve.client;

import java.time.Instant;
import java.util.List;

/**
 * The answer to a submission: the tasks are durable.
 *
 * @param taskIds in the order of the request
 * @param submittedAt when the server took them in
 * @param alreadySubmitted whether an earlier call with the same request id had done so
 * @param returnedFirst whether no task was made, since the one in {@code taskIds} holds the unique
 *     key
 * @param requestId of the call; given by the caller or generated
 */
public record Submission(
    List<String> taskIds,
    Instant submittedAt,
    boolean alreadySubmitted,
    boolean returnedFirst,
    String requestId) {

  public Submission {
    taskIds = List.copyOf(taskIds);
  }

  /** The only task's id; for submissions of one. */
  public String taskId() {
    if (taskIds.size() != 1) {
      throw new IllegalStateException("expected one task, got " + taskIds.size());
    }
    return taskIds.get(0);
  }
}
