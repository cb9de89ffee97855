package io.reeve.check;

import io.reeve.domain.task.Labels;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether tasks run where they may: by the labels of the worker, and by what it has beside them.
 */
final class Placement {

  private final Map<TaskId, TaskLife> lives;
  private final BiConsumer<Invariant, String> violated;
  private final Map<String, Labels> labels = new HashMap<>();

  Placement(Map<TaskId, TaskLife> lives, BiConsumer<Invariant, String> violated) {
    this.lives = lives;
    this.violated = violated;
  }

  void take(Fact fact) {
    if (fact instanceof Fact.WorkerHas worker) {
      labels.put(worker.workerId(), worker.labels());
    } else if (fact instanceof Fact.DeliveredBeside beside) {
      delivered(beside);
    }
  }

  /** A worker of whose labels nothing is known may have any. */
  void leased(TaskId id, TaskLife life, TaskEvent.Leased lease) {
    @Nullable Labels has = labels.get(lease.workerId());
    var needs = life.profile.taskClass().needs();
    if (has != null && !has.include(needs)) {
      violated.accept(
          Invariant.LABELS_KEPT,
          "%s: requires %s, leased to %s with %s".formatted(id, needs, lease.workerId(), has));
    }
  }

  private void delivered(Fact.DeliveredBeside beside) {
    var alone = isAlone(beside.task(), beside.fence());
    beside
        .others()
        .forEach(
            (other, fence) -> {
              if (alone || isAlone(other, fence)) {
                violated.accept(
                    Invariant.QUARANTINE_ALONE,
                    "%s: delivered under fence %d beside %s under fence %d"
                        .formatted(beside.task(), beside.fence(), other, fence));
              }
            });
  }

  private boolean isAlone(TaskId task, long fence) {
    var life = lives.get(task);
    return life != null && life.isAloneUnder(fence);
  }
}
