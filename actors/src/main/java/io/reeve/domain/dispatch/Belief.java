package io.reeve.domain.dispatch;

import io.reeve.domain.task.TaskClass;
import java.util.List;
import java.util.Map;

/**
 * All that a dispatcher believes of one partition, for the partition to compare with what is.
 *
 * @param incarnation the start of the partition that it knows
 * @param sentSeq the newest grant there
 * @param heardSeq up to which grants the partition reported
 * @param ready every class with ready tasks
 * @param standing every standing grant that is open
 */
public record Belief(
    int partition,
    long incarnation,
    long sentSeq,
    long heardSeq,
    Map<TaskClass, Integer> ready,
    List<Standing> standing) {

  /**
   * A standing grant.
   *
   * @param leased tasks leased under it so far
   * @param revoked it was asked for back
   */
  public record Standing(long seq, int leased, boolean revoked) {}
}
