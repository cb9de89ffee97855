package io.reeve.domain.rules;

import org.jspecify.annotations.Nullable;

/**
 * What people set for one queue.
 *
 * @param weight share of the queue beside other queues, 1 to {@link #WEIGHT_MAX}
 * @param lanes which lane goes first
 * @param pause null: none
 */
public record QueueSettings(int weight, LanePreference lanes, @Nullable Pause pause) {

  public static final int WEIGHT_MAX = 1_000;

  /** Those of a queue that nobody set anything for. */
  public static final QueueSettings PLAIN = new QueueSettings(1, LanePreference.STRICT, null);

  public QueueSettings {
    if (weight < 1 || weight > WEIGHT_MAX) {
      throw new IllegalArgumentException(
          "expected a weight of 1 to %d, got %d".formatted(WEIGHT_MAX, weight));
    }
  }

  /** The same with this pause; null: without one. */
  public QueueSettings with(@Nullable Pause other) {
    return new QueueSettings(weight, lanes, other);
  }

  /** The same, without a pause that is over. */
  public QueueSettings at(long nowMs) {
    return pause == null || pause.holds(nowMs) ? this : with(null);
  }
}
