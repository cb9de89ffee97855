package io.reeve.domain.dispatch;

import io.reeve.domain.task.Lane;
import java.util.Collection;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Where idle credit waits. A worker's free normal credit is split evenly over the partitions as
 * standing grants, so that a submission is leased in the batch that stores it; it is taken back
 * when ready tasks elsewhere need it, or an urgent grant ate into the credit behind it.
 *
 * <p>A partition's part is filled up only once less than half of it is left, so that under load one
 * grant serves many tasks. With less credit than partitions, those that used it last come first.
 */
final class StandingPlan {

  private static final Comparator<WorkerLedger> MOST_STANDING =
      Comparator.comparingLong(WorkerLedger::standing)
          .reversed()
          .thenComparingInt(worker -> worker.no);

  private final OpenGrants grants;
  private final Pauses pauses;

  StandingPlan(OpenGrants grants, Pauses pauses) {
    this.grants = grants;
    this.pauses = pauses;
  }

  /** Takes back what a worker's credit does not cover any more. */
  void trim(Collection<WorkerLedger> workers) {
    for (var worker : workers) {
      var over = worker.overNormal();
      while (over > 0 && worker.standing() > 0) {
        var newest = worker.stands.get(worker.stands.size() - 1);
        over -= newest.remaining();
        grants.revoke(newest);
      }
    }
  }

  /**
   * Takes back credit for ready tasks that no free credit can serve.
   *
   * @param waiting where ready tasks wait
   */
  void reclaim(Collection<Field> waiting) {
    for (var field : waiting) {
      var needed = field.available - field.revoking();
      if (needed > 0 && field.standing() > 0) {
        reclaim(field, needed);
      }
    }
  }

  private void reclaim(Field field, long most) {
    var lie = new long[grants.stocks.length];
    for (var part : field.parts) {
      for (var ready : part.classes) {
        for (var p = 0; p < lie.length; p++) {
          lie[p] += ready.availableAt(p);
        }
      }
    }
    var needed = most;
    var standing = new PriorityQueue<>(MOST_STANDING);
    for (var group : field.groups) {
      for (var worker : group.workers) {
        needed -= onTheirWay(worker, lie);
        if (worker.standing() > 0 && pauses.reachable(worker, lie)) {
          standing.add(worker);
        }
      }
    }
    while (needed > 0) {
      var worker = standing.poll();
      if (worker == null) {
        break;
      }
      var grant = spare(worker, lie);
      needed -= grant.remaining();
      grants.revoke(grant);
      if (worker.standing() > 0) {
        standing.add(worker);
      }
    }
  }

  /** Lets free credit of these stand. Call when ready tasks have had what they can. */
  void place(Collection<WorkerLedger> workers, Consumer<WorkerLedger> lookAgain) {
    var known = 0;
    for (var stock : grants.stocks) {
      if (stock.known) {
        known++;
      }
    }
    if (known > 0) {
      for (var worker : workers) {
        if (!place(worker, known)) {
          lookAgain.accept(worker);
        }
      }
    }
  }

  /** Takes back what stands above the even part, so that it spreads over newly known partitions. */
  void spread(Collection<WorkerLedger> workers, int known) {
    for (var worker : workers) {
      var part = Math.max(1, freeAndStanding(worker) / Math.max(1, known));
      for (var i = worker.stands.size() - 1; i >= 0; i--) {
        var grant = worker.stands.get(i);
        if (worker.standingAt[grant.stock.partition] > part) {
          grants.revoke(grant);
        }
      }
    }
  }

  /** Returns false when a pause keeps credit from standing somewhere. */
  private boolean place(WorkerLedger worker, int known) {
    var free = worker.free(Lane.NORMAL);
    if (free <= 0) {
      return true;
    }
    var everywhere = true;
    var total = freeAndStanding(worker);
    var part = (int) (total / known);
    var rest = total % known;
    for (var i = 0; i < worker.recency.length && free > 0; i++) {
      var stock = grants.stocks[worker.recency[i]];
      if (!stock.known) {
        continue;
      }
      var wanted = part + (rest-- > 0 ? 1 : 0);
      var stands = worker.standingAt[stock.partition];
      if (2 * stands < wanted) {
        if (pauses.paused(worker, stock.partition)) {
          everywhere = false;
        } else {
          var count = Math.min(wanted - stands, free);
          grants.stand(stock, worker, count);
          free -= count;
        }
      }
    }
    return everywhere;
  }

  private static long freeAndStanding(WorkerLedger worker) {
    return worker.free(Lane.NORMAL) + worker.standing();
  }

  /**
   * Tasks that standing grants of the worker will serve which are on their way.
   *
   * @param lie tasks by partition
   */
  private static long onTheirWay(WorkerLedger worker, long[] lie) {
    var served = 0L;
    for (var i = worker.stands.size() - 1; i >= 0; i--) {
      var grant = worker.stands.get(i);
      if (grant.seq > grant.stock.lastSeq) {
        served += Math.min(grant.remaining(), lie[grant.stock.partition]);
      }
    }
    return served;
  }

  /** The oldest grant at a partition that has no such task, else the oldest. */
  private static OpenGrant spare(WorkerLedger worker, long[] lie) {
    for (var grant : worker.stands) {
      if (lie[grant.stock.partition] == 0) {
        return grant;
      }
    }
    return worker.stands.get(0);
  }
}
