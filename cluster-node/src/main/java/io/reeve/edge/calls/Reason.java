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
  UNKNOWN_TASK(0, "No such task: it never was, or it ended before the retention."),
  WRONG_STATE(0, "The task's state does not allow it. Read it, decide."),
  STALE_LEASE(0, "The lease ended or another was given. Drop the attempt's outcome."),
  MALFORMED_SETTLEMENT(0, "The settlement names no task or no lease, or no outcome. Drop it."),
  SETTLED_OTHERWISE(0, "The same lease was settled before in another way."),
  REQUEST_ID_REUSED(0, "The request id was used before for another submission."),
  OVER_CAPACITY(1000, "The partition holds as much as it may. Back off."),
  STORE_FULL(5000, "The disk of the store has no room for new tasks. Those that are there go on."),
  OVERLOADED(100, "Too many commands wait at the partition. Back off."),
  OUTCOME_UNKNOWN(
      200, "No answer came in time: it may have taken effect. Repeat it with the same request id."),
  NOT_READY(200, "The partition starts or moves. Repeat."),
  NO_ANSWER(200, "A read was not answered in time. Repeat."),
  INVALID_REQUEST(0, "A field is wrong whatever the state of the system; BadRequest names it."),
  MALFORMED_MESSAGE(0, "The bytes are no message of the method's type."),
  MESSAGE_TOO_LARGE(0, "A message exceeds the server's limit. Send less at once."),
  MESSAGE_LATE(
      200, "A message was begun and not completed in time. Send it again, faster or in parts."),
  NO_ROOM(
      200, "Too many bytes of requests and unread answers are in flight. Read, back off, repeat."),
  COMPRESSION_REFUSED(0, "Compressed messages are not taken. Send them as they are."),
  UNKNOWN_METHOD(0, "The node has no such service or method."),
  NO_EDGE(1000, "The node owns tasks and serves no clients or workers. Connect to another node."),
  UNKNOWN_SERVICE(0, "Health was asked for a service that is not here."),
  HELLO_EXPECTED(0, "The first message of a worker's stream is not Hello."),
  HELLO_LATE(200, "No Hello came on a worker's stream in time. Connect again."),
  SECOND_HELLO(0, "Hello came a second time on one worker's stream."),
  CAPACITY_OUT_OF_BOUNDS(0, "A capacity, a reserve or a number of held leases is wrong."),
  TOTAL_FELL(0, "A total that only grows became smaller."),
  RELEASED_TOO_MUCH(0, "More slots were given back than leases were sent."),
  RECEIVED_TOO_MUCH(0, "A sequence number was acknowledged that was not sent."),
  BATCH_OUT_OF_ORDER(0, "A settlement batch did not follow the last one."),
  TOO_MANY_BATCHES(0, "Too many settlement batches are on their way."),
  TOO_MANY_SESSIONS(1000, "The node serves as many workers as it may."),
  TOO_MANY_WATCHES(1000, "The node serves as many watches as it may."),
  DEAF(200, "The worker did not acknowledge its assignments in time."),
  SILENT(200, "The worker did not beat in time. Connect and resume."),
  SLOW_READER(200, "The worker did not read its stream. Connect and resume."),
  SUPERSEDED(0, "A later session of the same worker took over its leases."),
  SESSION_STOPPED(200, "The session was stopped. Connect and resume."),
  SESSION_FAILED(200, "The worker's session ended by a fault. Connect and resume."),
  NODE_LEAVING(200, "The node shuts down. Connect to another and resume there."),
  INTERNAL(0, "A fault of the server; its log says more. Report it.");

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
      case WRONG_STATE -> WRONG_STATE;
      case STALE_LEASE -> STALE_LEASE;
      case MALFORMED_SETTLEMENT -> MALFORMED_SETTLEMENT;
      case SETTLED_OTHERWISE -> SETTLED_OTHERWISE;
      case REQUEST_ID_REUSED -> REQUEST_ID_REUSED;
      case OVER_CAPACITY -> OVER_CAPACITY;
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
