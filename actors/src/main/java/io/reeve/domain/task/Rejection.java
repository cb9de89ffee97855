package io.reeve.domain.task;

/**
 * Why the rules said no. The code is stable and machine-readable; the message is for people, in the
 * shape "expected X, got Y", and holds no payload.
 */
public record Rejection(Code code, String message) {

  /** Every way to be refused. The names are part of the public protocol. */
  public enum Code {
    /** No such task: it never was, or it ended longer ago than the retention. */
    UNKNOWN_TASK,
    /** No such schedule: it never was, was deleted, or ended longer ago than it is kept. */
    UNKNOWN_SCHEDULE,
    /** The version that the caller expects is not the present one. */
    VERSION_CHANGED,
    /** The state of the task or schedule does not allow it. */
    WRONG_STATE,
    /** Another lease was given since, or this one was ended. */
    STALE_LEASE,
    /** A settlement that names no task or no lease, or says nothing of the attempt. */
    MALFORMED_SETTLEMENT,
    /** The same lease was settled before in another way. */
    SETTLED_OTHERWISE,
    /** The request id was used before for another submission. */
    REQUEST_ID_REUSED,
    /** Another task holds the unique key. */
    ALREADY_EXISTS,
    /** The partition holds as many tasks or bytes as it may. */
    OVER_CAPACITY,
    /** The live tasks of the partition require as many different sets of labels as they may. */
    TOO_MANY_CLASSES,
    /** The store has no room for new tasks. */
    STORE_FULL,
    /** The partition works on as many commands as it may. */
    OVERLOADED,
    /**
     * The journal did not answer: whether the command took effect is unknown. The same command with
     * the same request id may be sent again.
     */
    OUTCOME_UNKNOWN,
    /** The partition is starting or moving. */
    NOT_READY,
    /** The command cannot be carried out, by a fault of the server. */
    INTERNAL
  }
}
