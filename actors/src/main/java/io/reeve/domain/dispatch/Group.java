package io.reeve.domain.dispatch;

import io.reeve.domain.task.Lane;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The workers that offer the same. They are ordered as their accounts change, so that the next one
 * is found without a look at all of them.
 */
final class Group {

  private static final Comparator<WorkerLedger> LEAST_LOADED =
      Comparator.comparingDouble((WorkerLedger worker) -> worker.tally.freeShare())
          .reversed()
          .thenComparingInt(worker -> worker.no);

  private static final Comparator<WorkerLedger> NEAREST_TO_ROOM =
      Comparator.comparingLong((WorkerLedger worker) -> worker.tally.overNormal())
          .thenComparingInt(worker -> worker.no);

  /** What each of them offers, but for labels that no task requires. */
  final Offer offer;

  /** In the order they came. */
  final Set<WorkerLedger> workers = new LinkedHashSet<>();

  private final TreeSet<WorkerLedger> freeForUrgent = new TreeSet<>(LEAST_LOADED);
  private final TreeSet<WorkerLedger> freeForNormal = new TreeSet<>(LEAST_LOADED);
  private final TreeSet<WorkerLedger> crowded = new TreeSet<>(NEAREST_TO_ROOM);
  private long slotsForUrgent;
  private long slotsForNormal;
  private long standing;
  private long revoking;

  Group(Offer offer) {
    this.offer = offer;
  }

  /** Workers that have room for a task of the lane, the least loaded first. */
  SortedSet<WorkerLedger> free(Lane lane) {
    return lane == Lane.URGENT ? freeForUrgent : freeForNormal;
  }

  /** Tasks of the lane that they have room for. */
  long slots(Lane lane) {
    return lane == Lane.URGENT ? slotsForUrgent : slotsForNormal;
  }

  /** Workers that could keep room for a normal task, the nearest to having it first. */
  SortedSet<WorkerLedger> crowded() {
    return crowded;
  }

  long standing() {
    return standing;
  }

  long revoking() {
    return revoking;
  }

  /** The worker's account is this now. */
  void tally(WorkerLedger worker, WorkerLedger.Tally tally) {
    count(worker, -1);
    if (worker.tally.freeForUrgent() > 0) {
      freeForUrgent.remove(worker);
    }
    if (worker.tally.freeForNormal() > 0) {
      freeForNormal.remove(worker);
    }
    if (worker.tally.crowded()) {
      crowded.remove(worker);
    }
    worker.tally = tally;
    count(worker, 1);
    if (tally.freeForUrgent() > 0) {
      freeForUrgent.add(worker);
    }
    if (tally.freeForNormal() > 0) {
      freeForNormal.add(worker);
    }
    if (tally.crowded()) {
      crowded.add(worker);
    }
  }

  private void count(WorkerLedger worker, int sign) {
    slotsForUrgent += (long) sign * worker.tally.freeForUrgent();
    slotsForNormal += (long) sign * worker.tally.freeForNormal();
    standing += sign * worker.tally.standing();
    revoking += sign * worker.tally.revoking();
  }
}
