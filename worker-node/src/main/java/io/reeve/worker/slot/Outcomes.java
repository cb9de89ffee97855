package io.reeve.worker.slot;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.reeve.v1.Completed;
import io.reeve.v1.Failed;
import io.reeve.v1.Failure;
import io.reeve.v1.FailureType;
import io.reeve.v1.Released;
import io.reeve.v1.Settlement;
import io.reeve.worker.CancelCause;
import io.reeve.worker.PermanentFailure;
import io.reeve.worker.Rejected;
import io.reeve.worker.RetryLater;

/** Makes the end of an attempt a settlement. Pure functions. */
public final class Outcomes {

  static final int FAILURE_MESSAGE_MAX = 8 * 1024;
  private static final int CODE_MAX = 128;
  private static final int CAUSES_MAX = 5;
  private static final Completed NOTHING = Completed.getDefaultInstance();

  private Outcomes() {}

  /** It succeeded; yet a result over the server's limit cannot be stored, now or at a retry. */
  static Settlement completed(Attempt attempt, ByteString result, int resultMax) {
    if (result.size() > resultMax) {
      return failed(
          attempt,
          FailureType.FAILURE_TYPE_ERROR,
          "RESULT_TOO_LARGE",
          "expected a result of at most " + resultMax + " bytes, got " + result.size(),
          true);
    }
    return settlement(attempt)
        .setCompleted(result.isEmpty() ? NOTHING : Completed.newBuilder().setResult(result).build())
        .build();
  }

  /** The same attempt, failed for good because the server takes no message as large as this. */
  public static Settlement tooLarge(Settlement settlement, int bytesMax) {
    var message =
        "expected a report that fits into a message of "
            + bytesMax
            + " bytes, got one of "
            + settlement.getSerializedSize();
    return Settlement.newBuilder()
        .setTaskId(settlement.getTaskId())
        .setFence(settlement.getFence())
        .setFailed(failure(FailureType.FAILURE_TYPE_ERROR, "RESULT_TOO_LARGE", message, true))
        .build();
  }

  /** Its handler threw, by itself or because it had been told to stop. */
  static Settlement threw(Attempt attempt, Throwable thrown) {
    var cause = attempt.cause();
    if (cause != null) {
      return stopped(attempt, cause);
    }
    if (thrown instanceof Rejected rejected) {
      return failed(
          attempt,
          FailureType.FAILURE_TYPE_REJECTED,
          rejected.code(),
          String.valueOf(rejected.getMessage()),
          true);
    }
    if (thrown instanceof PermanentFailure permanent) {
      var code = permanent.code().isEmpty() ? name(thrown) : permanent.code();
      return failed(attempt, FailureType.FAILURE_TYPE_ERROR, code, describe(thrown), true);
    }
    if (thrown instanceof io.reeve.worker.Failed coded) {
      return failed(attempt, FailureType.FAILURE_TYPE_ERROR, coded.code(), describe(thrown), false);
    }
    var failed =
        failure(FailureType.FAILURE_TYPE_ERROR, name(thrown), describe(thrown), false).toBuilder();
    if (thrown instanceof RetryLater later) {
      failed.setRetryAfter(
          Duration.newBuilder()
              .setSeconds(later.delay().toSeconds())
              .setNanos(later.delay().toNanosPart()));
    }
    return settlement(attempt).setFailed(failed).build();
  }

  /**
   * Nobody here runs its kind. Not permanent: in the middle of a roll-out another worker may know
   * the kind already, and a kind that nobody knows runs out of attempts.
   */
  static Settlement unknownKind(Attempt attempt) {
    return failed(
        attempt,
        FailureType.FAILURE_TYPE_REJECTED,
        "UNKNOWN_KIND",
        "no handler for kind " + attempt.kind(),
        false);
  }

  /** It was told to stop, and did so without a result. */
  static Settlement stopped(Attempt attempt, CancelCause cause) {
    return switch (cause) {
      case HANDED_BACK -> released(attempt, "the worker ends");
      case TIMED_OUT ->
          failed(
              attempt,
              FailureType.FAILURE_TYPE_TIMED_OUT,
              "TIMED_OUT",
              "the attempt ran longer than its execution timeout",
              false);
      // The server took the lease back, so this is dropped before it is sent.
      case CANCELLED, LEASE_LOST -> released(attempt, "the lease was taken back");
    };
  }

  static Settlement released(Attempt attempt, String reason) {
    return settlement(attempt).setReleased(Released.newBuilder().setReason(reason)).build();
  }

  private static Settlement failed(
      Attempt attempt, FailureType type, String code, String message, boolean permanent) {
    return settlement(attempt).setFailed(failure(type, code, message, permanent)).build();
  }

  private static Failed failure(FailureType type, String code, String message, boolean permanent) {
    return Failed.newBuilder()
        .setFailure(
            Failure.newBuilder()
                .setType(type)
                .setCode(Texts.cut(code, CODE_MAX))
                .setMessage(Texts.cutBytes(message, FAILURE_MESSAGE_MAX)))
        .setPermanent(permanent)
        .build();
  }

  private static Settlement.Builder settlement(Attempt attempt) {
    return Settlement.newBuilder().setTaskId(attempt.taskId()).setFence(attempt.fence());
  }

  private static String name(Throwable thrown) {
    var name = thrown.getClass().getSimpleName();
    return name.isEmpty() ? thrown.getClass().getName() : name;
  }

  private static String describe(Throwable thrown) {
    var text = new StringBuilder(message(thrown));
    var cause = thrown.getCause();
    for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
      text.append("; caused by ").append(name(cause)).append(": ").append(message(cause));
      cause = cause.getCause();
    }
    return text.toString();
  }

  private static String message(Throwable thrown) {
    var message = thrown.getMessage();
    return message == null || message.isBlank() ? name(thrown) : message;
  }
}
