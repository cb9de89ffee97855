package io.reeve.domain.dispatch;

import io.reeve.domain.task.TaskClass;
import java.util.List;
import java.util.Set;

/**
 * What a session offers to run.
 *
 * @param holder names the chain of sessions that own the same leases
 * @param sessionNo position in that chain
 * @param queues which queues it serves; "*" alone: any; kinds alike
 */
public record Offer(
    String holder,
    int sessionNo,
    String workerId,
    String pool,
    List<String> queues,
    Set<String> kinds) {

  /** Whether it may run tasks of this class. */
  public boolean serves(TaskClass taskClass) {
    return taskClass.isServedBy(queues, kinds);
  }

  /** Whether it serves this queue, whatever kinds it runs. */
  boolean servesQueue(String queue) {
    return TaskClass.includes(queues, queue);
  }
}
