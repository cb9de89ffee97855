package io.reeve.domain.dispatch;

import io.reeve.domain.rules.QueueRules;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.TaskClass;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sees a task as the pairing sees it. Costs a look at each worker that may run it and at each class
 * that waits.
 */
final class StreamReader {

  private final Workforce workforce;
  private final Map<TaskClass, ReadyClass> classes;
  private final Pairing pairing;
  private final QueueRules queues;
  private final long pausesMs;

  /**
   * @param pausesMs by which the pairing holds pauses, in milliseconds since the epoch
   */
  StreamReader(
      Workforce workforce,
      Map<TaskClass, ReadyClass> classes,
      Pairing pairing,
      QueueRules queues,
      long pausesMs) {
    this.workforce = workforce;
    this.classes = classes;
    this.pairing = pairing;
    this.queues = queues;
    this.pausesMs = pausesMs;
  }

  /**
   * @param nowMs milliseconds since the epoch
   */
  StreamView view(ReadyTask task, Stock stock, long nowMs) {
    var taskClass = task.taskClass();
    var ready = classes.get(taskClass);
    var groups = ready == null ? workforce.groupsFor(taskClass) : ready.field.groups;
    var able = groups.stream().flatMap(group -> group.workers.stream()).toList();
    var lane = taskClass.lane();
    var draining = 0L;
    var slots = 0L;
    var held = 0L;
    var free = 0L;
    var otherFree = 0L;
    var moving = 0L;
    for (var worker : able) {
      var credit = worker.credit;
      if (credit.capacity() <= 0) {
        draining++;
        continue;
      }
      slots += CreditRule.limit(lane, credit.capacity(), credit.urgentReserve());
      held += worker.held();
      free += worker.grantable(lane);
      otherFree += Math.max(0, worker.free(Lane.URGENT) - worker.grantable(lane));
      moving += worker.standing() + worker.revoking();
    }
    var granted = ready == null ? 0 : ready.grantedAt(stock.partition);
    var count = new Count(task, ready, groups, nowMs);
    count.own(Math.max(0, task.ahead() - granted));
    count.rivals();
    return new StreamView(
        stock.known,
        queues.of(taskClass.queue()).settings().at(pausesMs).pause(),
        sessions(group -> group.offer.servesQueue(taskClass.queue())),
        sessions(group -> group.offer.servesKind(taskClass)),
        able.size(),
        draining,
        slots,
        held,
        free,
        otherFree,
        moving,
        taskClass.quarantined(),
        granted > task.ahead(),
        count.ahead,
        count.higher,
        Math.min(
            count.urgent,
            urgentBefore(taskClass.queue(), count.ahead + count.kinds + count.higher + 1)),
        count.others,
        count.kinds,
        count.about);
  }

  private long sessions(Predicate<Group> those) {
    return workforce.groups().stream().filter(those).mapToLong(group -> group.workers.size()).sum();
  }

  /** Of the tasks that want the same slots, those that go first. */
  private final class Count {
    private final ReadyTask task;
    private final @Nullable ReadyClass ready;
    private final Set<Group> groups = Collections.newSetFromMap(new IdentityHashMap<>());
    private final IdentityHashMap<Field, Boolean> sharing = new IdentityHashMap<>();
    private final long nowMs;
    private long ahead;
    private long kinds;
    private long higher;
    private long urgent;
    private long others;
    private boolean about;

    Count(ReadyTask task, @Nullable ReadyClass ready, List<Group> groups, long nowMs) {
      this.task = task;
      this.ready = ready;
      this.groups.addAll(groups);
      this.nowMs = nowMs;
    }

    /** Those of its class. */
    void own(long atItsPartition) {
      ahead = atItsPartition;
      for (var p = 0; ready != null && p < ready.partitions(); p++) {
        ahead += p == task.partition() ? 0 : olderAt(ready, p);
      }
    }

    /** Those of other classes. */
    void rivals() {
      for (var other : classes.values()) {
        if (other != ready && other.available() > 0 && shares(other.field)) {
          add(other);
        }
      }
    }

    private boolean shares(Field field) {
      return (ready != null && field == ready.field)
          || sharing.computeIfAbsent(
              field, any -> field.groups.stream().anyMatch(groups::contains));
    }

    private void add(ReadyClass other) {
      var mine = task.taskClass();
      var its = other.taskClass;
      if (its.lane() != mine.lane()) {
        urgent += mine.lane() == Lane.NORMAL ? other.available() : 0;
      } else if (!its.queue().equals(mine.queue())) {
        others += Math.min(other.available(), ahead + 1);
      } else if (its.priority() != mine.priority()) {
        higher += its.priority().compareTo(mine.priority()) > 0 ? other.available() : 0;
      } else {
        for (var p = 0; p < other.partitions(); p++) {
          kinds += olderAt(other, p);
        }
      }
    }

    /**
     * Tasks of a class at a partition that were submitted before the task. Only the age of the
     * oldest is known; the others are taken to have come evenly since then.
     */
    private long olderAt(ReadyClass of, int partition) {
      var available = of.availableAt(partition);
      var headMs = of.headAt(partition);
      if (available == 0 || headMs >= task.submittedMs()) {
        return 0;
      }
      about |= available > 1;
      var share = (double) (task.submittedMs() - headMs) / Math.max(1, nowMs - headMs);
      return Math.max(1, Math.round(available * Math.min(1, share)));
    }
  }

  private long urgentBefore(String queue, long normal) {
    var each = pairing.urgentBeforeNormal(queue);
    return each == Long.MAX_VALUE ? each : each * normal;
  }
}
