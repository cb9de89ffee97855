package io.reeve.domain.task;

/**
 * The answer of the rules to one command about one task: the event that now happens, or that it
 * already is so, or why not. An event is its own decision, so that accepting costs no object more.
 */
public sealed interface Decision
    permits TaskEvent, Redriven, Discarded, Decision.Already, Decision.Refused {

  /** The command changes nothing because its effect is there: how a repeat reads. */
  enum Already implements Decision {
    SO
  }

  /** The rules say no. */
  record Refused(Rejection reason) implements Decision {}

  /** A refusal with this code and message. */
  static Decision refuse(Rejection.Code code, String message) {
    return new Refused(new Rejection(code, message));
  }
}
