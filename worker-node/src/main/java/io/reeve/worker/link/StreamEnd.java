package io.reeve.worker.link;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the end of a stream means.
 *
 * @param reason for people
 * @param isFinal whether the server would refuse the same again, as its status without a time to
 *     retry after says: the session's token and leases are worth nothing any more
 * @param isBroken whether the end is no word of the server: the connection broke, and another
 *     endpoint is the better one to try
 * @param retryDelay how long the server wants the worker to wait at least; 0 when it does not say
 */
record StreamEnd(String reason, boolean isFinal, boolean isBroken, Duration retryDelay) {

  /** The server completed the stream without an error. */
  static final StreamEnd ORDERLY =
      new StreamEnd("the server ended the stream", false, true, Duration.ZERO);

  private static final Duration RETRY_DELAY_MAX = Duration.ofMinutes(1);

  static StreamEnd of(Throwable failure) {
    var status = Status.fromThrowable(failure);
    var details = details(status, Status.trailersFromThrowable(failure));
    var delay = retryDelay(details);
    if (delay != null) {
      return new StreamEnd(describe(status), false, false, delay);
    }
    // A status that gRPC itself made up has no details; some codes are plain without any.
    var isFinal = !details.isEmpty() || isFinal(status.getCode());
    return new StreamEnd(describe(status), isFinal, !isFinal, Duration.ZERO);
  }

  static boolean isFinal(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT,
          FAILED_PRECONDITION,
          PERMISSION_DENIED,
          UNAUTHENTICATED,
          UNIMPLEMENTED,
          NOT_FOUND,
          ALREADY_EXISTS,
          OUT_OF_RANGE ->
          true;
      case OK,
          CANCELLED,
          UNKNOWN,
          DEADLINE_EXCEEDED,
          RESOURCE_EXHAUSTED,
          ABORTED,
          INTERNAL,
          UNAVAILABLE,
          DATA_LOSS ->
          false;
    };
  }

  /** The end of a stream in words, without those of the network library where ours are plainer. */
  static String describe(Status status) {
    var description = status.getDescription() == null ? "" : status.getDescription();
    var cause = status.getCause();
    // grpc-java says "io exception", and only its cause says which.
    var detail = cause == null || cause.getMessage() == null ? "" : cause.getMessage();
    var all = description + " " + detail;
    if (all.contains("Connection refused")) {
      return "connection refused";
    }
    if (all.contains("Unable to resolve host")) {
      return "no host of that name";
    }
    if (all.contains("connection timed out")) {
      return "connection timed out";
    }
    if (all.contains("Connection reset")) {
      return "connection reset";
    }
    if (all.contains("First received frame was not SETTINGS")) {
      return "the port does not speak gRPC; is it the one for HTTP?";
    }
    var text = new StringBuilder(status.getCode().name());
    if (!description.isEmpty()) {
      text.append(": ").append(description);
    }
    if (!detail.isEmpty()) {
      text.append(" (").append(detail).append(')');
    }
    return text.toString();
  }

  private static List<Any> details(Status status, @Nullable Metadata trailers) {
    return trailers == null
        ? List.of()
        : StatusProto.fromStatusAndTrailers(status, trailers).getDetailsList();
  }

  private static @Nullable Duration retryDelay(List<Any> details) {
    for (var detail : details) {
      if (detail.is(RetryInfo.class)) {
        try {
          var delay = detail.unpack(RetryInfo.class).getRetryDelay();
          var wait = Duration.ofSeconds(delay.getSeconds(), delay.getNanos());
          if (wait.isNegative()) {
            return Duration.ZERO;
          }
          return wait.compareTo(RETRY_DELAY_MAX) > 0 ? RETRY_DELAY_MAX : wait;
        } catch (InvalidProtocolBufferException malformed) {
          // The status itself still says what happened, so a broken detail counts as none.
          return null;
        }
      }
    }
    return null;
  }
}
