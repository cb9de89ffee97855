package io.reeve.simulation;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.domain.task.Outcome;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskId;
import io.reeve.session.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

  /** A lease reached the worker, which has these others of the same session. */
  void delivered(Attempt attempt, Map<TaskId, Long> others) {
    var lease = attempt.lease();
    var lane = attempt.assignment.lane();
    checker.add(new Fact.Delivered(attempt.session, lease.task(), lease.fence(), lane));
    if (!others.isEmpty()) {
      checker.add(new Fact.DeliveredBeside(lease.task(), lease.fence(), others));
    }
  }

  /**
   * Something about a settlement that is not so. Nothing follows from what is said of its lease.
   *
   * @param sequence of a task that the worker never had, perhaps
   */
  Outbox.Report lie(Lie lie, int partition, long sequence, byte[] result) {
    var before = last;
    if (lie == Lie.FOREIGN || before == null) {
      return lie(partition, Settlement.completed(sequence, 1 + sequence % 2, result));
    }
    if (lie == Lie.AGAIN) {
      return new Outbox.Report(before.partition(), before.settlement(), true);
    }
    var fence = Math.max(1, before.settlement().fence() + lie.fences());
    return lie(
        before.partition(), Settlement.completed(before.settlement().sequence(), fence, result));
  }

  private Outbox.Report lie(int partition, Settlement settlement) {
    var report = new Outbox.Report(partition, settlement, true);
    lied.add(report.lease());
    return report;
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
