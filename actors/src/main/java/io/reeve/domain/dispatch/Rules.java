package io.reeve.domain.dispatch;

import java.util.Map;

/**
 * What the pairing can be tuned by.
 *
 * @param normalEvery while both lanes wait, one granted task of so many is a normal one, at least;
 *     0: the urgent lane always goes first, however long normal tasks wait
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
    int normalEvery,
    int grantMax,
    int spreadMin,
    boolean standing,
    int refusalsMax,
    long refusalPauseNanos,
    Map<String, Integer> weights) {

  /** The rules with nothing changed. */
  public static Rules defaults() {
    return new Rules(10, 500, 16, true, 3, 200_000_000L, Map.of());
  }

  int weight(String queue) {
    return weights.getOrDefault(queue, 1);
  }
}
