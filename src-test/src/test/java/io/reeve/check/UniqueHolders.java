package io.reeve.check;

import static io.reeve.check.Invariant.NO_GHOST;
import static io.reeve.check.Invariant.UNIQUE_KEPT;

import io.reeve.domain.partition.UniqueTasks;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.UniqueKey;
import io.reeve.domain.task.UniqueTaken;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which task of all partitions holds which unique key. */
final class UniqueHolders {

  private record Held(TaskId task, UniqueTaken claim) {}

  private final BiConsumer<Invariant, String> wrong;
  private final Function<TaskId, @Nullable TaskLife> lives;
  private final Map<UniqueKey, Held> byKey = new HashMap<>();
  private final Map<TaskId, TaskId> redriven = new HashMap<>();
  private final Set<TaskId> replaced = new HashSet<>();

  /**
   * @param lives gives what is known of a task
   */
  UniqueHolders(BiConsumer<Invariant, String> wrong, Function<TaskId, @Nullable TaskLife> lives) {
    this.wrong = wrong;
    this.lives = lives;
  }

  /** A dead task is repeated by another one, which may take its key over. */
  void redriven(TaskId dead, TaskId next) {
    redriven.put(dead, next);
  }

  /** A task was cancelled for this reason. */
  void cancelled(TaskId task, String reason) {
    if (reason.equals(UniqueTasks.REPLACED)) {
      replaced.add(task);
    }
  }

  /** A task takes a key. */
  void taken(int partition, UniqueTaken claim) {
    var task = new TaskId(partition, claim.sequence());
    if (lives.apply(task) == null) {
      wrong.accept(NO_GHOST, "%s: takes a unique key and was never submitted".formatted(task));
    }
    var before = byKey.put(claim.key(), new Held(task, claim));
    if (before != null && holds(before, task, claim.atMs())) {
      wrong.accept(
          UNIQUE_KEPT, "%s: takes %s, which %s holds".formatted(task, claim.key(), before));
    }
  }

  private boolean holds(Held held, TaskId next, long nowMs) {
    var life = lives.apply(held.task());
    return life != null
        && switch (held.claim().scope()) {
          case WHILE_WAITING -> life.end == null && life.fence == 0;
          case UNTIL_ENDED -> life.end == null;
          case FOR_PERIOD ->
              nowMs < held.claim().untilMs()
                  && !replaced.contains(held.task())
                  && !next.equals(redriven.get(held.task()));
        };
  }
}
