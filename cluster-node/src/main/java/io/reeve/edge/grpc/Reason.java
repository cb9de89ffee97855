package io.reeve.edge.grpc;

import io.grpc.Status;
import io.reeve.domain.task.Rejection;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every way in which the edge says no, with its gRPC status. The names travel in ErrorInfo and are
 * part of the public protocol: they never change meaning. The table in docs/errors.md is made from
 * here, and a test compares the two.
 */
public enum Reason {
  UNKNOWN_TASK(
      Status.Code.NOT_FOUND, 0, "No such task: it never was, or it ended before the retention."),
  WRONG_STATE(
      Status.Code.FAILED_PRECONDITION, 0, "The task's state does not allow it. Read it, decide."),
  STALE_LEASE(
      Status.Code.ABORTED, 0, "The lease ended or another was given. Drop the attempt's outcome."),
  MALFORMED_SETTLEMENT(
      Status.Code.INVALID_ARGUMENT,
      0,
      "The settlement names no task or no lease, or no outcome. Drop it."),
  SETTLED_OTHERWISE(
      Status.Code.FAILED_PRECONDITION, 0, "The same lease was settled before in another way."),
  REQUEST_ID_REUSED(
      Status.Code.ALREADY_EXISTS, 0, "The request id was used before for another submission."),
  OVER_CAPACITY(
      Status.Code.RESOURCE_EXHAUSTED, 1000, "The partition holds as much as it may. Back off."),
  OVERLOADED(
      Status.Code.RESOURCE_EXHAUSTED, 100, "Too many commands wait at the partition. Back off."),
  OUTCOME_UNKNOWN(
      Status.Code.UNAVAILABLE,
      200,
      "No answer came in time: it may have taken effect. Repeat it with the same request id."),
  NOT_READY(Status.Code.UNAVAILABLE, 200, "The partition starts or moves. Repeat."),
  NO_ANSWER(Status.Code.UNAVAILABLE, 200, "A read was not answered in time. Repeat."),
  INVALID_REQUEST(
      Status.Code.INVALID_ARGUMENT,
      0,
      "A field is wrong whatever the state of the system; BadRequest names it."),
  MALFORMED_MESSAGE(
      Status.Code.INVALID_ARGUMENT, 0, "The bytes are no message of the method's type."),
  MESSAGE_TOO_LARGE(
      Status.Code.RESOURCE_EXHAUSTED,
      0,
      "A message exceeds the server's limit. Send less at once."),
  MESSAGE_LATE(
      Status.Code.UNAVAILABLE,
      200,
      "A message was begun and not completed in time. Send it again, faster or in parts."),
  NO_ROOM(
      Status.Code.RESOURCE_EXHAUSTED,
      200,
      "Too many bytes of requests and unread answers are in flight. Read, back off, repeat."),
  COMPRESSION_REFUSED(
      Status.Code.UNIMPLEMENTED, 0, "Compressed messages are not taken. Send them as they are."),
  UNKNOWN_METHOD(Status.Code.UNIMPLEMENTED, 0, "The node has no such service or method."),
  NO_EDGE(
      Status.Code.UNAVAILABLE,
      1000,
      "The node owns tasks and serves no clients or workers. Connect to another node."),
  UNKNOWN_SERVICE(Status.Code.NOT_FOUND, 0, "Health was asked for a service that is not here."),
  HELLO_EXPECTED(
      Status.Code.FAILED_PRECONDITION, 0, "The first message of a worker's stream is not Hello."),
  HELLO_LATE(
      Status.Code.UNAVAILABLE, 200, "No Hello came on a worker's stream in time. Connect again."),
  SECOND_HELLO(
      Status.Code.FAILED_PRECONDITION, 0, "Hello came a second time on one worker's stream."),
  CAPACITY_OUT_OF_BOUNDS(
      Status.Code.INVALID_ARGUMENT,
      0,
      "A capacity, a reserve or a number of held leases is wrong."),
  TOTAL_FELL(Status.Code.FAILED_PRECONDITION, 0, "A total that only grows became smaller."),
  RELEASED_TOO_MUCH(
      Status.Code.FAILED_PRECONDITION, 0, "More slots were given back than leases were sent."),
  RECEIVED_TOO_MUCH(
      Status.Code.FAILED_PRECONDITION, 0, "A sequence number was acknowledged that was not sent."),
  BATCH_OUT_OF_ORDER(
      Status.Code.FAILED_PRECONDITION, 0, "A settlement batch did not follow the last one."),
  TOO_MANY_BATCHES(
      Status.Code.FAILED_PRECONDITION, 0, "Too many settlement batches are on their way."),
  TOO_MANY_SESSIONS(
      Status.Code.RESOURCE_EXHAUSTED, 1000, "The node serves as many workers as it may."),
  TOO_MANY_WATCHES(
      Status.Code.RESOURCE_EXHAUSTED, 1000, "The node serves as many watches as it may."),
  DEAF(Status.Code.UNAVAILABLE, 200, "The worker did not acknowledge its assignments in time."),
  SILENT(Status.Code.UNAVAILABLE, 200, "The worker did not beat in time. Connect and resume."),
  SLOW_READER(
      Status.Code.UNAVAILABLE, 200, "The worker did not read its stream. Connect and resume."),
  SUPERSEDED(Status.Code.ABORTED, 0, "A later session of the same worker took over its leases."),
  SESSION_STOPPED(Status.Code.UNAVAILABLE, 200, "The session was stopped. Connect and resume."),
  SESSION_FAILED(
      Status.Code.UNAVAILABLE, 200, "The worker's session ended by a fault. Connect and resume."),
  NODE_LEAVING(
      Status.Code.UNAVAILABLE, 200, "The node shuts down. Connect to another and resume there."),
  INTERNAL(Status.Code.INTERNAL, 0, "A fault of the server; its log says more. Report it.");

  private static final Map<String, Reason> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(Enum::name, Function.identity()));

  private final Status.Code code;
  private final Duration retryAfter;
  private final String meaning;

  Reason(Status.Code code, long retryAfterMs, String meaning) {
    this.code = code;
    this.retryAfter = Duration.ofMillis(retryAfterMs);
    this.meaning = meaning;
  }

  /**
   * The reason of a refusal of the rules. Total: a new code does not compile until it is mapped.
   */
  static Reason of(Rejection.Code code) {
    return switch (code) {
      case UNKNOWN_TASK -> UNKNOWN_TASK;
      case WRONG_STATE -> WRONG_STATE;
      case STALE_LEASE -> STALE_LEASE;
      case MALFORMED_SETTLEMENT -> MALFORMED_SETTLEMENT;
      case SETTLED_OTHERWISE -> SETTLED_OTHERWISE;
      case REQUEST_ID_REUSED -> REQUEST_ID_REUSED;
      case OVER_CAPACITY -> OVER_CAPACITY;
      case OVERLOADED -> OVERLOADED;
      case OUTCOME_UNKNOWN -> OUTCOME_UNKNOWN;
      case NOT_READY -> NOT_READY;
      case INTERNAL -> INTERNAL;
    };
  }

  /** The reason with this name, or {@code otherwise}. */
  static Reason named(String name, Reason otherwise) {
    return BY_NAME.getOrDefault(name, otherwise);
  }

  Status.Code code() {
    return code;
  }

  /** How long to wait before the same call may succeed; zero when waiting does not help. */
  Duration retryAfter() {
    return retryAfter;
  }

  /** For people, in docs/errors.md. */
  String meaning() {
    return meaning;
  }
}
