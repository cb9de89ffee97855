package io.reeve.edge.calls;

import io.reeve.domain.dispatch.StreamExplanation;
import io.reeve.domain.task.TaskId;
import io.reeve.partition.Clients;
import io.reeve.v1.Blocker;
import org.jspecify.annotations.Nullable;

/**
 * Why a task does not run, or what became of it.
 *
 * @param located null: its partition did not answer
 * @param stream null: the task is not ready, or no dispatcher answered
 */
public record Explanation(
    TaskId id,
    Blocker blocker,
    Clients.@Nullable Located located,
    @Nullable StreamExplanation stream) {

  /** Its partition does not answer. */
  static Explanation away(TaskId id) {
    return new Explanation(id, Blocker.BLOCKER_PARTITION_AWAY, null, null);
  }

  /**
   * @param stream what the dispatcher says of a ready task; null: none answered, or nobody asked
   */
  static Explanation of(Clients.Located located, @Nullable StreamExplanation stream) {
    var task = located.task();
    var blocker =
        switch (task.state()) {
          case WAITING ->
              task.attempt() > 0 ? Blocker.BLOCKER_BACKING_OFF : Blocker.BLOCKER_NOT_DUE;
          case READY -> stream == null ? Blocker.BLOCKER_NO_DISPATCHER : of(stream);
          case LEASED -> Blocker.BLOCKER_RUNNING;
          case COMPLETED -> Blocker.BLOCKER_COMPLETED;
          case DEAD -> Blocker.BLOCKER_DEAD;
          case CANCELLED -> Blocker.BLOCKER_CANCELLED;
          case EXPIRED -> Blocker.BLOCKER_EXPIRED;
        };
    return new Explanation(task.id(), blocker, located, stream);
  }

  private static Blocker of(StreamExplanation stream) {
    return switch (stream.blocker()) {
      case PARTITION_AWAY -> Blocker.BLOCKER_PARTITION_AWAY;
      case QUEUE_PAUSED -> Blocker.BLOCKER_QUEUE_PAUSED;
      case NO_WORKER_FOR_QUEUE -> Blocker.BLOCKER_NO_WORKER_FOR_QUEUE;
      case NO_WORKER_FOR_KIND -> Blocker.BLOCKER_NO_WORKER_FOR_KIND;
      case NO_WORKER_WITH_LABELS -> Blocker.BLOCKER_NO_WORKER_WITH_LABELS;
      case QUARANTINE -> Blocker.BLOCKER_QUARANTINE;
      case WORKERS_DRAINING -> Blocker.BLOCKER_WORKERS_DRAINING;
      case ON_ITS_WAY -> Blocker.BLOCKER_ON_ITS_WAY;
      case BEHIND -> Blocker.BLOCKER_BEHIND;
      case LANE_RESERVED -> Blocker.BLOCKER_LANE_RESERVED;
      case NO_CREDIT -> Blocker.BLOCKER_NO_CREDIT;
      case UNKNOWN -> Blocker.BLOCKER_UNSPECIFIED;
    };
  }
}
