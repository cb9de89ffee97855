package io.reeve.edge.calls;

import io.reeve.domain.task.Rejection;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every way in which an edge says no. The names are part of the public protocol: they never change
 * meaning. Each edge has a table of its own that turns a reason into a status. The table in
 * docs/errors.md is made from here, and a test compares the two.
 */
public enum Reason {
  UNKNOWN_TASK(0, "The task does not exist, or its retention is over."),
  UNKNOWN_SCHEDULE(
      0, "The schedule does not exist, was deleted, or ended longer ago than it is kept."),
  VERSION_CHANGED(0, "The version is not the expected one. Read it again and decide."),
  WRONG_STATE(0, "The state of the task or schedule does not allow this. Read it and decide."),
  STALE_LEASE(0, "The lease ended, or a newer one exists. Drop the outcome of the attempt."),
  MALFORMED_SETTLEMENT(0, "The settlement has no task, no lease or no outcome. Drop it."),
  SETTLED_OTHERWISE(0, "The lease was already settled with another outcome. Drop the settlement."),
  REQUEST_ID_REUSED(0, "The request id belongs to another submission. Use a new one."),
  ALREADY_EXISTS(0, "Another task holds the unique key. The text names it; read it and decide."),
  OVER_CAPACITY(1000, "The partition or the process holds as many tasks as it may. Back off."),
  TOO_MANY_CLASSES(
      1000, "The tasks of the partition require too many different sets of labels. Back off."),
  STORE_FULL(5000, "The disk of the store has no room for new tasks. Existing tasks continue."),
  OVERLOADED(
      100,
      "Too many commands wait at the partition, or too many tasks are being explained. Back off."),
  OUTCOME_UNKNOWN(
      200,
      "No answer arrived in time, and the call may have taken effect. Retry with the same"
          + " request id. Without one, look first."),
  NOT_READY(200, "The partition starts or moves. Retry."),
  NO_ANSWER(200, "A read got no answer in time. Retry."),
  NO_DISPATCHER(
      200,
      "No dispatcher answered in time. A change may have taken effect; repeating it does no harm."),
  TOO_MANY_QUEUES(0, "As many queues have settings as may. Reset queues that need none."),
  TOO_MANY_PAUSES(0, "As many queues are paused as may be. Resume some."),
  INVALID_REQUEST(0, "A field is wrong in any state of the system; BadRequest names it."),
  MALFORMED_MESSAGE(0, "The bytes are no message of this method."),
  MESSAGE_TOO_LARGE(0, "The message exceeds the limit of the server. Send less in one message."),
  MESSAGE_LATE(200, "The message was not complete in time. Send it again, faster or in parts."),
  NO_ROOM(
      200, "Too many bytes of requests and unread answers are in flight. Read, back off, retry."),
  COMPRESSION_REFUSED(0, "The server accepts no compressed messages. Send them uncompressed."),
  UNKNOWN_METHOD(0, "The node has no such service, method or path."),
  METHOD_REFUSED(0, "By HTTP, the path takes other methods. The header Allow names them."),
  MEDIA_TYPE_REFUSED(0, "By HTTP, a body must be application/json in UTF-8."),
  ORIGIN_REFUSED(
      0, "By HTTP, a page of another site made the call, or Host is no name of this node."),
  NO_EDGE(1000, "The node owns tasks and serves no clients or workers. Connect to another node."),
  UNKNOWN_SERVICE(0, "The health check names a service that this node does not have."),
  HELLO_EXPECTED(0, "The first message of a worker stream is not Hello."),
  HELLO_LATE(200, "The worker stream got no Hello in time. Reconnect."),
  SECOND_HELLO(0, "The worker stream got a second Hello."),
  CAPACITY_OUT_OF_BOUNDS(0, "A capacity, a reserve or a number of held leases is out of bounds."),
  TOTAL_FELL(0, "A total that may only grow became smaller."),
  RELEASED_TOO_MUCH(0, "The worker released more slots than it got leases."),
  RECEIVED_TOO_MUCH(0, "The worker acknowledged a sequence number that the server did not send."),
  BATCH_OUT_OF_ORDER(0, "The number of a settlement batch does not follow the last one."),
  TOO_MANY_BATCHES(0, "Too many settlement batches are unacknowledged."),
  TOO_MANY_SESSIONS(1000, "The node serves as many workers as it may. Try another node."),
  TOO_MANY_WATCHES(1000, "The node serves as many watches as it may. Back off."),
  DEAF(200, "The worker did not acknowledge its assignments in time. Reconnect and resume."),
  SILENT(200, "The worker sent no heartbeat in time. Reconnect and resume."),
  SLOW_READER(200, "The worker did not read its stream. Reconnect and resume."),
  SUPERSEDED(0, "A later session of the same worker took over the leases. Stop all attempts."),
  SESSION_STOPPED(200, "The session was stopped. Reconnect and resume."),
  SESSION_FAILED(200, "The session failed because of a bug. Reconnect and resume."),
  NODE_LEAVING(200, "The node shuts down. Connect to another node and resume there."),
  INTERNAL(0, "A bug of the server. Its log has the details. Report it.");

  private static final Map<String, Reason> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(Enum::name, Function.identity()));

  private final Duration retryAfter;
  private final String meaning;

  Reason(long retryAfterMs, String meaning) {
    this.retryAfter = Duration.ofMillis(retryAfterMs);
    this.meaning = meaning;
  }

  /**
   * The reason of a refusal of the rules. Total: a new code does not compile until it is mapped.
   */
  public static Reason of(Rejection.Code code) {
    return switch (code) {
      case UNKNOWN_TASK -> UNKNOWN_TASK;
      case UNKNOWN_SCHEDULE -> UNKNOWN_SCHEDULE;
      case VERSION_CHANGED -> VERSION_CHANGED;
      case WRONG_STATE -> WRONG_STATE;
      case STALE_LEASE -> STALE_LEASE;
      case MALFORMED_SETTLEMENT -> MALFORMED_SETTLEMENT;
      case SETTLED_OTHERWISE -> SETTLED_OTHERWISE;
      case REQUEST_ID_REUSED -> REQUEST_ID_REUSED;
      case ALREADY_EXISTS -> ALREADY_EXISTS;
      case OVER_CAPACITY -> OVER_CAPACITY;
      case TOO_MANY_CLASSES -> TOO_MANY_CLASSES;
      case STORE_FULL -> STORE_FULL;
      case OVERLOADED -> OVERLOADED;
      case OUTCOME_UNKNOWN -> OUTCOME_UNKNOWN;
      case NOT_READY -> NOT_READY;
      case INTERNAL -> INTERNAL;
    };
  }

  /** The reason with this name, or {@code otherwise}. */
  public static Reason named(String name, Reason otherwise) {
    return BY_NAME.getOrDefault(name, otherwise);
  }

  /** How long to wait before the same call may succeed; zero when waiting does not help. */
  public Duration retryAfter() {
    return retryAfter;
  }

  /** For people, in docs/errors.md. */
  public String meaning() {
    return meaning;
  }
}
