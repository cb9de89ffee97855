package io.reeve.domain.partition;

/**
 * Where a ready task stands in its partition.
 *
 * @param ahead ready tasks of its class that are leased before it
 * @param about counted from a sample, since there are many
 */
public record Place(long ahead, boolean about) {

  /** Of a task that is not ready, or is the next one. */
  public static final Place FIRST = new Place(0, false);
}
