package io.reeve.domain.task;

/**
 * A task holds its unique key from here on, and whoever held it does not any more. In the journal
 * it stands behind the event that brings the task in, in the same row.
 *
 * @param sequence of the task
 * @param untilMs when it ends with {@link UniqueScope#FOR_PERIOD}; else 0
 */
public record UniqueTaken(UniqueKey key, long sequence, UniqueScope scope, long untilMs, long atMs)
    implements PartitionEvent {

  /**
   * Whether the task still holds the key after it became {@code after}, whatever the clock says.
   */
  public boolean outlasts(Task after) {
    return switch (scope) {
      case WHILE_WAITING -> after instanceof Task.Queued;
      case UNTIL_ENDED -> Task.isLive(after);
      case FOR_PERIOD -> true;
    };
  }

  /** Whether its time is over. */
  public boolean isOver(long nowMs) {
    return scope == UniqueScope.FOR_PERIOD && nowMs >= untilMs;
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.uniqueTaken(this);
  }
}
