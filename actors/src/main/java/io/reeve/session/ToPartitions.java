package io.reeve.session;

import io.reeve.domain.session.LeaseTable;
import io.reeve.domain.session.SettlementBatches;
import io.reeve.domain.task.Settlement;
import io.reeve.partition.Leases;
import io.reeve.partition.Partitions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;

/** What one holder's session says to the partitions. */
final class ToPartitions {

  private final Partitions partitions;
  private final String holder;
  private final int sessionNo;
  private final LeaseTable leases;
  private final ActorRef<Leases.ToSession> self;
  private final BitSet unattached = new BitSet();

  ToPartitions(
      Partitions partitions,
      Session.ResumeToken token,
      LeaseTable leases,
      ActorRef<Leases.ToSession> self) {
    this.partitions = partitions;
    this.holder = token.holder();
    this.sessionNo = token.sessionNo();
    this.leases = leases;
    this.self = self;
  }

  // ---- Attaching

  void attachAll() {
    for (var p = 0; p < partitions.count(); p++) {
      attach(p);
    }
  }

  void attach(int partition) {
    unattached.set(partition);
    var held = new ArrayList<Leases.LeaseKey>(leases.count(partition));
    leases.forEach(partition, (sequence, fence) -> held.add(new Leases.LeaseKey(sequence, fence)));
    partitions.tell(partition, new Leases.Attach(holder, sessionNo, self, held));
  }

  void attached(int partition) {
    unattached.clear(partition);
  }

  boolean allAttached() {
    return unattached.isEmpty();
  }

  void attachAgain() {
    unattached.stream().forEach(this::attach);
  }

  // ---- Leases

  /** Renews the leases of every partition that holds some. */
  void renew() {
    var renewal = new Leases.Renew(holder, sessionNo, self);
    for (var p = 0; p < partitions.count(); p++) {
      if (leases.count(p) > 0) {
        partitions.tell(p, renewal);
      }
    }
  }

  /** Hands back what never got here, for it will not: the assignments went out before this. */
  void compare(Leases.LeasesHeld held) {
    var missing = new ArrayList<Settlement>();
    for (var key : held.leases()) {
      if (!leases.holds(held.partition(), key.sequence(), key.fence())) {
        missing.add(Settlement.released(key.sequence(), key.fence(), "not delivered"));
      }
    }
    if (!missing.isEmpty()) {
      settle(0, held.partition(), missing);
    }
  }

  /** Hands leases back; their attempts do not count. */
  void handBack(Map<Integer, List<Settlement>> byPartition) {
    byPartition.forEach((partition, settlements) -> settle(0, partition, settlements));
  }

  void gone(boolean lost) {
    var gone = new Leases.HolderGone(holder, sessionNo, lost, self);
    for (var p = 0; p < partitions.count(); p++) {
      partitions.tell(p, gone);
    }
  }

  void progress(int partition, Session.ProgressMade progress) {
    partitions.tell(
        partition,
        new Leases.ReportProgress(
            progress.task().sequence(), progress.fence(), progress.percent(), progress.message()));
  }

  // ---- Settlements

  /** Passes the part of a batch on that concerns one partition; batch 0: the session's own. */
  void settle(long batch, int partition, List<Settlement> settlements) {
    partitions.tell(partition, new Leases.Settle(holder, batch, settlements, self));
  }

  void settleAgain(SettlementBatches batches, int partition) {
    batches.forEachPending(
        partition, (batch, part) -> settle(batch, part.partition(), part.settlements()));
  }

  void settleAgain(SettlementBatches batches) {
    for (var p = 0; p < partitions.count(); p++) {
      settleAgain(batches, p);
    }
  }
}
