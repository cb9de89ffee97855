package io.reeve.domain.dispatch;

import io.reeve.domain.task.TaskClass;
import java.util.List;

/** What the rules want told to a partition. */
public sealed interface Order {

  /** The partition to tell. */
  int partition();

  /** Propose to lease up to {@code count} ready tasks of one class. */
  record Propose(int partition, long seq, TaskClass taskClass, int count, Offer to)
      implements Order {}

  /** Propose to lease the next {@code count} tasks that match, as they become ready. */
  record Stand(int partition, long seq, int count, Offer to) implements Order {}

  /** Take standing grants back. */
  record Revoke(int partition, List<Long> seqs) implements Order {}
}
