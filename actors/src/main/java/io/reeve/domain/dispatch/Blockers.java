package io.reeve.domain.dispatch;

import java.util.List;
import java.util.function.Predicate;

/**
 * Which of several blockers counts: the first that holds. Their order is such that what comes
 * before must be lifted first, so that lifting the one that is named changes the answer.
 *
 * <p>To add one, give it a place and a predicate here.
 */
final class Blockers {

  /** A blocker, and when it holds. */
  private record Rule(Blocker blocker, Predicate<StreamView> holds) {}

  private static final List<Rule> ORDER =
      List.of(
          new Rule(Blocker.PARTITION_AWAY, view -> !view.partitionHeard()),
          new Rule(Blocker.QUEUE_PAUSED, view -> view.pause() != null),
          new Rule(Blocker.NO_WORKER_FOR_QUEUE, view -> view.queueWorkers() == 0),
          new Rule(Blocker.NO_WORKER_FOR_KIND, view -> view.kindWorkers() == 0),
          new Rule(Blocker.NO_WORKER_WITH_LABELS, view -> view.workers() == 0),
          new Rule(Blocker.WORKERS_DRAINING, view -> view.draining() == view.workers()),
          new Rule(Blocker.QUARANTINE, view -> view.quarantined() && !view.granted()),
          new Rule(Blocker.ON_ITS_WAY, Blockers::isOnItsWay),
          // Without slots for its lane, no task ahead would make room for it.
          new Rule(Blocker.LANE_RESERVED, view -> view.slots() == 0),
          new Rule(Blocker.BEHIND, view -> view.aheadTotal() > 0),
          new Rule(Blocker.LANE_RESERVED, view -> view.reservedFree() > 0));

  private Blockers() {}

  /** The first that holds; without any other the lack of credit. */
  static Blocker first(StreamView view) {
    for (var rule : ORDER) {
      if (rule.holds.test(view)) {
        return rule.blocker;
      }
    }
    return Blocker.NO_CREDIT;
  }

  /** Credit that is asked back comes within a moment, and goes to those ahead first. */
  private static boolean isOnItsWay(StreamView view) {
    return view.granted() || view.free() + view.moving() > view.aheadTotal();
  }
}
