package io.reeve.edge.http.api;

import io.reeve.edge.calls.Reason;
import io.reeve.edge.grpc.status.GrpcStatuses;

/** The one place where a reason becomes an HTTP status. */
public final class HttpStatuses {

  private HttpStatuses() {}

  /**
   * The status of a reason: that which belongs to its gRPC status, unless HTTP has a better one.
   */
  public static int of(Reason reason) {
    return switch (reason) {
      case METHOD_REFUSED -> 405;
      case MESSAGE_LATE -> 408;
      case MESSAGE_TOO_LARGE -> 413;
      case MEDIA_TYPE_REFUSED, COMPRESSION_REFUSED -> 415;
      case OUTCOME_UNKNOWN, NO_ANSWER -> 504;
      case STORE_FULL -> 507;
      default -> of(GrpcStatuses.code(reason));
    };
  }

  private static int of(io.grpc.Status.Code code) {
    return switch (code) {
      case OK -> 200;
      case INVALID_ARGUMENT, OUT_OF_RANGE -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND, UNIMPLEMENTED -> 404;
      case FAILED_PRECONDITION, ABORTED, ALREADY_EXISTS -> 409;
      case RESOURCE_EXHAUSTED -> 429;
      case UNAVAILABLE -> 503;
      case DEADLINE_EXCEEDED -> 504;
      case CANCELLED, UNKNOWN, INTERNAL, DATA_LOSS -> 500;
    };
  }
}
