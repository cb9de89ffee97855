package io.reeve.domain.dispatch;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Some ready tasks of one queue and lane, and one worker whose only slot is in use. */
final class OneSlot {

  private static final int PARTITIONS = 3;
  private static final List<TaskClass> CLASSES =
      List.of(
          new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL),
          new TaskClass("mail", "print", Lane.NORMAL, Priority.NORMAL),
          new TaskClass("mail", "print", Lane.NORMAL, Priority.HIGH));

  /** A ready task. */
  record Waiting(TaskClass taskClass, int partition, long submittedMs) {}

  private final SplittableRandom random;
  private final Dispatch dispatch = new Dispatch(PARTITIONS, Rules.defaults());
  private final List<Waiting> ready = new ArrayList<>();
  private long received = 1;
  private long released;

  OneSlot(SplittableRandom random) {
    this.random = random;
    for (var i = random.nextInt(1, 12); i > 0; i--) {
      var taskClass = CLASSES.get(random.nextInt(CLASSES.size()));
      ready.add(new Waiting(taskClass, random.nextInt(PARTITIONS), i * 10L));
    }
    ready.sort(Comparator.comparingLong(Waiting::submittedMs));
    for (var p = 0; p < PARTITIONS; p++) {
      dispatch.inventory(p, 1);
    }
    dispatch.register(
        new Offer("a", 1, "a", "pool", List.of("mail"), Set.of("*")),
        new CreditTotals(1, 0, received, released, 0));
    for (var task : ready) {
      tell(task);
    }
    dispatch.pair(0);
  }

  Waiting anyTask() {
    return ready.get(random.nextInt(ready.size()));
  }

  StreamExplanation explain(Waiting task) {
    var ahead = together(task).indexOf(task);
    return dispatch.explain(
        new ReadyTask(task.taskClass, task.partition, ahead, task.submittedMs), 200, 0);
  }

  /** Gives the slot back until the task has it. */
  int startedBefore(Waiting task) {
    for (var before = 0; ; before++) {
      released++;
      dispatch.credit("a", 1, new CreditTotals(1, 0, received, released, 0));
      var orders = dispatch.pair(0);
      if (orders.size() != 1 || !(orders.get(0) instanceof Order.Propose granted)) {
        throw new AssertionError("expected one grant, got " + orders);
      }
      var started = together(new Waiting(granted.taskClass(), granted.partition(), 0)).get(0);
      ready.remove(started);
      received++;
      dispatch.used(granted.partition(), granted.seq(), 1, true);
      dispatch.dealtWith(granted.partition(), granted.seq());
      tell(started);
      dispatch.credit("a", 1, new CreditTotals(1, 0, received, released, 0));
      if (started.equals(task)) {
        return before;
      }
    }
  }

  private void tell(Waiting of) {
    var together = together(of);
    var oldestMs = together.isEmpty() ? 0 : together.get(0).submittedMs;
    dispatch.ready(of.partition, of.taskClass, together.size(), oldestMs);
  }

  /** The tasks of its class at its partition, the oldest first. */
  private List<Waiting> together(Waiting of) {
    return ready.stream()
        .filter(task -> task.taskClass.equals(of.taskClass) && task.partition == of.partition)
        .toList();
  }
}
