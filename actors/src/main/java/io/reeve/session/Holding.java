package io.reeve.session;

import io.reeve.domain.session.CreditBook;
import io.reeve.domain.session.LeaseTable;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskId;
import io.reeve.partition.Assignment;
import io.reeve.partition.Leases;
import io.reeve.partition.Leases.EndReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The leases a session holds for its worker: how they come, and how they end without it. */
final class Holding {

  /**
   * What to do with assignments that arrived.
   *
   * @param covered for the worker
   * @param handedBack beyond its credit
   */
  record Sorted(List<Assignment> covered, List<Settlement> handedBack) {}

  private final int partitions;
  private final LeaseTable leases;
  private final Map<Integer, List<Settlement>> undelivered = new TreeMap<>();

  Holding(int partitions, LeaseTable leases) {
    this.partitions = partitions;
    this.leases = leases;
  }

  /** Takes over what a resuming worker says to hold; returns what is lost. */
  List<Session.Lease> takeOver(Session.Hello hello) {
    var lost = new ArrayList<Session.Lease>();
    for (var held : hello.held()) {
      var task = held.task();
      if (hello.resume() == null || task.partition() >= partitions || held.fence() <= 0) {
        lost.add(held);
        continue;
      }
      var lostFence = leases.takeOver(task.partition(), task.sequence(), held.fence());
      if (lostFence > 0) {
        lost.add(new Session.Lease(task, lostFence));
      }
    }
    return lost;
  }

  /** Takes what the credit covers; without a worker nothing is. */
  Sorted sort(Leases.Assigned assigned, CreditBook credit, boolean serving) {
    var all = assigned.assignments();
    var handedBack = new ArrayList<Settlement>();
    var covered = all;
    for (var i = 0; i < all.size(); i++) {
      var assignment = all.get(i);
      if (serving ? credit.admit(assignment.lane(), assignment.alone()) : credit.turnAway()) {
        put(assigned.partition(), assignment);
        if (!handedBack.isEmpty()) {
          covered.add(assignment);
        }
      } else {
        if (handedBack.isEmpty()) {
          covered = new ArrayList<>(all.subList(0, i));
        }
        handedBack.add(
            Settlement.released(
                assignment.sequence(), assignment.fence(), "beyond the worker's credit"));
      }
    }
    return new Sorted(covered, handedBack);
  }

  /** Notes a lease that never reached the worker: its attempt does not count. */
  void undelivered(int partition, long sequence, long fence) {
    undelivered
        .computeIfAbsent(partition, p -> new ArrayList<>())
        .add(Settlement.released(sequence, fence, "never acknowledged by the worker"));
  }

  /** By partition the leases that never reached the worker and are still held, to hand back. */
  Map<Integer, List<Settlement>> undelivered() {
    undelivered.forEach(
        (partition, released) ->
            released.removeIf(lease -> !leases.holds(partition, lease.sequence(), lease.fence())));
    undelivered.values().removeIf(List::isEmpty);
    return undelivered;
  }

  private void put(int partition, Assignment assignment) {
    switch (assignment.lane()) {
      case NORMAL -> leases.put(partition, assignment.sequence(), assignment.fence());
      case URGENT -> leases.putUrgent(partition, assignment.sequence(), assignment.fence());
    }
  }

  /** Forgets leases that ended; returns those that the worker has to hear of. */
  List<Session.CancelledLease> end(Leases.LeasesEnded ended) {
    var cancelled = new ArrayList<Session.CancelledLease>();
    for (var lease : ended.leases()) {
      if (leases.remove(ended.partition(), lease.sequence(), lease.fence())) {
        cancelled.add(
            new Session.CancelledLease(
                new TaskId(ended.partition(), lease.sequence()),
                lease.fence(),
                lease.reason(),
                lease.message()));
      }
    }
    return cancelled;
  }

  /** These leases, without what ended them. */
  static List<Session.Lease> leases(List<Session.CancelledLease> ended) {
    return ended.stream().map(lease -> new Session.Lease(lease.task(), lease.fence())).toList();
  }

  /** These leases, as lost to somebody. */
  static List<Session.CancelledLease> lost(List<Session.Lease> leases) {
    return leases.stream()
        .map(
            lease ->
                new Session.CancelledLease(
                    lease.task(), lease.fence(), EndReason.LEASE_LOST, "the lease was lost"))
        .toList();
  }

  /** Forgets leases that a partition says are not the holder's. */
  List<Session.Lease> lose(Leases.Attached attached) {
    var lost = new ArrayList<Session.Lease>();
    for (var key : attached.lost()) {
      if (leases.remove(attached.partition(), key.sequence(), key.fence())) {
        lost.add(new Session.Lease(new TaskId(attached.partition(), key.sequence()), key.fence()));
      }
    }
    return lost;
  }
}
