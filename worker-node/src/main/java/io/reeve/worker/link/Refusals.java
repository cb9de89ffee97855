package io.reeve.worker.link;

import io.grpc.Status;

/** What the end of a stream means: what to say of it, and whether a repetition heals it. */
final class Refusals {

  private Refusals() {}

  /** Whether the same hello would be refused again, by this server and probably by every other. */
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

  /** The end of a stream in words. */
  static String describe(Status status) {
    var text = new StringBuilder(status.getCode().name());
    if (status.getDescription() != null) {
      text.append(": ").append(status.getDescription());
    }
    // grpc-java says "io exception", and only its cause says which.
    if (status.getCause() != null && status.getCause().getMessage() != null) {
      text.append(" (").append(status.getCause().getMessage()).append(')');
    }
    return text.toString();
  }
}
