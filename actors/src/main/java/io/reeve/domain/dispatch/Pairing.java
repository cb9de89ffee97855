package io.reeve.domain.dispatch;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which ready tasks go to which worker. Lane by lane, the urgent lane first: the queue that had the
 * least of its weighted share, of its classes the higher priority and then the one with the oldest
 * task, the least loaded worker that may run it, and the partition with the oldest task.
 *
 * <p>So of two ready tasks of one queue and lane that the same worker may run, the more important
 * one is granted first, and of equal ones the one submitted first. An exception is what was on its
 * way when a task became ready. A partition tells when the oldest of its tasks was submitted, not
 * the ones behind it. So in bulk a task is overtaken by at most a round of grants.
 *
 * <p>No lane starves: while both wait, one granted task of {@link Rules#normalEvery} is a normal
 * one.
 */
final class Pairing {

  private final Rules rules;
  private final OpenGrants grants;
  private final Pauses pauses;
  private final Workforce workforce;
  private final Quarantine quarantine;
  private final Map<Lane, WaitingTasks> lanes = new EnumMap<>(Lane.class);
  private final List<ReadyClass> changes = new ArrayList<>();

  /** Of the grant in the making: tasks of each partition, and the partitions that have some. */
  private final int[] parts;

  private final List<Integer> picked = new ArrayList<>();
  private final List<Integer> full = new ArrayList<>();
  private final List<WorkerLedger> keepers = new ArrayList<>();

  /**
   * Urgent tasks granted while normal ones waited, less those that normal ones were granted for.
   */
  private long urgentInARow;

  private int nextPartition;

  Pairing(Rules rules, OpenGrants grants, Pauses pauses, Workforce workforce) {
    this.rules = rules;
    this.grants = grants;
    this.pauses = pauses;
    this.workforce = workforce;
    this.quarantine = new Quarantine(grants, pauses, workforce, this::waiting);
    this.parts = new int[grants.stocks.length];
    for (var lane : Lane.values()) {
      lanes.put(lane, new WaitingTasks(lane, rules));
    }
  }

  // ---- What there is to pair

  /** Takes a class in. */
  ReadyClass open(TaskClass taskClass) {
    var lane = lane(taskClass.lane());
    var ready =
        new ReadyClass(
            taskClass,
            parts.length,
            lane.share(taskClass.queue()),
            lane.field(workforce.groupsFor(taskClass)),
            changes);
    ready.turn = lane.nextTurn();
    if (taskClass.quarantined()) {
      quarantine.add(ready);
    }
    return ready;
  }

  /** Forgets a class. */
  void remove(ReadyClass ready) {
    settle();
    quarantine.remove(ready);
    lane(ready).remove(ready);
  }

  /** Groups began or ended: finds anew which of them may run each of all classes. */
  void regroup(Collection<ReadyClass> all) {
    settle();
    lanes.values().forEach(WaitingTasks::forgetFields);
    all.forEach(ready -> lane(ready).move(ready, workforce.groupsFor(ready.taskClass)));
  }

  /** Takes in what changed. */
  private void settle() {
    workforce.settle();
    for (var ready : changes) {
      ready.takenIn();
      lane(ready).place(ready);
    }
    changes.clear();
  }

  /** Where something waits. */
  List<Field> waiting() {
    settle();
    var waiting = new ArrayList<Field>();
    lanes.values().forEach(lane -> waiting.addAll(lane.waiting()));
    return waiting;
  }

  // ---- A round

  /**
   * Proposes until no ready task finds free credit. Urgent tasks go first, but for the normal tasks
   * that their lane is owed.
   */
  void run() {
    keepers.forEach(worker -> worker.keepRoom(false));
    keepers.clear();
    settle();
    quarantine.run();
    var normalWaits = !lane(Lane.NORMAL).isEmpty();
    if (!normalWaits) {
      urgentInARow = 0;
    }
    payNormal();
    var urgent = serve(Lane.URGENT, Long.MAX_VALUE);
    if (normalWaits) {
      urgentInARow = Math.min(urgentInARow + urgent, urgentInARowMax());
    }
    var normal = serve(Lane.NORMAL, Long.MAX_VALUE);
    urgentInARow = Math.max(0, urgentInARow - normal * urgentPerNormal());
  }

  // ---- What the normal lane is owed

  /** Grants the normal tasks that are owed; those that find no credit have workers keep room. */
  private void payNormal() {
    if (rules.normalEvery() == 0) {
      return;
    }
    var owed = urgentInARow / urgentPerNormal();
    if (owed > 0) {
      var paid = serve(Lane.NORMAL, owed);
      urgentInARow -= paid * urgentPerNormal();
      if (!lane(Lane.URGENT).isEmpty()) {
        keepRoom(owed - paid);
      }
    }
  }

  /**
   * Has workers take no urgent task now. In a worker with an urgent reserve, urgent tasks may leave
   * no slot for normal ones for ever: what comes free is in the reserve each time. So the worker
   * that is nearest to having room for the next normal task fills it with nothing else.
   *
   * @param tasks that need room
   */
  private void keepRoom(long tasks) {
    var left = tasks;
    var waiting = new ArrayList<>(lane(Lane.NORMAL).waiting());
    waiting.sort(Comparator.comparingDouble(field -> field.parts.first().share.paid));
    for (var field : waiting) {
      var worker = left > 0 ? nearestToRoom(field) : null;
      if (worker != null) {
        worker.keepRoom(true);
        keepers.add(worker);
        left--;
      }
    }
    workforce.settle();
  }

  private @Nullable WorkerLedger nearestToRoom(Field field) {
    var next = field.parts.first().classes.first();
    @Nullable WorkerLedger nearest = null;
    for (var group : field.groups) {
      for (var worker : group.crowded()) {
        if (pauses.reachable(worker, next)) {
          if (nearest == null || worker.overNormal() < nearest.overNormal()) {
            nearest = worker;
          }
          break;
        }
      }
    }
    return nearest;
  }

  /** Urgent tasks that start for each normal one while both wait; MAX_VALUE: all of them. */
  long urgentBeforeNormal() {
    return rules.normalEvery() == 0 ? Long.MAX_VALUE : urgentPerNormal();
  }

  private long urgentPerNormal() {
    return Math.max(1, rules.normalEvery() - 1L);
  }

  /** What is owed never takes more than one large grant to pay. */
  private long urgentInARowMax() {
    return urgentPerNormal() * rules.grantMax();
  }

  // ---- Classes and workers

  /** Grants at most so many tasks of the lane; returns how many. */
  private long serve(Lane lane, long most) {
    var waiting = lane(lane);
    var open = waiting.open();
    var served = 0L;
    while (served < most) {
      var next = waiting.next(open);
      if (next == null) {
        break;
      }
      var weights = 0L;
      for (var field : open) {
        weights += field.weights;
      }
      var count = grant(next, (double) next.share.weight / weights, most - served);
      if (count == 0) {
        waiting.putAside(next);
      } else {
        served += count;
        waiting.granted(next, count);
        settle();
      }
    }
    waiting.takeBack();
    return served;
  }

  /** Grants once for the class, at most its queue's part of the free credit, and {@code most}. */
  private int grant(ReadyClass ready, double part, long most) {
    var lane = ready.taskClass.lane();
    @Nullable WorkerLedger best = null;
    var secondShare = 0.0;
    var freeWorkers = 0;
    var freeTotal = 0L;
    for (var group : ready.field.groups) {
      freeWorkers += group.free(lane).size();
      freeTotal += group.slots(lane);
      var ofGroup = 0;
      for (var worker : group.free(lane)) {
        if (pauses.reachable(worker, ready)) {
          if (best == null || isBefore(worker, best)) {
            secondShare = best == null ? 0.0 : best.tally.freeShare();
            best = worker;
          } else {
            secondShare = Math.max(secondShare, worker.tally.freeShare());
          }
          if (++ofGroup == 2) {
            break;
          }
        }
      }
    }
    if (best == null) {
      return 0;
    }
    // An even part for each worker, or more where that one is ahead of the next by more.
    var even = divideUp(Math.min(ready.available(), freeTotal), freeWorkers);
    var lead =
        freeWorkers == 1
            ? even
            : (long) ((best.tally.freeShare() - secondShare) * best.credit.capacity());
    var fair = Math.max(1, (long) Math.ceil(freeTotal * part));
    var wanted = Math.min(Math.min(Math.max(even, lead), fair), best.free(lane));
    return split(ready, best, (int) Math.min(wanted, most));
  }

  private static boolean isBefore(WorkerLedger worker, WorkerLedger other) {
    var byLoad = Double.compare(worker.tally.freeShare(), other.tally.freeShare());
    return byLoad > 0 || (byLoad == 0 && worker.no < other.no);
  }

  // ---- Partitions

  /** Proposes {@code wanted} tasks where they lie; returns how many could be. */
  private int split(ReadyClass ready, WorkerLedger worker, int wanted) {
    var left = wanted;
    var spread = wanted / Math.max(1, rules.spreadMin());
    if (spread > 1) {
      left -= spread(ready, worker, wanted, spread);
    }
    // From the oldest on, also what the chosen ones could not give.
    while (left > 0) {
      var p = oldest(ready, worker, full);
      if (p < 0) {
        break;
      }
      left -= take(ready, p, left);
      full.add(p);
    }
    full.clear();
    for (var p : picked) {
      grants.propose(ready, grants.stocks[p], worker, parts[p]);
      parts[p] = 0;
      nextPartition = (p + 1) % parts.length;
    }
    picked.clear();
    return wanted - left;
  }

  /**
   * Takes from at most {@code spread} partitions, those with the oldest tasks, in proportion to
   * what lies there, so that they are emptied together; returns how many.
   */
  private int spread(ReadyClass ready, WorkerLedger worker, int wanted, int spread) {
    var chosen = new ArrayList<Integer>();
    var lie = 0L;
    while (chosen.size() < spread) {
      var p = oldest(ready, worker, chosen);
      if (p < 0) {
        break;
      }
      chosen.add(p);
      lie += ready.availableAt(p);
    }
    var left = wanted;
    for (var p : chosen) {
      var inProportion = (int) Math.round((double) wanted * ready.availableAt(p) / lie);
      left -= take(ready, p, Math.min(inProportion, left));
    }
    return wanted - left;
  }

  /** Takes at most so many tasks from the partition; returns how many. */
  private int take(ReadyClass ready, int partition, int most) {
    var room = Math.min(ready.availableAt(partition), rules.grantMax()) - parts[partition];
    var taken = Math.min(most, room);
    if (taken > 0 && parts[partition] == 0) {
      picked.add(partition);
    }
    parts[partition] += taken;
    return taken;
  }

  /**
   * The partition with the oldest task; where several are equally old, they take turns. -1: none.
   *
   * @param passedOver are not asked
   */
  private int oldest(ReadyClass ready, WorkerLedger worker, List<Integer> passedOver) {
    var oldest = -1;
    for (var i = 0; i < parts.length; i++) {
      var p = (nextPartition + i) % parts.length;
      if (ready.availableAt(p) > 0
          && (oldest < 0 || ready.headAt(p) < ready.headAt(oldest))
          && !passedOver.contains(p)
          && !pauses.paused(worker, p)) {
        oldest = p;
      }
    }
    return oldest;
  }

  private WaitingTasks lane(Lane lane) {
    return Objects.requireNonNull(lanes.get(lane));
  }

  private WaitingTasks lane(ReadyClass ready) {
    return lane(ready.taskClass.lane());
  }

  private static long divideUp(long value, long by) {
    return (value + by - 1) / by;
  }
}
