package io.reeve.domain.dispatch;

import io.reeve.domain.rules.LanePreference;
import io.reeve.domain.rules.QueueRules;
import io.reeve.domain.rules.QueueSettings;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * <p>The rules of a queue may give its lanes shares or turns: then its normal tasks start at its
 * turns among the urgent ones too, on the queue's account there, see {@link LaneTurns}.
 *
 * <p>No lane starves: while urgent tasks go first, one granted task of {@link Rules#normalEvery} is
 * the next normal one, whatever its queue. What lanes get at the turns of their queue comes on top.
 */
final class Pairing {

  /** One worker of so many keeps room for the lanes of queues that are not strict. */
  private static final int KEEPERS_OF_WORKERS = 4;

  private final Rules rules;
  private final Pauses pauses;
  private final Workforce workforce;
  private final Quarantine quarantine;
  private final Sources sources;
  private final WaitingTasks urgent = new WaitingTasks(Lane.URGENT);
  private final WaitingTasks normal = new WaitingTasks(Lane.NORMAL);
  private final List<ReadyClass> changes = new ArrayList<>();

  private final List<WorkerLedger> keepers = new ArrayList<>();

  /** Of the queues whose lanes are not strict. */
  private final Map<String, LaneTurns> laneTurns = new HashMap<>();

  /** Those whose normal lane is owed tasks. */
  private final Set<LaneTurns> owing = new LinkedHashSet<>();

  /**
   * Tasks granted at the turns of urgent lanes while normal ones waited, less those that normal
   * ones were granted for.
   */
  private long urgentInARow;

  private QueueRules queues = QueueRules.NONE;

  Pairing(Rules rules, OpenGrants grants, Pauses pauses, Workforce workforce) {
    this.rules = rules;
    this.pauses = pauses;
    this.workforce = workforce;
    this.quarantine = new Quarantine(grants, pauses, workforce, this::waiting);
    this.sources = new Sources(rules, grants, pauses);
  }

  // ---- What there is to pair

  /** Takes a class in. */
  ReadyClass open(TaskClass taskClass) {
    var lane = lane(taskClass.lane());
    var ready =
        new ReadyClass(
            taskClass,
            sources.partitions(),
            lane.join(taskClass.queue(), weight(taskClass.queue())),
            lane.field(workforce.groupsFor(taskClass)),
            changes);
    ready.turn = lane.nextTurn();
    if (taskClass.quarantined()) {
      quarantine.add(ready);
    }
    return ready;
  }

  /** A queue that people set nothing but a pause for has the weight of the configuration. */
  private int weight(String queue) {
    var settings = queues.of(queue).settings().with(null);
    return settings.equals(QueueSettings.PLAIN)
        ? Math.max(1, rules.weight(queue))
        : settings.weight();
  }

  /**
   * People set these rules.
   *
   * @param changed the queues whose rules are others than before
   */
  void rules(QueueRules set, Collection<String> changed) {
    settle();
    queues = set;
    for (var queue : changed) {
      urgent.weigh(queue, weight(queue));
      normal.weigh(queue, weight(queue));
      lanes(queue, set.of(queue).settings().lanes());
    }
  }

  private void lanes(String queue, LanePreference preference) {
    var before = laneTurns.get(queue);
    if (before != null && !before.preference.equals(preference)) {
      laneTurns.remove(queue);
      owing.remove(before);
    }
    if (preference.mode() != LanePreference.Mode.STRICT) {
      laneTurns.computeIfAbsent(queue, q -> new LaneTurns(q, preference, rules.grantMax()));
    }
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
    urgent.forgetFields();
    normal.forgetFields();
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
    var waiting = new ArrayList<>(urgent.waiting());
    waiting.addAll(normal.waiting());
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
    var normalWaits = !normal.isEmpty();
    if (!normalWaits) {
      urgentInARow = 0;
    }
    payNormal();
    var first = payLanes() + serve(urgent, Long.MAX_VALUE);
    if (normalWaits) {
      urgentInARow = Math.min(urgentInARow + first, urgentInARowMax());
    }
    var second = serve(normal, Long.MAX_VALUE);
    urgentInARow = Math.max(0, urgentInARow - second * urgentPerNormal());
  }

  // ---- What the normal lane is owed

  /** Grants the normal tasks that are owed; those that find no credit have workers keep room. */
  private void payNormal() {
    if (rules.normalEvery() == 0) {
      return;
    }
    var owed = urgentInARow / urgentPerNormal();
    if (owed > 0) {
      var paid = serve(normal, owed);
      urgentInARow -= paid * urgentPerNormal();
      if (!urgent.isEmpty()) {
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
    var waiting = new ArrayList<>(normal.waiting());
    waiting.removeIf(Field::isOpen);
    waiting.sort(Comparator.comparingDouble(field -> field.parts.first().share.paid));
    for (var field : waiting) {
      if (left > 0 && keepsRoom(field, field.parts.first())) {
        left--;
      }
    }
    workforce.settle();
  }

  /** Has a worker keep room for the next of these classes; returns whether one can. */
  private boolean keepsRoom(Field field, Part classes) {
    var worker = nearestToRoom(field, classes.classes.first());
    if (worker != null) {
      worker.keepRoom(true);
      keepers.add(worker);
    }
    return worker != null;
  }

  private @Nullable WorkerLedger nearestToRoom(Field field, ReadyClass next) {
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

  /**
   * Urgent tasks that start for each normal one of the queue while both wait, about; MAX_VALUE: all
   * of them.
   */
  long urgentBeforeNormal(String queue) {
    var most = rules.normalEvery() == 0 ? Long.MAX_VALUE : urgentPerNormal();
    var lanes = laneTurns.get(queue);
    return lanes == null ? most : Math.min(most, lanes.urgentPerNormal());
  }

  private long urgentPerNormal() {
    return Math.max(1, rules.normalEvery() - 1L);
  }

  /** What is owed never takes more than one large grant to pay. */
  private long urgentInARowMax() {
    return urgentPerNormal() * rules.grantMax();
  }

  // ---- What the lanes of one queue are owed

  /**
   * Grants the normal tasks that workers kept room for at the last run, and has workers keep room
   * for those of the queues whose lanes are owed more; returns how many were granted.
   */
  private long payLanes() {
    if (owing.isEmpty()) {
      return 0;
    }
    var paid = 0L;
    var keepersMax = Math.max(1, workforce.all().size() / KEEPERS_OF_WORKERS);
    for (var lanes : List.copyOf(owing)) {
      var account = urgent.waitingShare(lanes.queue);
      var share = normal.waitingShare(lanes.queue);
      if (account == null || share == null) {
        lanes.forget();
      } else {
        paid += payLane(lanes, share, account);
        if (lanes.owed() > 0 && keepers.size() < keepersMax && normal.next(share) == null) {
          keepRoom(lanes, share);
        }
      }
      if (lanes.owed() == 0) {
        lanes.takeRoomKept();
        owing.remove(lanes);
      }
    }
    workforce.settle();
    return paid;
  }

  /** A strict queue would take the room else, again and again. */
  private long payLane(LaneTurns lanes, Share share, Share account) {
    var left = Math.min(lanes.takeRoomKept(), lanes.owed());
    var paid = 0L;
    while (paid < left) {
      var next = normal.next(share);
      var count = next == null ? 0 : start(next, 1, left - paid);
      if (count == 0) {
        break;
      }
      urgent.pay(account, count);
      settle();
      paid += count;
    }
    return paid;
  }

  private void keepRoom(LaneTurns lanes, Share share) {
    for (var entry : share.parts.entrySet()) {
      if (keepsRoom(entry.getKey(), entry.getValue())) {
        lanes.roomIsKept();
        return;
      }
    }
  }

  /**
   * The turn of a queue among the urgent lanes: grants tasks of the lane that its rules have now;
   * returns how many.
   *
   * @param next its next urgent class
   */
  private int startOfLanes(ReadyClass next, LaneTurns lanes, double part, long most) {
    var share = normal.waitingShare(lanes.queue);
    var other = share == null ? null : normal.next(share);
    if (other == null) {
      return start(next, part, most);
    }
    if (lanes.owed() > 0) {
      var count = start(other, part, Math.min(most, lanes.owed()));
      if (count > 0) {
        urgent.pay(next.share, count);
        return count;
      }
    }
    return start(next, part * lanes.urgentPart(), most);
  }

  private void noteLanes(LaneTurns lanes, Lane lane, int count) {
    if (lane == Lane.NORMAL && urgent.waitingShare(lanes.queue) != null) {
      lanes.normalStarted(count);
    } else if (lane == Lane.URGENT && normal.waitingShare(lanes.queue) != null) {
      lanes.urgentStarted(count);
      if (lanes.owed() > 0) {
        owing.add(lanes);
      }
    }
  }

  // ---- Classes and workers

  /** Grants at most so many tasks at the turns of the lane; returns how many. */
  private long serve(WaitingTasks waiting, long most) {
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
      var part = (double) next.share.weight / weights;
      var lanes = waiting == urgent ? laneTurns.get(next.share.queue) : null;
      var count =
          lanes == null
              ? start(next, part, most - served)
              : startOfLanes(next, lanes, part, most - served);
      if (count == 0) {
        waiting.putAside(next);
      } else {
        served += count;
        settle();
      }
    }
    waiting.takeBack();
    return served;
  }

  /** Grants once for the class, and has its queue pay; returns how many. */
  private int start(ReadyClass ready, double part, long most) {
    var count = grant(ready, part, most);
    if (count > 0) {
      lane(ready).granted(ready, count);
      var lanes = laneTurns.get(ready.share.queue);
      if (lanes != null) {
        noteLanes(lanes, ready.taskClass.lane(), count);
      }
    }
    return count;
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
    return sources.propose(ready, best, (int) Math.min(wanted, most));
  }

  private static boolean isBefore(WorkerLedger worker, WorkerLedger other) {
    var byLoad = Double.compare(worker.tally.freeShare(), other.tally.freeShare());
    return byLoad > 0 || (byLoad == 0 && worker.no < other.no);
  }

  private WaitingTasks lane(Lane lane) {
    return lane == Lane.URGENT ? urgent : normal;
  }

  private WaitingTasks lane(ReadyClass ready) {
    return lane(ready.taskClass.lane());
  }

  private static long divideUp(long value, long by) {
    return (value + by - 1) / by;
  }
}
