package io.reeve.domain.dispatch;

import io.reeve.domain.rules.QueueRules;
import io.reeve.domain.task.HeededRules;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything a dispatcher knows, and its rules: what workers offer, what lies ready at the
 * partitions, and which grants are open. Mutable, owned by one actor; the same calls in the same
 * order give the same orders.
 *
 * <p>Counts cannot drift: sessions state totals, partitions state absolute counts, and a grant
 * counts against its worker until its partition said that it is done or started anew. What slips
 * through (messages lost between nodes) is found by comparing totals, see {@link #beliefs} and
 * {@link #writeOffLost}.
 */
public final class Dispatch {

  /** Classes kept though nothing of them is ready; above that, such classes are forgotten. */
  private static final int CLASSES_KEPT = 10_000;

  /** What became of a registration. */
  public enum Registration {
    /** A session that was not known. */
    NEW,
    /** The session is known; its credit was brought up to date. */
    REPEATED,
    /** A later session of the holder is known. */
    STALE
  }

  /** One session, for readers. */
  public record WorkerLine(
      Offer offer, CreditTotals credit, long inFlight, long standing, boolean waitsForWork) {}

  /** What waits in one class, for readers. */
  public record ClassLine(TaskClass taskClass, long ready, boolean served) {}

  private final Rules rules;
  private final OpenGrants grants;
  private final Pauses pauses;
  private final Pairing pairing;
  private final StandingPlan plan;
  private final Workforce workforce = new Workforce();
  private final Map<TaskClass, ReadyClass> classes = new LinkedHashMap<>();
  private final Map<String, Set<ReadyClass>> byQueue = new HashMap<>();
  private final HoldTime holdTime = new HoldTime();
  private long releasedTotal;
  private boolean spreadAgain;
  private QueueRules queues = QueueRules.NONE;
  private HeededRules kept = HeededRules.NONE;
  private long nowMs;

  /** So many classes are kept before those without tasks are looked for. */
  private int classesMax = CLASSES_KEPT;

  public Dispatch(int partitions, Rules rules) {
    this.rules = rules;
    this.grants = new OpenGrants(partitions);
    this.pauses = new Pauses(rules);
    this.pairing = new Pairing(rules, grants, pauses, workforce);
    this.plan = new StandingPlan(grants, pauses);
  }

  // ---- Sessions

  /** A session offers itself. It replaces an earlier one of its holder. */
  public Registration register(Offer offer, CreditTotals credit) {
    var known = workforce.get(offer.holder());
    if (known != null) {
      if (known.offer.sessionNo() > offer.sessionNo()) {
        return Registration.STALE;
      }
      if (known.offer.equals(offer)) {
        state(known, credit);
        return Registration.REPEATED;
      }
      drop(known);
    }
    if (workforce.add(offer, credit, partitions())) {
      regroup();
    }
    return Registration.NEW;
  }

  /**
   * A session states its totals. Those of a session that is not known are not heeded.
   *
   * @return whether they are news
   */
  public boolean credit(String holder, int sessionNo, CreditTotals credit) {
    var worker = known(holder, sessionNo);
    return worker != null && state(worker, credit);
  }

  private boolean state(WorkerLedger worker, CreditTotals credit) {
    var before = worker.credit.releasedTotal();
    var news = worker.credit(credit);
    releasedTotal += worker.credit.releasedTotal() - before;
    return news;
  }

  /** The session ended. Its standing grants are taken back. */
  public void end(String holder, int sessionNo) {
    var worker = known(holder, sessionNo);
    if (worker != null) {
      drop(worker);
    }
  }

  private void drop(WorkerLedger worker) {
    if (workforce.remove(worker)) {
      regroup();
    }
    List.copyOf(worker.stands).forEach(grants::revoke);
  }

  private @Nullable WorkerLedger known(String holder, int sessionNo) {
    var worker = workforce.get(holder);
    return worker != null && worker.offer.sessionNo() == sessionNo ? worker : null;
  }

  // ---- Partitions

  /**
   * A partition says where it stands; what is ready follows by {@link #ready}.
   *
   * @return whether it restarted since it was last heard
   */
  public boolean inventory(int partition, long incarnation) {
    var stock = grants.stocks[partition];
    var restarted = stock.everKnown && stock.incarnation != incarnation;
    grants.takeBackForsaken(stock);
    if (stock.known) {
      grants.doubt(stock);
    } else {
      spreadAgain = true;
      workforce.lookAtAll();
    }
    stock.everKnown = true;
    stock.known = true;
    stock.incarnation = incarnation;
    classes.values().forEach(ready -> ready.readyAt(partition, 0, 0));
    return restarted;
  }

  /** The partition does not answer any more. Nothing is granted there until its next inventory. */
  public void lost(int partition) {
    var stock = grants.stocks[partition];
    stock.known = false;
    stock.forsaken.clear();
    grants.forget(stock);
    workforce.lookAtAll();
    classes.values().forEach(ready -> ready.readyAt(partition, 0, 0));
  }

  /**
   * The partition does not answer. Nothing is granted there until its next inventory, and what was
   * granted counts no longer: should it be used all the same, the session hands back what is over
   * the worker's credit.
   */
  public void forsake(int partition) {
    var stock = grants.stocks[partition];
    stock.known = false;
    grants.forsake(stock);
    workforce.lookAtAll();
    classes.values().forEach(ready -> ready.readyAt(partition, 0, 0));
  }

  /** Whether a report of this incarnation is to be heeded. */
  public boolean heeds(int partition, long incarnation) {
    var stock = grants.stocks[partition];
    return stock.known && stock.incarnation == incarnation;
  }

  /** So many tasks were leased under the grant, in all. */
  public void used(int partition, long seq, int leased, boolean done) {
    grants.used(grants.stocks[partition], seq, leased, done);
  }

  /** The partition dealt with every grant up to {@code lastSeq}. Comes after {@link #used}. */
  public void dealtWith(int partition, long lastSeq) {
    grants.dealtWith(grants.stocks[partition], lastSeq);
  }

  /**
   * So many tasks of the class are ready at the partition.
   *
   * @param oldestMs when the first of them was submitted; 0: long ago
   */
  public void ready(int partition, TaskClass taskClass, int count, long oldestMs) {
    var ready = classes.get(taskClass);
    if (ready == null) {
      if (count == 0) {
        return;
      }
      ready = open(taskClass);
    } else if (count > 0 && !workforce.tellsApartBy(taskClass.needs())) {
      tellApartBy(taskClass.needs());
    }
    ready.readyAt(partition, Math.max(0, count), oldestMs);
  }

  private ReadyClass open(TaskClass taskClass) {
    if (classes.size() >= classesMax) {
      for (var old : new ArrayList<>(classes.values())) {
        if (old.unused()) {
          forget(old);
        }
      }
      classesMax = Math.max(CLASSES_KEPT, 2 * classes.size());
    }
    if (!workforce.tellsApartBy(taskClass.needs())) {
      tellApartBy(taskClass.needs());
    }
    var ready = pairing.open(taskClass);
    ready.paused(kept.pauses(taskClass.queue(), nowMs));
    classes.put(taskClass, ready);
    byQueue.computeIfAbsent(taskClass.queue(), queue -> new LinkedHashSet<>()).add(ready);
    return ready;
  }

  /** Groups began or ended: finds anew who may run what, and forgets labels that nobody needs. */
  private void regroup() {
    var names = neededNames();
    if (!workforce.tellsApartByJust(names)) {
      workforce.tellApartBy(names);
    }
    pairing.regroup(classes.values());
  }

  /** Tells workers apart by what is needed now, and by what other classes with tasks need. */
  private void tellApartBy(Labels needs) {
    var names = neededNames();
    names.addAll(needs.names());
    workforce.tellApartBy(names);
    pairing.regroup(classes.values());
  }

  /** Of the classes that have tasks. One that gets some again looks for its workers anew. */
  private Set<String> neededNames() {
    var names = new HashSet<String>();
    for (var ready : classes.values()) {
      var needs = ready.taskClass.needs();
      if (!needs.isEmpty() && !ready.unused()) {
        names.addAll(needs.names());
      }
    }
    return names;
  }

  private void forget(ReadyClass ready) {
    classes.remove(ready.taskClass);
    pairing.remove(ready);
    var queue = ready.taskClass.queue();
    ofQueue(queue).remove(ready);
    if (ofQueue(queue).isEmpty()) {
      byQueue.remove(queue);
    }
  }

  private Set<ReadyClass> ofQueue(String queue) {
    return byQueue.getOrDefault(queue, Set.of());
  }

  // ---- Rules

  /**
   * People set these rules.
   *
   * @param forPartitions what partitions keep of them
   * @param atMs so they are at this instant
   */
  public void rules(QueueRules set, HeededRules forPartitions, long atMs) {
    pairing.rules(set, set.changedSince(queues));
    queues = set;
    var before = kept;
    kept = forPartitions;
    before.pausedUntilMs().keySet().forEach(this::lookAtPause);
    at(atMs);
  }

  /** The wall clock says this: a pause may be over. */
  public void at(long atMs) {
    nowMs = atMs;
    kept.pausedUntilMs().keySet().forEach(this::lookAtPause);
  }

  private void lookAtPause(String queue) {
    var paused = kept.pauses(queue, nowMs);
    ofQueue(queue).forEach(ready -> ready.paused(paused));
  }

  // ---- Pairing

  /** Pairs what can be paired now; the orders are to be carried out in their order. */
  public List<Order> pair(long nowNanos) {
    holdTime.at(nowNanos, held(), releasedTotal);
    pauses.at(nowNanos);
    pauses.count(grants.takeUnused());
    pairing.run();
    var news = workforce.takeNews();
    plan.trim(news);
    plan.reclaim(pairing.waiting());
    if (rules.standing()) {
      if (spreadAgain) {
        spreadAgain = false;
        plan.spread(workforce.all(), knownPartitions());
      }
      plan.place(news, workforce::lookAgain);
    }
    return grants.takeOrders();
  }

  /** In how many nanoseconds from the last {@link #pair} to pair again; MAX_VALUE: not by time. */
  public long pairAgainInNanos() {
    return pauses.wakeInNanos();
  }

  /** What is believed of each partition that answered. */
  public List<Belief> beliefs() {
    var beliefs = new ArrayList<Belief>();
    for (var stock : grants.stocks) {
      if (stock.known) {
        beliefs.add(stock.belief(classes.values()));
      }
    }
    return beliefs;
  }

  /**
   * Whether leases are on their way to sessions, or arrived unreported, so that {@link
   * #writeOffLost} may find something lost.
   */
  public boolean inTransit() {
    workforce.settle();
    return workforce.inTransit();
  }

  /**
   * Writes off the leases that were on their way at the last call and have not arrived, and counts
   * those that had arrived and are still not reported. Called at intervals much longer than any
   * message travels.
   *
   * @return how many were written off
   */
  public long writeOffLost() {
    var lost = 0L;
    for (var worker : workforce.all()) {
      lost += worker.writeOffLost();
    }
    return lost;
  }

  /**
   * Whether partitions have something to answer, so that {@link #silent} may find that none did.
   */
  public boolean awaitsPartitions() {
    for (var stock : grants.stocks) {
      if (stock.known && stock.owesAnswer()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Partitions that have not dealt with a proposal or a revocation that was open at the last call:
   * it was lost, they heed another dispatcher, or they are away. Credit that waits for them is
   * missing elsewhere, and what comes free would follow it: see {@link #forsake}.
   */
  public List<Integer> silent() {
    var silent = new ArrayList<Integer>();
    for (var stock : grants.stocks) {
      if (stock.known && stock.isSilent()) {
        silent.add(stock.partition);
      }
    }
    return silent;
  }

  // ---- For readers

  /** All sessions, in the order they came. */
  public List<WorkerLine> workers() {
    var lines = new ArrayList<WorkerLine>();
    for (var worker : workforce.all()) {
      var inFlight = worker.held();
      lines.add(
          new WorkerLine(
              worker.offer,
              worker.credit,
              inFlight,
              worker.standing(),
              inFlight == 0 && worker.credit.capacity() > 0));
    }
    return lines;
  }

  /** How many workers of this kind the work asks for. */
  public Demand demand(WorkerKind kind, DemandRules rules, long nowNanos) {
    holdTime.at(nowNanos, held(), releasedTotal);
    long count = 0;
    long slots = 0;
    long held = 0;
    for (var worker : workforce.all()) {
      // A worker with capacity 0 is draining: neither it nor its leases count.
      if (worker.credit.capacity() > 0 && kind.includes(worker.offer)) {
        count++;
        slots += worker.credit.capacity() - worker.credit.urgentReserve();
        held += worker.held();
      }
    }
    long waiting = 0;
    long unserved = 0;
    for (var ready : classes.values()) {
      if (kind.runs(ready.taskClass) && !ready.paused()) {
        var total = ready.readyTotal();
        waiting += total;
        unserved += ready.field.groups.isEmpty() ? total : 0;
      }
    }
    var runnable = count > 0 && kind.isAny() ? waiting - unserved : waiting;
    return Demand.of(
        new Demand.Counts(count, slots, held, waiting, unserved, runnable),
        holdTime.meanNanos(),
        partitions() - knownPartitions(),
        rules);
  }

  /**
   * What keeps a ready task from starting.
   *
   * @param nowMs milliseconds since the epoch
   */
  public StreamExplanation explain(ReadyTask task, long nowMs, long nowNanos) {
    holdTime.at(nowNanos, held(), releasedTotal);
    var view =
        new StreamReader(workforce, classes, pairing, queues, this.nowMs)
            .view(task, grants.stocks[task.partition()], nowMs);
    var mean = releasedTotal == 0 ? 0 : holdTime.meanNanos();
    return StreamExplanation.of(view, mean);
  }

  private long held() {
    workforce.settle();
    return workforce.held();
  }

  /** Every class with ready tasks. One that no worker serves waits for one. */
  public List<ClassLine> classes() {
    var lines = new ArrayList<ClassLine>();
    for (var ready : classes.values()) {
      var total = ready.readyTotal();
      if (total > 0) {
        lines.add(new ClassLine(ready.taskClass, total, !ready.field.groups.isEmpty()));
      }
    }
    return lines;
  }

  /** The queues that have ready tasks, or had some a while ago. */
  public Set<String> queues() {
    return Collections.unmodifiableSet(byQueue.keySet());
  }

  /** The ready tasks of one queue. */
  public ReadyOfQueue readyOf(String queue) {
    var found = ReadyOfQueue.NONE;
    for (var ready : ofQueue(queue)) {
      found = found.plus(ready);
    }
    return found;
  }

  private int partitions() {
    return grants.stocks.length;
  }

  private int knownPartitions() {
    var known = 0;
    for (var stock : grants.stocks) {
      known += stock.known ? 1 : 0;
    }
    return known;
  }
}
