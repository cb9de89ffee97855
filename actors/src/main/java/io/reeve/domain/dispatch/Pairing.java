package io.reeve.domain.dispatch;

import io.reeve.domain.task.Lane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which ready tasks go to which worker. Lane by lane: the queue that had the least of its weighted
 * share, its classes in turn, the least loaded worker that may run them, and the partitions in
 * turn.
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
    final List<ReadyClass> classes = new ArrayList<>();
    double paid;
    int nextClass;
    boolean waited;

    Share(String queue, int weight) {
      this.queue = queue;
      this.weight = weight;
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
  private final Grants grants;
  private final Pauses pauses;
  private final Map<Lane, Map<String, Share>> shares = new EnumMap<>(Lane.class);
  private final Map<Lane, Double> clocks = new EnumMap<>(Lane.class);
  private final int[] parts;
  private Lane first = Lane.URGENT;
  private int nextPartition;

  Pairing(Rules rules, Grants grants, Pauses pauses) {
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
        .classes
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

  /** Proposes until no ready task finds free credit. */
  void run() {
    if (rules.lanes() == Rules.LanePreference.URGENT_FIRST) {
      serve(Lane.URGENT);
      serve(Lane.NORMAL);
      return;
    }
    var second = first == Lane.URGENT ? Lane.NORMAL : Lane.URGENT;
    var served = serve(first);
    served |= serve(second);
    if (served) {
      first = second;
    }
  }

  /** Whether anything of the lane was granted. */
  private boolean serve(Lane lane) {
    var waiting = waiting(lane);
    var served = false;
    while (!waiting.isEmpty()) {
      var next = leastPaid(waiting);
      var weights = waiting.stream().mapToInt(share -> share.weight).sum();
      var count = serveOne(next, lane, (double) next.weight / weights);
      if (count == 0) {
        waiting.remove(next);
      } else {
        served = true;
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

  /** Grants once for the queue, at most its part of the free credit. */
  private int serveOne(Share share, Lane lane, double part) {
    var classes = share.classes.size();
    for (var i = 0; i < classes; i++) {
      var at = (share.nextClass + i) % classes;
      var ready = share.classes.get(at);
      if (ready.available() > 0) {
        var count = grant(ready, lane, part);
        if (count > 0) {
          share.nextClass = (at + 1) % classes;
          return count;
        }
      }
    }
    return 0;
  }

  private int grant(ReadyClass ready, Lane lane, double part) {
    @Nullable WorkerLedger best = null;
    var bestShare = 0.0;
    var secondShare = 0.0;
    var freeWorkers = 0;
    var freeTotal = 0L;
    for (var worker : ready.workers) {
      var free = worker.free(lane);
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
    return split(ready, best, (int) wanted);
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
