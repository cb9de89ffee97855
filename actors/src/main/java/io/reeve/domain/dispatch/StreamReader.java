package io.reeve.domain.dispatch;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.TaskClass;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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

  StreamReader(Workforce workforce, Map<TaskClass, ReadyClass> classes, Pairing pairing) {
    this.workforce = workforce;
    this.classes = classes;
    this.pairing = pairing;
  }

  /**
   * @param ahead ready tasks of the class that the partition leases before it, those that open
   *     grants will take included
   */
  StreamView view(TaskClass taskClass, Stock stock, long ahead) {
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
    var left = Math.max(0, ahead - granted);
    var own = left + elsewhere(ready, stock.partition, left);
    var rivals = rivals(taskClass, groups, own);
    return new StreamView(
        stock.known,
        sessions(group -> group.offer.servesQueue(taskClass.queue())),
        sessions(group -> group.offer.servesKind(taskClass)),
        able.size(),
        draining,
        slots,
        held,
        free,
        otherFree,
        moving,
        granted > ahead,
        own,
        rivals.higher,
        rivals.urgent,
        rivals.others);
  }

  private long sessions(Predicate<Group> those) {
    return workforce.groups().stream().filter(those).mapToLong(group -> group.workers.size()).sum();
  }

  /** About: backlogs are emptied together, so from each partition as many go first. */
  private static long elsewhere(@Nullable ReadyClass ready, int partition, long ahead) {
    var count = 0L;
    if (ready != null && ahead > 0) {
      for (var p = 0; p < ready.partitions(); p++) {
        count += p == partition ? 0 : Math.min(ahead, ready.availableAt(p));
      }
    }
    return count;
  }

  /** Tasks of other classes that want the same slots. */
  private record Rivals(long higher, long urgent, long others) {}

  private Rivals rivals(TaskClass taskClass, List<Group> groups, long ahead) {
    var higher = 0L;
    var urgent = 0L;
    var others = 0L;
    for (var other : classes.values()) {
      var waits = other.available();
      if (waits == 0
          || other.taskClass.equals(taskClass)
          || Collections.disjoint(other.field.groups, groups)) {
        continue;
      }
      var sameLane = other.taskClass.lane() == taskClass.lane();
      if (!sameLane && taskClass.lane() == Lane.NORMAL) {
        urgent += waits;
      } else if (sameLane && !other.taskClass.queue().equals(taskClass.queue())) {
        others += Math.min(waits, ahead + 1);
      } else if (sameLane) {
        var rank = other.taskClass.priority().compareTo(taskClass.priority());
        higher += rank > 0 ? waits : 0;
        others += rank == 0 ? Math.min(waits, ahead + 1) : 0;
      }
    }
    return new Rivals(higher, Math.min(urgent, urgentBefore(ahead + higher + 1)), others);
  }

  private long urgentBefore(long normal) {
    var each = pairing.urgentBeforeNormal();
    return each == Long.MAX_VALUE ? each : each * normal;
  }
}
