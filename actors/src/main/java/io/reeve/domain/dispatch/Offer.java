package io.reeve.domain.dispatch;

import io.reeve.domain.task.Labels;
import io.reeve.domain.task.TaskClass;
import java.util.List;
import java.util.Set;

/**
 * What a session offers to run.
 *
 * @param holder names the chain of sessions that own the same leases
 * @param sessionNo position in that chain
 * @param queues which queues it serves; "*" alone: any; kinds alike
 * @param labels of the worker
 * @param process names the start of the process that the worker is; empty: not known
 */
public record Offer(
    String holder,
    int sessionNo,
    String workerId,
    String pool,
    List<String> queues,
    Set<String> kinds,
    Labels labels,
    String process) {

  /** The offer of a worker without labels, whose process has no other session. */
  public Offer(
      String holder,
      int sessionNo,
      String workerId,
      String pool,
      List<String> queues,
      Set<String> kinds) {
    this(holder, sessionNo, workerId, pool, queues, kinds, Labels.NONE, "");
  }

  /** Whether it may run tasks of this class. */
  public boolean serves(TaskClass taskClass) {
    return taskClass.isServedBy(queues, kinds, labels);
  }

  /** Whether it might, if its worker had the labels. */
  boolean servesKind(TaskClass taskClass) {
    return taskClass.isServedBy(queues, kinds);
  }

  /** Whether it serves this queue, whatever kinds it runs. */
  boolean servesQueue(String queue) {
    return TaskClass.includes(queues, queue);
  }
}
