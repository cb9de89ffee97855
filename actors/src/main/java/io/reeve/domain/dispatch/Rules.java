package io.reeve.domain.dispatch;

import java.util.Map;

/**
 * What the pairing can be tuned by.
 *
 * @param lanes which lane goes first
 * @param grantMax most tasks in one grant; bounds how long one worker's grant can keep a partition
 * @param spreadMin grants smaller than this are not split over partitions: each part costs its
 *     partition a journal row
 * @param standing whether idle credit stands at the partitions
 * @param refusalsMax grants of one worker that a partition may leave unused in a row, though it has
 *     tasks, before the worker is not proposed there for a while
 * @param refusalPauseNanos that while
 * @param weights shares of the queues; a queue that is not named has 1
 */
public record Rules(
    LanePreference lanes,
    int grantMax,
    int spreadMin,
    boolean standing,
    int refusalsMax,
    long refusalPauseNanos,
    Map<String, Integer> weights) {

  /** Which lane is served first when both wait for the same credit. */
  public enum LanePreference {
    /** The urgent lane, always. */
    URGENT_FIRST,
    /** The lanes in turn, so that neither starves. */
    ALTERNATING
  }

  /** The rules with nothing changed. */
  public static Rules defaults() {
    return new Rules(LanePreference.URGENT_FIRST, 500, 16, true, 3, 200_000_000L, Map.of());
  }

  int weight(String queue) {
    return weights.getOrDefault(queue, 1);
  }
}
