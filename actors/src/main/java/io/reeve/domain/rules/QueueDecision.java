package io.reeve.domain.rules;

/** What follows from a {@link QueueChange}. */
public sealed interface QueueDecision {

  /** This is to be stored. */
  record Change(QueueSet event) implements QueueDecision {}

  /** It is so already. */
  record Already() implements QueueDecision {}

  /** Nothing changes. */
  record Refused(Code code, String message) implements QueueDecision {}

  /** Why nothing changes. */
  enum Code {
    /** Somebody else changed the settings. */
    VERSION_CHANGED,
    /** As many queues have settings as may. */
    TOO_MANY_QUEUES,
    /** As many queues are paused as may be. */
    TOO_MANY_PAUSES,
    /** The end of the pause has passed. */
    PAUSE_IS_OVER,
    /** No dispatcher works just now, or another one does; the wish may be repeated. */
    NO_DISPATCHER
  }
}
