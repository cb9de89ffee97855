package io.reeve.edge.grpc.worker;

import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.task.Labels;
import io.reeve.session.Session;
import io.reeve.session.WorkerCard;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Workers of a node without a session behind them, for tests. */
public final class EdgeWorkers {

  private EdgeWorkers() {}

  /** A worker that is connected from now on, with a capacity of 4 and nothing to do. */
  public static WorkerCard connect(WorkerRoster roster, String id, long nowNanos) {
    var card = roster.opened();
    var kinds = Set.of("echo");
    card.introduce(
        new Session.Hello(
            id,
            "main",
            "a1",
            List.of("default"),
            kinds,
            Labels.of(Map.of("zone", "eu")),
            4,
            0,
            null,
            List.of(),
            "test",
            "box",
            1),
        0,
        nowNanos);
    card.connected(new CreditTotals(4, 0, 0, 0, 0), 0, nowNanos, null);
    return card;
  }
}
