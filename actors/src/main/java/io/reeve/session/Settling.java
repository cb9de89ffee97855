package io.reeve.session;

import io.reeve.domain.session.LeaseTable;
import io.reeve.domain.session.Misuse;
import io.reeve.domain.session.SettlementBatches;
import io.reeve.domain.task.TaskId;
import io.reeve.partition.Leases;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A session's settlements on their way to the partitions, and what the worker is told of them. */
final class Settling {

  private final LeaseTable leases;
  private final SettlementBatches batches;

  /** By the number of their batch; told with the acknowledgement of that batch, not earlier. */
  private final TreeMap<Long, List<Session.RefusedSettlement>> refused = new TreeMap<>();

  private long told;

  Settling(LeaseTable leases, int batchesMax) {
    this.leases = leases;
    this.batches = new SettlementBatches(batchesMax);
  }

  /** What is wrong with the batch, or null. */
  @Nullable Misuse check(Session.Settled settled) {
    return batches.check(settled.batch());
  }

  /** Takes the batch in. */
  void open(Session.Settled settled) {
    settled.malformed().forEach(no -> refuse(settled.batch(), no));
    batches.open(settled.batch(), settled.parts());
  }

  private void refuse(long batch, Session.RefusedSettlement settlement) {
    refused.computeIfAbsent(batch, b -> new ArrayList<>()).add(settlement);
  }

  /** A partition acknowledged its part: those leases are over. A repeat changes nothing. */
  void acknowledged(Leases.SettleAcked acked) {
    var p = acked.partition();
    var part = batches.acknowledged(p, acked.batch());
    if (part == null) {
      return;
    }
    for (var settlement : part.settlements()) {
      leases.remove(p, settlement.sequence(), settlement.fence());
    }
    for (var no : acked.refused()) {
      refuse(
          acked.batch(),
          new Session.RefusedSettlement(new TaskId(p, no.sequence()), no.fence(), no.rejection()));
    }
  }

  /** What there is to acknowledge to the worker since the last call, or null. */
  Session.@Nullable SettlementAck news() {
    if (batches.through() == told) {
      return null;
    }
    told = batches.through();
    var through = refused.headMap(told, true);
    var ack =
        new Session.SettlementAck(told, through.values().stream().flatMap(List::stream).toList());
    through.clear();
    return ack;
  }

  SettlementBatches batches() {
    return batches;
  }
}
