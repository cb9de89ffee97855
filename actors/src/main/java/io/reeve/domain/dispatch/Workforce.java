package io.reeve.domain.dispatch;

import io.reeve.domain.task.Labels;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All sessions, in groups that offer the same. Sums and orders follow the accounts that changed, so
 * a round costs what changed since the last, however many workers there are.
 */
final class Workforce {

  /** What makes workers interchangeable. */
  private record Kind(List<String> queues, Set<String> kinds, Labels labels) {}

  private final Map<String, WorkerLedger> byHolder = new LinkedHashMap<>();
  private final Map<Kind, Group> groups = new LinkedHashMap<>();
  private final List<WorkerLedger> changes = new ArrayList<>();
  private Set<WorkerLedger> news = new LinkedHashSet<>();

  /** Names of the labels that tell workers apart. */
  private Set<String> telling = Set.of();

  private int seen;
  private long held;
  private int inTransit;
  private int alone;

  // ---- Who there is

  /**
   * Takes a session in.
   *
   * @return whether a group began with it
   */
  boolean add(Offer offer, CreditTotals credit, int partitions) {
    var kind = kindOf(offer);
    var before = groups.get(kind);
    var group = before == null ? new Group(offer) : before;
    groups.put(kind, group);
    var worker = new WorkerLedger(offer, credit, partitions, seen++, group, changes);
    byHolder.put(offer.holder(), worker);
    group.workers.add(worker);
    worker.change();
    return before == null;
  }

  /**
   * The session is gone.
   *
   * @return whether its group ended with it
   */
  boolean remove(WorkerLedger worker) {
    worker.gone = true;
    byHolder.remove(worker.offer.holder());
    settle();
    tally(worker, WorkerLedger.Tally.NOTHING);
    news.remove(worker);
    worker.group.workers.remove(worker);
    return worker.group.workers.isEmpty()
        && groups.values().removeIf(group -> group == worker.group);
  }

  private Kind kindOf(Offer offer) {
    return new Kind(offer.queues(), offer.kinds(), offer.labels().only(telling));
  }

  /** Whether workers that may run tasks with these needs are told apart from others. */
  boolean tellsApartBy(Labels needs) {
    return needs.isEmpty() || telling.containsAll(needs.names());
  }

  /** Whether workers are told apart by labels with just these names. */
  boolean tellsApartByJust(Set<String> names) {
    return telling.equals(names);
  }

  /**
   * Tells workers apart by the labels with these names and by no others, so that labels which no
   * task requires cost nothing. All groups begin anew.
   */
  void tellApartBy(Set<String> names) {
    settle();
    // Callers choose the names. A hash set of texts stays quick though all have one hash code.
    telling = Collections.unmodifiableSet(new HashSet<>(names));
    groups.clear();
    for (var worker : byHolder.values()) {
      var tally = worker.tally;
      worker.tally = WorkerLedger.Tally.NOTHING;
      worker.group = groups.computeIfAbsent(kindOf(worker.offer), k -> new Group(worker.offer));
      worker.group.workers.add(worker);
      worker.group.tally(worker, tally);
    }
  }

  @Nullable WorkerLedger get(String holder) {
    return byHolder.get(holder);
  }

  /** In the order they came. */
  Collection<WorkerLedger> all() {
    return byHolder.values();
  }

  Collection<Group> groups() {
    return groups.values();
  }

  /** The groups whose workers may run tasks of the class. */
  List<Group> groupsFor(TaskClass taskClass) {
    return groups.values().stream().filter(group -> group.offer.serves(taskClass)).toList();
  }

  // ---- How they stand

  /** Brings sums and orders up to date. */
  void settle() {
    for (var worker : changes) {
      worker.takenIn();
      if (!worker.gone) {
        tally(worker, worker.tallied());
        news.add(worker);
      }
    }
    changes.clear();
  }

  private void tally(WorkerLedger worker, WorkerLedger.Tally tally) {
    held += tally.held() - worker.tally.held();
    inTransit += (tally.inTransit() ? 1 : 0) - (worker.tally.inTransit() ? 1 : 0);
    alone += (tally.alone() ? 1 : 0) - (worker.tally.alone() ? 1 : 0);
    worker.group.tally(worker, tally);
  }

  /** Leases that they have, and those proposed for them. */
  long held() {
    return held;
  }

  /** Whether some leases have arrived and are not reported, or the other way round. */
  boolean inTransit() {
    return inTransit > 0;
  }

  /** Whether some worker has a task that must have nothing beside it. */
  boolean hasAlone() {
    return alone > 0;
  }

  /** Grows with each session that comes. */
  long joined() {
    return seen;
  }

  /** The sessions of the same process as this one, itself included. */
  List<WorkerLedger> process(WorkerLedger worker) {
    var process = worker.offer.process();
    return process.isEmpty()
        ? List.of(worker)
        : byHolder.values().stream()
            .filter(other -> other.offer.process().equals(process))
            .toList();
  }

  /** Those whose accounts changed since this was last asked. */
  Collection<WorkerLedger> takeNews() {
    settle();
    var taken = news;
    news = new LinkedHashSet<>();
    return taken;
  }

  /** Counts the account of this one as changed. */
  void lookAgain(WorkerLedger worker) {
    news.add(worker);
  }

  /** Counts all accounts as changed. */
  void lookAtAll() {
    news.addAll(byHolder.values());
  }
}
