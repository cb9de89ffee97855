package io.reeve.domain.dispatch;

import io.reeve.domain.task.Lane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which ready tasks go to which worker. Lane by lane, the urgent lane first: the queue that had the
 * least of its weighted share, of its classes those of the highest priority in turn, the least
 * loaded worker that may run them, and the partitions in turn.
 *
 * <p>No lane starves: while both wait, one granted task of {@link Rules#normalEvery} is a normal
 * one.
 *
 * <p>Shares are kept as virtual times (start-time fair queueing, Goyal, Vin and Cheng 1996): a
 * queue pays {@code tasks / weight}, the one that paid least is next, and one that comes back after
 * a pause starts where the others are.
 */
final class Pairing {

  /** What one queue had in one lane. */
  private static final class Share {
    final String queue;
    final int weight;

    /** The higher priority first, and among equals those that were granted longer ago. */
    final List<ReadyClass> classes = new ArrayList<>();

    double paid;
    boolean waited;

    Share(String queue, int weight) {
      this.queue = queue;
      this.weight = weight;
    }

    void add(ReadyClass added) {
      var at = classes.size();
      while (at > 0
          && classes.get(at - 1).taskClass.priority().compareTo(added.taskClass.priority()) < 0) {
        at--;
      }
      classes.add(at, added);
    }

    boolean waits() {
      for (var ready : classes) {
        if (ready.available() > 0) {
          return true;
        }
      }
      return false;
    }
  }

  private final Rules rules;
  private final OpenGrants grants;
  private final Pauses pauses;
  private final Map<Lane, Map<String, Share>> shares = new EnumMap<>(Lane.class);
  private final Map<Lane, Double> clocks = new EnumMap<>(Lane.class);
  private final int[] parts;
  private final List<WorkerLedger> keepers = new ArrayList<>();

  /**
   * Urgent tasks granted while normal ones waited, less those that normal ones were granted for.
   */
  private long urgentInARow;

  private int nextPartition;

  Pairing(Rules rules, OpenGrants grants, Pauses pauses) {
    this.rules = rules;
    this.grants = grants;
    this.pauses = pauses;
    this.parts = new int[grants.stocks.length];
    for (var lane : Lane.values()) {
      shares.put(lane, new LinkedHashMap<>());
      clocks.put(lane, 0.0);
    }
  }

  /** Takes a class in. */
  void add(ReadyClass ready) {
    var queue = ready.taskClass.queue();
    lane(ready.taskClass.lane())
        .computeIfAbsent(queue, q -> new Share(q, Math.max(1, rules.weight(q))))
        .add(ready);
  }

  /** Forgets a class, and its queue's share with the last one. */
  void remove(ReadyClass ready) {
    var ofLane = lane(ready.taskClass.lane());
    var share = ofLane.get(ready.taskClass.queue());
    if (share != null && share.classes.remove(ready) && share.classes.isEmpty()) {
      ofLane.remove(share.queue);
    }
  }

  /**
   * Proposes until no ready task finds free credit. Urgent tasks go first, but for the normal tasks
   * that their lane is owed.
   */
  void run() {
    keepers.forEach(worker -> worker.keepsRoom = false);
    keepers.clear();
    var normalWaits = waits(Lane.NORMAL);
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
      keepRoom(owed - paid);
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
    var waiting = waiting(Lane.NORMAL);
    waiting.sort(Comparator.comparingDouble(share -> share.paid));
    for (var share : waiting) {
      for (var i = 0; i < share.classes.size() && left > 0; i++) {
        var ready = share.classes.get(i);
        var worker = ready.available() > 0 ? nearestToRoom(ready) : null;
        if (worker != null) {
          worker.keepsRoom = true;
          keepers.add(worker);
          left--;
        }
      }
    }
  }

  private @Nullable WorkerLedger nearestToRoom(ReadyClass ready) {
    @Nullable WorkerLedger nearest = null;
    for (var worker : ready.workers) {
      if (worker.credit.capacity() > 0
          && worker.crowdsOutNormal()
          && (nearest == null || worker.overNormal() < nearest.overNormal())
          && pauses.reachable(worker, ready)) {
        nearest = worker;
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

  private boolean waits(Lane lane) {
    for (var share : lane(lane).values()) {
      if (share.waits()) {
        return true;
      }
    }
    return false;
  }

  // ---- Lanes and queues

  /** Grants at most so many tasks of the lane; returns how many. */
  private long serve(Lane lane, long most) {
    var waiting = waiting(lane);
    var served = 0L;
    while (!waiting.isEmpty() && served < most) {
      var next = leastPaid(waiting);
      var weights = waiting.stream().mapToInt(share -> share.weight).sum();
      var count = serveOne(next, lane, (double) next.weight / weights, most - served);
      if (count == 0) {
        waiting.remove(next);
      } else {
        served += count;
        clocks.put(lane, Math.max(clock(lane), next.paid));
        next.paid += (double) count / next.weight;
        if (!next.waits()) {
          waiting.remove(next);
        }
      }
    }
    lane(lane).values().forEach(share -> share.waited = share.waits());
    return served;
  }

  private List<Share> waiting(Lane lane) {
    var waiting = new ArrayList<Share>();
    for (var share : lane(lane).values()) {
      if (share.waits()) {
        if (!share.waited) {
          share.paid = Math.max(share.paid, clock(lane));
        }
        waiting.add(share);
      }
    }
    return waiting;
  }

  private static Share leastPaid(List<Share> waiting) {
    var least = waiting.get(0);
    for (var share : waiting) {
      if (share.paid < least.paid) {
        least = share;
      }
    }
    return least;
  }

  /** Grants once for the queue, at most its part of the free credit, and {@code most}. */
  private int serveOne(Share share, Lane lane, double part, long most) {
    for (var i = 0; i < share.classes.size(); i++) {
      var ready = share.classes.get(i);
      if (ready.available() > 0) {
        var count = grant(ready, lane, part, most);
        if (count > 0) {
          share.classes.remove(i);
          share.add(ready);
          return count;
        }
      }
    }
    return 0;
  }

  private int grant(ReadyClass ready, Lane lane, double part, long most) {
    @Nullable WorkerLedger best = null;
    var bestShare = 0.0;
    var secondShare = 0.0;
    var freeWorkers = 0;
    var freeTotal = 0L;
    for (var worker : ready.workers) {
      var free = worker.grantable(lane);
      if (free > 0 && pauses.reachable(worker, ready)) {
        freeWorkers++;
        freeTotal += free;
        var share = worker.freeShare();
        if (best == null || share > bestShare) {
          secondShare = best == null ? 0.0 : bestShare;
          bestShare = share;
          best = worker;
        } else {
          secondShare = Math.max(secondShare, share);
        }
      }
    }
    if (best == null) {
      return 0;
    }
    // An even part for each worker, or more where that one is ahead of the next by more.
    var even = divideUp(Math.min(ready.available(), freeTotal), freeWorkers);
    var lead =
        freeWorkers == 1 ? even : (long) ((bestShare - secondShare) * best.credit.capacity());
    var fair = Math.max(1, (long) Math.ceil(freeTotal * part));
    var wanted = Math.min(Math.min(Math.max(even, lead), fair), best.free(lane));
    return split(ready, best, (int) Math.min(wanted, most));
  }

  /** Proposes {@code wanted} tasks where they lie; returns how many could be. */
  private int split(ReadyClass ready, WorkerLedger worker, int wanted) {
    var partitions = parts.length;
    var stocked = 0;
    for (var p = 0; p < partitions; p++) {
      parts[p] = 0;
      if (ready.availableAt(p) > 0 && !pauses.paused(worker, p)) {
        stocked++;
      }
    }
    var spread = Math.max(1, Math.min(stocked, wanted / Math.max(1, rules.spreadMin())));
    var even = (int) divideUp(wanted, spread);
    var left = wanted;
    for (var round = 0; round < 2 && left > 0; round++) {
      for (var i = 0; i < partitions && left > 0; i++) {
        var p = (nextPartition + i) % partitions;
        if (!pauses.paused(worker, p)) {
          var room = Math.min(ready.availableAt(p), rules.grantMax()) - parts[p];
          var take = Math.max(0, Math.min(left, round == 0 ? Math.min(even, room) : room));
          parts[p] += take;
          left -= take;
        }
      }
    }
    var start = nextPartition;
    for (var i = 0; i < partitions; i++) {
      var p = (start + i) % partitions;
      if (parts[p] > 0) {
        grants.propose(ready, grants.stocks[p], worker, parts[p]);
        nextPartition = (p + 1) % partitions;
      }
    }
    return wanted - left;
  }

  private Map<String, Share> lane(Lane lane) {
    return java.util.Objects.requireNonNull(shares.get(lane));
  }

  private double clock(Lane lane) {
    return java.util.Objects.requireNonNull(clocks.get(lane));
  }

  private static long divideUp(long value, long by) {
    return (value + by - 1) / by;
  }

  /** Whether any class of {@code all} waits; used to leave at once when there is nothing to do. */
  static boolean anyWaits(Collection<ReadyClass> all) {
    for (var ready : all) {
      if (ready.available() > 0) {
        return true;
      }
    }
    return false;
  }
}
