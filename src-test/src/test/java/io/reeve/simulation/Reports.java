package io.reeve.simulation;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.domain.task.Outcome;
import io.reeve.domain.task.Rejection;
import io.reeve.session.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a worker was told of its settlements. Lies apart, the checker learns all of it. */
final class Reports {

  private final Checker checker;
  private final Set<Session.Lease> lied = new HashSet<>();
  private Outbox.@Nullable Report last;

  Reports(Checker checker) {
    this.checker = checker;
  }

  /** The last that was answered. */
  Outbox.@Nullable Report last() {
    return last;
  }

  /** Nothing follows from what is said of this lease: the worker lied about it. */
  void disregard(Session.Lease lease) {
    lied.add(lease);
  }

  /** These were acknowledged, but for what was refused. */
  void answered(List<Outbox.Report> reports, List<Session.RefusedSettlement> refused) {
    var refusals = new ArrayList<>(refused);
    for (var report : reports) {
      last = report;
      var refusal = refusalOf(report.lease(), refusals);
      refusals.remove(refusal);
      if (!lied.contains(report.lease()) && !isForgotten(refusal)) {
        tell(report, refusal == null);
      }
    }
  }

  private static Session.@Nullable RefusedSettlement refusalOf(
      Session.Lease lease, List<Session.RefusedSettlement> refusals) {
    for (var refused : refusals) {
      if (refused.taskId().equals(lease.task().toString()) && refused.fence() == lease.fence()) {
        return refused;
      }
    }
    return null;
  }

  /** The task ended so long ago that nobody remembers how. */
  private static boolean isForgotten(Session.@Nullable RefusedSettlement refusal) {
    return refusal != null && refusal.rejection().code() == Rejection.Code.UNKNOWN_TASK;
  }

  private void tell(Outbox.Report report, boolean accepted) {
    var settlement = report.settlement();
    var completed = settlement.outcome() == Outcome.COMPLETED;
    checker.add(
        new Fact.SettleAnswered(
            report.lease().task(),
            report.lease().fence(),
            settlement.outcome(),
            completed ? Arrays.hashCode(settlement.result()) : 0,
            accepted));
  }
}
