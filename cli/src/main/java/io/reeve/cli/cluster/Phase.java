package io.reeve.cli.cluster;

import java.time.Duration;
import java.util.Optional;

/**
 * The effect of one event on the work, from the event to the end of its phase.
 *
 * @param event steady, killed, stopped or restarted
 * @param node the node it happened to; empty for none
 * @param longestWithoutAcknowledgement over all clients
 * @param longestWithoutStart until any worker got a task, over all partitions
 * @param slowestSubmission the longest that one client waited for its answer
 * @param recovered when the last partition took submissions and gave out tasks again; empty: not
 * @param bound the longest allowed recovery; empty where nothing is promised
 */
public record Phase(
    Event event,
    String node,
    Duration longestWithoutAcknowledgement,
    Duration longestWithoutStart,
    Duration slowestSubmission,
    Optional<Duration> recovered,
    Optional<Duration> bound) {

  /** The event of a phase. */
  public enum Event {
    /** Nothing: for comparison. */
    STEADY,
    /** SIGKILL to the node of the dispatcher. */
    KILLED,
    /** SIGTERM to another node. */
    STOPPED,
    /** The node came back. */
    RESTARTED
  }

  /** Whether work went on everywhere, in the time that is promised. */
  public boolean good() {
    return recovered.isPresent()
        && (bound.isEmpty() || recovered.get().compareTo(bound.get()) <= 0);
  }
}
