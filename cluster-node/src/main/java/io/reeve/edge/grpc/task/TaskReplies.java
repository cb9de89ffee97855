package io.reeve.edge.grpc.task;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.reeve.domain.task.Attempt;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.WireTime;
import io.reeve.edge.v1.TaskReplyView;
import io.reeve.partition.TaskView;
import io.reeve.v1.Failure;
import io.reeve.v1.TaskAttempt;
import io.reeve.v1.TaskProgress;
import io.reeve.v1.TaskSpec;

/** Puts tasks into the words of the public protocol, reusing the spec's bytes. */
final class TaskReplies {

  private TaskReplies() {}

  /**
   * Bytes of one answer that every client takes: gRPC libraries refuse more than 4 MiB unless they
   * are told otherwise.
   */
  static final int ANSWER_BYTES_MAX = 3_584 * 1024;

  /** Bytes of a task beside payload and result: texts, labels and attempts at their limits. */
  private static final int TASK_OVERHEAD = 96 * 1024;

  /** Which of the large fields an answer has. */
  enum Bytes {
    /** Payload and result. */
    ALL,
    /** None, as the caller wants it. */
    UNWANTED,
    /** None, since they would not fit; the answer says so. */
    TOO_MANY
  }

  /** A task in full, however large: only its caller knows what it takes. */
  static TaskReplyView reply(TaskView task) {
    return reply(task, Bytes.ALL);
  }

  static TaskReplyView reply(TaskView task, Bytes bytes) {
    return TaskReplyView.newBuilder().setTask(view(task, bytes)).build();
  }

  /** A task of a list. */
  static io.reeve.edge.v1.TaskView listed(TaskView task, boolean omitBytes) {
    if (omitBytes) {
      return view(task, Bytes.UNWANTED);
    }
    return view(task, fits(task) ? Bytes.ALL : Bytes.TOO_MANY);
  }

  /** Whether every client takes the task in full. */
  static boolean fits(TaskView task) {
    return (long) task.spec().length + task.result().length + TASK_OVERHEAD <= ANSWER_BYTES_MAX;
  }

  static io.reeve.edge.v1.TaskView view(TaskView task, Bytes bytes) {
    var all = bytes == Bytes.ALL;
    var view =
        io.reeve.edge.v1.TaskView.newBuilder()
            .setId(task.id().toString())
            .setState(state(task.state()))
            .setSpec(UnsafeByteOperations.unsafeWrap(all ? task.spec() : lean(task.spec())))
            .setAttempt(task.attempt())
            .setFence(task.fence())
            .setCancelReason(task.cancelReason())
            .setWorkerId(task.workerId())
            .setBytesOmitted(bytes == Bytes.TOO_MANY);
    if (all) {
      view.setResult(UnsafeByteOperations.unsafeWrap(task.result()));
    }
    if (task.submittedAtMs() != 0) {
      view.setSubmittedAt(WireTime.instant(task.submittedAtMs()));
    }
    if (task.dueAtMs() != 0) {
      view.setDueAt(WireTime.instant(task.dueAtMs()));
    }
    if (task.leasedAtMs() != 0) {
      view.setLeasedAt(WireTime.instant(task.leasedAtMs()));
    }
    if (task.failedAtMs() != 0) {
      view.setFailedAt(WireTime.instant(task.failedAtMs()));
    }
    if (task.finishedAtMs() != 0) {
      view.setFinishedAt(WireTime.instant(task.finishedAtMs()));
    }
    var failure = task.failure();
    if (failure != null) {
      view.setFailure(failure(failure));
    }
    if (task.redrivenAs() != 0) {
      view.setRedrivenAs(sibling(task, task.redrivenAs()));
    }
    if (task.redriveOf() != 0) {
      view.setRedriveOf(sibling(task, task.redriveOf()));
    }
    if (task.discardedAtMs() != 0) {
      view.setDiscardedAt(WireTime.instant(task.discardedAtMs()));
    }
    view.setLosses(task.losses());
    task.attempts().forEach(attempt -> view.addAttempts(attempt(attempt)));
    var progress = task.progress();
    if (progress != null) {
      view.setProgress(
          TaskProgress.newBuilder()
              .setPercent(progress.percent())
              .setMessage(progress.message())
              .setAt(WireTime.instant(progress.atMs())));
    }
    return view.build();
  }

  /** The id of another task of the same partition. */
  private static String sibling(TaskView task, long sequence) {
    return new TaskId(task.id().partition(), sequence).toString();
  }

  static Failure failure(io.reeve.domain.task.Failure failure) {
    return Failure.newBuilder()
        .setTypeValue(failure.type().number())
        .setMessage(failure.message())
        .setCode(failure.code())
        .build();
  }

  private static TaskAttempt attempt(Attempt attempt) {
    return TaskAttempt.newBuilder()
        .setNumber(attempt.number())
        .setWorkerId(attempt.workerId())
        .setStartedAt(WireTime.instant(attempt.startedAtMs()))
        .setEndedAt(WireTime.instant(attempt.endedAtMs()))
        .setFailure(failure(attempt.failure()))
        .build();
  }

  /** The state in the public protocol. */
  static io.reeve.v1.TaskState state(TaskState state) {
    return switch (state) {
      case WAITING -> io.reeve.v1.TaskState.TASK_STATE_WAITING;
      case READY -> io.reeve.v1.TaskState.TASK_STATE_READY;
      case LEASED -> io.reeve.v1.TaskState.TASK_STATE_LEASED;
      case COMPLETED -> io.reeve.v1.TaskState.TASK_STATE_COMPLETED;
      case DEAD -> io.reeve.v1.TaskState.TASK_STATE_DEAD;
      case CANCELLED -> io.reeve.v1.TaskState.TASK_STATE_CANCELLED;
      case EXPIRED -> io.reeve.v1.TaskState.TASK_STATE_EXPIRED;
    };
  }

  /** The state with that public name; refuses what names none. */
  static TaskState state(String field, io.reeve.v1.TaskState state) {
    return switch (state) {
      case TASK_STATE_WAITING -> TaskState.WAITING;
      case TASK_STATE_READY -> TaskState.READY;
      case TASK_STATE_LEASED -> TaskState.LEASED;
      case TASK_STATE_COMPLETED -> TaskState.COMPLETED;
      case TASK_STATE_DEAD -> TaskState.DEAD;
      case TASK_STATE_CANCELLED -> TaskState.CANCELLED;
      case TASK_STATE_EXPIRED -> TaskState.EXPIRED;
      case TASK_STATE_UNSPECIFIED, UNRECOGNIZED ->
          throw EdgeRefusal.invalid(field, "expected a known state, got " + state);
    };
  }

  private static byte[] lean(byte[] spec) {
    try {
      return TaskSpec.parseFrom(spec).toBuilder().clearPayload().build().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a stored spec is not readable", e);
    }
  }
}
