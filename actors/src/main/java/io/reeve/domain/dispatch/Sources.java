package io.reeve.domain.dispatch;

import java.util.ArrayList;
import java.util.List;

/** From which partitions the tasks of a grant come. */
final class Sources {

  private final Rules rules;
  private final OpenGrants grants;
  private final Pauses pauses;

  /** Of the grant in the making: tasks of each partition, and the partitions that have some. */
  private final int[] parts;

  private final List<Integer> picked = new ArrayList<>();
  private final List<Integer> full = new ArrayList<>();
  private int nextPartition;

  Sources(Rules rules, OpenGrants grants, Pauses pauses) {
    this.rules = rules;
    this.grants = grants;
    this.pauses = pauses;
    this.parts = new int[grants.stocks.length];
  }

  int partitions() {
    return parts.length;
  }

  /** Proposes {@code wanted} tasks where they lie; returns how many could be. */
  int propose(ReadyClass ready, WorkerLedger worker, int wanted) {
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
}
