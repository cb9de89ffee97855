package io.reeve.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call that failed: the server refused it, or no answer came.
 *
 * <p>{@link #reason()} is the stable name to program against; the message is for people. After
 * {@link #isOutcomeUnknown()} the call may have taken effect: repeat it with {@link #requestId()},
 * which cannot submit twice.
 */
public final class ReeveException extends RuntimeException {

  /** Reasons that the client itself gives; all others come from the server. */
  public static final String REASON_AWAIT_TIMED_OUT = "AWAIT_TIMED_OUT";

  public static final String REASON_CLIENT_CLOSED = "CLIENT_CLOSED";
  public static final String REASON_INTERRUPTED = "INTERRUPTED";

  /** The endpoint is something else than a gRPC server, such as the HTTP port of a node. */
  public static final String REASON_NOT_GRPC = "NOT_GRPC";

  /** The server's word for a write without an answer of its partition. */
  private static final String REASON_OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN";

  private static final long serialVersionUID = 1L;

  private final Status.Code code;
  private final String reason;
  private final @Nullable Duration retryDelay;
  private final String requestId;
  private final String holder;

  ReeveException(
      Status.Code code,
      String reason,
      String message,
      @Nullable Duration retryDelay,
      String requestId,
      @Nullable Throwable cause) {
    this(code, reason, message, retryDelay, requestId, "", cause);
  }

  private ReeveException(
      Status.Code code,
      String reason,
      String message,
      @Nullable Duration retryDelay,
      String requestId,
      String holder,
      @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
    this.reason = reason;
    this.retryDelay = retryDelay;
    this.requestId = requestId;
    this.holder = holder;
  }

  /** A failure that the client itself found. */
  static ReeveException local(Status.Code code, String reason, String message) {
    return new ReeveException(code, reason, message, null, "", null);
  }

  /** Reads reason, delay and message from a status and its trailers. */
  static ReeveException of(Status status, @Nullable Metadata trailers) {
    var details = StatusProto.fromStatusAndTrailers(status, trailers).getDetailsList();
    var info = detail(details, ErrorInfo.class).orElse(ErrorInfo.getDefaultInstance());
    var reason = info.getReason();
    var delay =
        detail(details, RetryInfo.class)
            .filter(RetryInfo::hasRetryDelay)
            .map(RetryInfo::getRetryDelay)
            .map(d -> Duration.ofSeconds(d.getSeconds(), d.getNanos()))
            .orElse(null);
    if (reason.isEmpty()) {
      var fault = TransportFault.of(status);
      return new ReeveException(
          fault.code(), fault.reason(), fault.message(), delay, "", status.getCause());
    }
    var description = status.getDescription();
    return new ReeveException(
        status.getCode(),
        reason,
        description == null ? status.getCode().name() : description,
        delay,
        "",
        info.getMetadataOrDefault("task_id", ""),
        status.getCause());
  }

  /** A task did not end in the time that the caller gave it. */
  static ReeveException timedOut(String taskId, Duration timeout) {
    return local(
        Status.Code.DEADLINE_EXCEEDED,
        REASON_AWAIT_TIMED_OUT,
        "task "
            + taskId
            + " has not ended within "
            + BigDecimal.valueOf(timeout.toMillis(), 3).stripTrailingZeros().toPlainString()
            + " s");
  }

  private static <T extends com.google.protobuf.Message> Optional<T> detail(
      List<Any> details, Class<T> type) {
    for (var any : details) {
      if (any.is(type)) {
        try {
          return Optional.of(any.unpack(type));
        } catch (InvalidProtocolBufferException malformed) {
          // The status itself still says what happened, so a broken detail counts as none.
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** The same failure of the call that carried this request id. */
  ReeveException forRequest(String requestId) {
    var same =
        new ReeveException(
            code, reason, String.valueOf(getMessage()), retryDelay, requestId, holder, getCause());
    same.setStackTrace(getStackTrace());
    return same;
  }

  /**
   * The same failure, with the endpoint named in the message where the message alone is no help.
   */
  ReeveException at(Endpoint endpoint) {
    return code == Status.Code.UNAVAILABLE
            || code == Status.Code.DEADLINE_EXCEEDED
            || reason.equals(REASON_NOT_GRPC)
        ? new ReeveException(
            code, reason, endpoint + ": " + getMessage(), retryDelay, requestId, getCause())
        : this;
  }

  public Status.Code code() {
    return code;
  }

  /**
   * One of the stable names in docs/errors.md; empty when the server gave none or was not reached.
   */
  public String reason() {
    return reason;
  }

  /** How long the server asks to wait before the next try. */
  public Optional<Duration> retryDelay() {
    return Optional.ofNullable(retryDelay);
  }

  /** Of the call that failed; empty for calls without one. */
  public String requestId() {
    return requestId;
  }

  /** The task that holds the unique key, if a submission was refused for it; else empty. */
  public String holder() {
    return holder;
  }

  /** Whether the call certainly had no effect: a server refused it, or none was reached. */
  boolean hadNoEffect() {
    return reason.isEmpty()
        ? TransportFault.reachedNobody(getCause())
        : !reason.equals(REASON_OUTCOME_UNKNOWN);
  }

  /** Whether the call may have taken effect although it failed. */
  public boolean isOutcomeUnknown() {
    return switch (code) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, INTERNAL, UNKNOWN -> true;
      default -> false;
    };
  }
}
