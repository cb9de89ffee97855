package io.reeve.edge.grpc;

import io.reeve.domain.task.Rejection;

/**
 * A call or stream that the edge ends with a typed status. It carries no stack: it is an answer,
 * not a fault, and a caller may cause as many as it likes.
 */
final class EdgeRefusal extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final String reasonName;
  private final String field;

  private EdgeRefusal(Reason reason, String reasonName, String message, String field) {
    super(message, null, false, false);
    this.reason = reason;
    this.reasonName = reasonName;
    this.field = field;
  }

  EdgeRefusal(Reason reason, String message) {
    this(reason, reason.name(), message, "");
  }

  /** A field that is wrong in itself; {@code expectation} is "expected X, got Y". */
  static EdgeRefusal invalid(String field, String expectation) {
    return of(Reason.INVALID_REQUEST, field, expectation);
  }

  /** A field that is wrong for a reason of its own. */
  static EdgeRefusal of(Reason reason, String field, String expectation) {
    return new EdgeRefusal(reason, reason.name(), field + ": " + expectation, field);
  }

  /** The caller, or all callers together, have as many bytes in flight as they may. */
  static EdgeRefusal noRoom() {
    return new EdgeRefusal(
        Reason.NO_ROOM, "expected room for the message or its answer, got too many in flight");
  }

  /** The rules said no. */
  static EdgeRefusal of(Rejection rejection) {
    return new EdgeRefusal(Reason.of(rejection.code()), rejection.message());
  }

  /**
   * Reports {@code name} to the caller where it is not one of {@link Reason}, with the status of
   * {@code like}.
   */
  static EdgeRefusal named(String name, Reason like, String message) {
    return new EdgeRefusal(Reason.named(name, like), name, message, "");
  }

  Reason reason() {
    return reason;
  }

  /** What ErrorInfo says. */
  String reasonName() {
    return reasonName;
  }

  /** The field at fault, or empty. */
  String field() {
    return field;
  }

  String text() {
    var message = getMessage();
    return message == null ? "" : message;
  }
}
