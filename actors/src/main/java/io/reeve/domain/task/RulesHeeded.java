package io.reeve.domain.task;

/**
 * The partition heeds the dispatcher of this epoch, and keeps these rules. Stored before the
 * dispatcher hears of it: after a restart, neither an older dispatcher nor an older rule wins the
 * partition back.
 *
 * @param atMs milliseconds since the epoch, UTC
 */
public record RulesHeeded(long epoch, HeededRules rules, long atMs) implements PartitionEvent {

  /** Before any rule was ever set: every epoch is news. */
  public static final RulesHeeded NONE = new RulesHeeded(0, HeededRules.NONE, 0);

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.rulesHeeded(this);
  }
}
