package io.reeve.domain.task;

/**
 * A holder of leases is gone for good: a grant for it that arrives later must not lease, because
 * nobody would run or renew the task. It may come back with another session, which speaks up first.
 *
 * @param sessionNo the highest session that is gone
 */
public record HolderEnded(String holder, int sessionNo, long atMs) implements PartitionEvent {
  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.holderEnded(this);
  }
}
