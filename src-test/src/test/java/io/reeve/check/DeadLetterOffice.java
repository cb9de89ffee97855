package io.reeve.check;

import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The dead tasks of all partitions: which are open, and what became of the others. */
final class DeadLetterOffice {

  private final BiConsumer<Invariant, String> wrong;
  private final Map<Integer, Set<Long>> open = new HashMap<>();
  private final Map<TaskId, TaskId> redriven = new HashMap<>();
  private final Set<TaskId> discarded = new HashSet<>();

  /** By the call, the letters that were open when it began. */
  private final Map<String, Set<Long>> listCalls = new HashMap<>();

  DeadLetterOffice(BiConsumer<Invariant, String> wrong) {
    this.wrong = wrong;
  }

  // ---- The journal

  void died(TaskId task) {
    openIn(task.partition()).add(task.sequence());
  }

  /**
   * @param life of the dead task, if it is known
   * @param next of the new task
   */
  void redriven(TaskId task, @Nullable TaskLife life, Task.Spec next) {
    var as = new TaskId(task.partition(), next.sequence());
    var before = redriven.putIfAbsent(task, as);
    if (before != null) {
      wrong.accept(
          Invariant.REDRIVEN_ONCE,
          "%s: redriven as %s and again as %s".formatted(task, before, as));
    } else if (!openIn(task.partition()).remove(task.sequence())) {
      wrong.accept(
          Invariant.REDRIVEN_ONCE, "%s: redriven as %s, and it was not open".formatted(task, as));
    } else if (life != null && !life.isRepeatedBy(next)) {
      wrong.accept(Invariant.REDRIVEN_ONCE, "%s: %s has another specification".formatted(task, as));
    }
  }

  void discarded(TaskId task) {
    discarded.add(task);
    if (!openIn(task.partition()).remove(task.sequence())) {
      wrong.accept(Invariant.ONE_END, "%s: discarded, and it was not open".formatted(task));
    }
  }

  // ---- Clients

  /** Takes a fact, if it is about dead letters. */
  void take(Fact fact) {
    if (fact instanceof Fact.RedriveAnswered answer) {
      if (!answer.redrivenAs().equals(redriven.get(answer.task()))) {
        wrong.accept(Invariant.REDRIVEN_ONCE, "not stored: %s".formatted(answer));
      }
    } else if (fact instanceof Fact.DiscardAnswered answer) {
      if (!discarded.contains(answer.task())) {
        wrong.accept(Invariant.REDRIVEN_ONCE, "not stored: %s".formatted(answer));
      }
    } else if (fact instanceof Fact.DeadListCalled call) {
      listCalls.put(call.call(), Set.copyOf(openIn(call.partition())));
    } else if (fact instanceof Fact.DeadListed listed) {
      listed(listed);
    }
  }

  /** Letters that were open all the time from the call to its answer have to be in it. */
  private void listed(Fact.DeadListed listed) {
    var missing = new HashSet<>(listCalls.getOrDefault(listed.call(), Set.of()));
    missing.retainAll(openIn(listed.partition()));
    missing.removeAll(listed.sequences());
    if (!missing.isEmpty()) {
      wrong.accept(Invariant.DEAD_KEPT, "%s lacks %s".formatted(listed, missing));
    }
  }

  private Set<Long> openIn(int partition) {
    return open.computeIfAbsent(partition, p -> new HashSet<>());
  }
}
