package io.reeve.domain.rules;

/**
 * Nothing of the queue starts while this holds. No event ends a pause with an end: the stored
 * instant and the clock tell whether it is over.
 *
 * @param by who paused the queue, for people
 * @param reason why, for people
 * @param sinceMs milliseconds since the epoch, UTC
 * @param untilMs alike; 0: until somebody resumes the queue
 */
public record Pause(String by, String reason, long sinceMs, long untilMs) {

  public boolean holds(long nowMs) {
    return untilMs == 0 || nowMs < untilMs;
  }
}
