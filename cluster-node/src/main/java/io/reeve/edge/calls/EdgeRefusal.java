package io.reeve.edge.calls;

import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.TaskId;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * A call or stream that an edge ends with a typed status. It carries no stack: it is an answer, not
 * a fault, and a caller may cause as many as it likes.
 */
public final class EdgeRefusal extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final String reasonName;
  private final String field;
  private final String taskId;

  private EdgeRefusal(
      Reason reason, String reasonName, String message, String field, String taskId) {
    super(message, null, false, false);
    this.reason = reason;
    this.reasonName = reasonName;
    this.field = field;
    this.taskId = taskId;
  }

  private EdgeRefusal(Reason reason, String reasonName, String message, String field) {
    this(reason, reasonName, message, field, "");
  }

  public EdgeRefusal(Reason reason, String message) {
    this(reason, reason.name(), message, "");
  }

  /** A field that is wrong in itself; {@code expectation} is "expected X, got Y". */
  public static EdgeRefusal invalid(String field, String expectation) {
    return of(Reason.INVALID_REQUEST, field, expectation);
  }

  /** A field that is wrong for a reason of its own. */
  public static EdgeRefusal of(Reason reason, String field, String expectation) {
    return new EdgeRefusal(reason, reason.name(), field + ": " + expectation, field);
  }

  /** The caller, or all callers together, have as many bytes in flight as they may. */
  public static EdgeRefusal noRoom() {
    return new EdgeRefusal(
        Reason.NO_ROOM, "expected room for the message or its answer, got too many in flight");
  }

  /** Another task holds the unique key. */
  public static EdgeRefusal held(TaskId holder) {
    return new EdgeRefusal(
        Reason.ALREADY_EXISTS,
        Reason.ALREADY_EXISTS.name(),
        "expected a unique key that no task holds, got one that task " + holder + " holds",
        "",
        holder.toString());
  }

  /** The rules said no. */
  public static EdgeRefusal of(Rejection rejection) {
    return new EdgeRefusal(Reason.of(rejection.code()), rejection.message());
  }

  /**
   * Reports {@code name} to the caller where it is not one of {@link Reason}, with the status of
   * {@code like}.
   */
  public static EdgeRefusal named(String name, Reason like, String message) {
    return new EdgeRefusal(Reason.named(name, like), name, message, "");
  }

  /** The same refusal where its field, or all that was refused if it names none, is in a part. */
  EdgeRefusal within(String part) {
    var way = field.isEmpty() ? part : part + ".";
    return new EdgeRefusal(reason, reasonName, way + getMessage(), way + field, taskId);
  }

  public Reason reason() {
    return reason;
  }

  /** What ErrorInfo says. */
  public String reasonName() {
    return reasonName;
  }

  /** The field at fault, or empty. */
  public String field() {
    return field;
  }

  /** The task that stands in the way, or empty. */
  public String taskId() {
    return taskId;
  }

  public String text() {
    var message = getMessage();
    return message == null ? "" : message;
  }

  /** The failure itself: a stage derived from a failed one hands it on inside a wrapper. */
  public static Throwable unwrap(Throwable failure) {
    var cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
