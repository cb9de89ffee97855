package io.reeve.domain.dispatch;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Where idle credit waits. A worker's free normal credit is split evenly over the partitions as
 * standing grants, so that a submission is leased in the batch that stores it; it is taken back
 * when ready tasks elsewhere need it, or an urgent grant ate into the credit behind it.
 *
 * <p>A partition's part is filled up only once less than half of it is left, so that under load one
 * grant serves many tasks. With less credit than partitions, those that used it last come first.
 */
final class StandingPlan {

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

  /** Takes back credit for ready tasks that no free credit can serve. */
  void reclaim(Collection<ReadyClass> classes) {
    for (var ready : classes) {
      var needed = ready.available() > 0 ? needed(ready) : 0;
      while (needed > 0) {
        var worker = mostStanding(ready);
        if (worker == null) {
          break;
        }
        var grant = spare(worker, ready);
        needed -= grant.remaining();
        grants.revoke(grant);
      }
    }
  }

  /** Lets free credit stand. Call when ready tasks have had what they can. */
  void place(Collection<WorkerLedger> workers) {
    var known = 0;
    for (var stock : grants.stocks) {
      if (stock.known) {
        known++;
      }
    }
    if (known > 0) {
      for (var worker : workers) {
        place(worker, known);
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

  private void place(WorkerLedger worker, int known) {
    var free = worker.free(io.reeve.domain.task.Lane.NORMAL);
    if (free <= 0) {
      return;
    }
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
      if (2 * stands < wanted && !pauses.paused(worker, stock.partition)) {
        var count = Math.min(wanted - stands, free);
        grants.stand(stock, worker, count);
        free -= count;
      }
    }
  }

  private static long freeAndStanding(WorkerLedger worker) {
    return worker.free(io.reeve.domain.task.Lane.NORMAL) + worker.standing();
  }

  /**
   * Tasks of the class that neither credit on its way back nor standing grants on their way serve.
   */
  private long needed(ReadyClass ready) {
    var needed = ready.available();
    for (var worker : ready.workers) {
      needed -= worker.revoking();
      for (var i = worker.stands.size() - 1; i >= 0 && needed > 0; i--) {
        var grant = worker.stands.get(i);
        var p = grant.stock.partition;
        if (grant.seq > grant.stock.lastSeq && ready.availableAt(p) > 0) {
          needed -= Math.min(grant.remaining(), ready.availableAt(p));
        }
      }
    }
    return needed;
  }

  private @Nullable WorkerLedger mostStanding(ReadyClass ready) {
    @Nullable WorkerLedger most = null;
    for (var worker : ready.workers) {
      if (worker.standing() > (most == null ? 0 : most.standing())
          && pauses.reachable(worker, ready)) {
        most = worker;
      }
    }
    return most;
  }

  /** The oldest grant at a partition that has no such task, else the oldest. */
  private static OpenGrant spare(WorkerLedger worker, ReadyClass ready) {
    for (var grant : worker.stands) {
      if (ready.availableAt(grant.stock.partition) == 0) {
        return grant;
      }
    }
    return worker.stands.get(0);
  }
}
