package io.reeve.domain.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.session.CreditBook;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * The dispatcher's rules against partitions and sessions that do no more than count, with messages
 * that take their time. Each pair of parties has a channel that keeps the order; which channel
 * moves next is random.
 */
final class DispatchSimulation {

  /** A session with the real credit book. */
  static final class SimulatedSession {
    final Offer offer;
    final CreditBook credit;
    final List<SimulatedPartition.Leased> held = new ArrayList<>();
    int capacity;
    int reserve;
    long released;
    long handedBack;
    int normalAtMost;
    int inFlightAtMost;

    SimulatedSession(Offer offer, int capacity, int reserve) {
      this.offer = offer;
      this.capacity = capacity;
      this.reserve = reserve;
      this.credit = new CreditBook(10_000, capacity, reserve, 0);
    }

    int heldCount() {
      return held.stream().mapToInt(SimulatedPartition.Leased::count).sum();
    }
  }

  final RandomGenerator random;
  final Dispatch dispatch;
  final List<SimulatedPartition> partitions = new ArrayList<>();
  final Map<String, SimulatedSession> sessions = new LinkedHashMap<>();
  private final Map<String, Deque<Runnable>> channels = new LinkedHashMap<>();
  Predicate<String> losesMessage = channel -> false;
  long now;
  long messages;
  long submitted;
  long finished;
  private int sessionCount;

  DispatchSimulation(RandomGenerator random, int partitionCount, Rules rules) {
    this.random = random;
    this.dispatch = new Dispatch(partitionCount, rules);
    for (var p = 0; p < partitionCount; p++) {
      partitions.add(new SimulatedPartition(p));
      greet(p);
    }
  }

  // ---- What happens in the world

  SimulatedSession join(int capacity, int reserve, List<String> queues, Set<String> kinds) {
    var no = ++sessionCount;
    var offer = new Offer("holder-" + no, 1, "worker-" + no, "pool", queues, kinds);
    var session = new SimulatedSession(offer, capacity, reserve);
    sessions.put(offer.holder(), session);
    send(toDispatcher(session), () -> dispatch.register(offer, session.credit.totals(0)));
    return session;
  }

  /** The session is gone for good: what it held is ready again. */
  void leave(SimulatedSession session) {
    sessions.remove(session.offer.holder());
    send(toDispatcher(session), () -> dispatch.end(session.offer.holder(), 1));
    for (var lease : session.held) {
      send("s-p" + lease.partition(), () -> release(lease));
    }
    session.held.clear();
  }

  void submit(int partition, TaskClass taskClass, int count) {
    submitted += count;
    partitions.get(partition).submit(taskClass, count);
    deliver(partition);
  }

  /** One lease of the session ends. */
  void finishOne(SimulatedSession session) {
    if (session.held.isEmpty()) {
      return;
    }
    var at = random.nextInt(session.held.size());
    var lease = session.held.remove(at);
    if (lease.count() > 1) {
      session.held.add(
          new SimulatedPartition.Leased(
              lease.partition(), lease.to(), lease.taskClass(), lease.count() - 1));
    }
    finished++;
    session.released++;
    state(session);
  }

  void setCapacity(SimulatedSession session, int capacity, int reserve) {
    session.capacity = capacity;
    session.reserve = reserve;
    state(session);
  }

  private void state(SimulatedSession session) {
    var misuse = session.credit.state(session.capacity, session.reserve, session.released);
    assertThat(misuse).isNull();
    tellCredit(session);
  }

  void tellCredit(SimulatedSession session) {
    var totals = session.credit.totals(0);
    send(toDispatcher(session), () -> dispatch.credit(session.offer.holder(), 1, totals));
  }

  void restart(int partition) {
    partitions.get(partition).restart();
    channel("d-p" + partition).clear();
    channel("p" + partition + "-d")
        .add(
            () -> {
              dispatch.lost(partition);
              greet(partition);
            });
  }

  /** The partition's writer starts again; what was on its way to the partition still arrives. */
  void restartInPlace(int partition) {
    var p = partitions.get(partition);
    p.restart();
    var inventory = p.greet();
    send("p" + partition + "-d", () -> take(inventory));
  }

  void greet(int partition) {
    send(
        "d-p" + partition,
        () -> {
          var inventory = partitions.get(partition).greet();
          send("p" + partition + "-d", () -> take(inventory));
        });
  }

  /** Tells every partition what is believed of it. */
  void audit() {
    for (var belief : dispatch.beliefs()) {
      var p = belief.partition();
      send(
          "d-p" + p,
          () -> {
            partitions.get(p).audit(belief);
            deliver(p);
          });
    }
  }

  // ---- Messages

  private static String toDispatcher(SimulatedSession session) {
    return session.offer.holder() + "-d";
  }

  private Deque<Runnable> channel(String name) {
    return channels.computeIfAbsent(name, n -> new ArrayDeque<>());
  }

  private void send(String channel, Runnable message) {
    messages++;
    if (!losesMessage.test(channel)) {
      channel(channel).add(message);
    }
  }

  /** Lets one message arrive, or the dispatcher pair; false when there is nothing left to do. */
  boolean step() {
    var busy = channels.values().stream().filter(c -> !c.isEmpty()).toList();
    var at = random.nextInt(busy.size() + 1);
    if (at < busy.size()) {
      busy.get(at).remove().run();
      return true;
    }
    return pair() || !busy.isEmpty();
  }

  boolean pair() {
    var orders = dispatch.pair(now);
    assertPriorityIsKept(orders);
    for (var order : orders) {
      var p = order.partition();
      send(
          "d-p" + p,
          () -> {
            partitions.get(p).carryOut(order);
            deliver(p);
          });
    }
    return !orders.isEmpty();
  }

  /** No task was granted beside a more important one that its worker could have had. */
  private void assertPriorityIsKept(List<Order> orders) {
    if (dispatch.pairAgainInNanos() != Long.MAX_VALUE) {
      return; // a pause keeps a worker from some partition
    }
    for (var line : dispatch.classes()) {
      for (var order : orders) {
        if (order instanceof Order.Propose granted
            && granted.taskClass().queue().equals(line.taskClass().queue())
            && granted.taskClass().lane() == line.taskClass().lane()
            && granted.to().serves(line.taskClass())
            && isAvailable(line.taskClass())) {
          assertThat(line.taskClass().priority())
              .as("priority of %s, that waits beside %s", line, granted)
              .isLessThanOrEqualTo(granted.taskClass().priority());
        }
      }
    }
  }

  /** Whether a task waits that no open grant is to take. */
  private boolean isAvailable(TaskClass taskClass) {
    for (var belief : dispatch.beliefs()) {
      var ready = belief.ready().getOrDefault(taskClass, 0);
      if (ready > 0 && !explain(taskClass, belief.partition(), ready - 1).view().granted()) {
        return true;
      }
    }
    return false;
  }

  private void take(SimulatedPartition.Report report) {
    var p = report.partition();
    if (report.inventory()) {
      dispatch.inventory(p, report.incarnation());
    } else if (!dispatch.heeds(p, report.incarnation())) {
      return;
    }
    report.uses().forEach(u -> dispatch.used(p, u.seq(), u.leased(), u.done()));
    if (!report.inventory()) {
      dispatch.dealtWith(p, report.lastSeq());
    }
    report.ready().forEach((c, count) -> dispatch.ready(p, c, count, 0));
  }

  /** Sends what a partition has leased, and at times its report. */
  private void deliver(int partition) {
    var p = partitions.get(partition);
    for (var leased : List.copyOf(p.leased)) {
      send("p" + partition + "-" + leased.to().holder(), () -> arrive(leased));
    }
    p.leased.clear();
    if (p.hasNews() && random.nextInt(3) > 0) {
      report(partition);
    } else if (p.hasNews()) {
      channel("p" + partition + "-timer").add(() -> report(partition));
    }
  }

  private void report(int partition) {
    if (partitions.get(partition).hasNews()) {
      var report = partitions.get(partition).report();
      send("p" + partition + "-d", () -> take(report));
    }
  }

  private void arrive(SimulatedPartition.Leased leased) {
    var session = sessions.get(leased.to().holder());
    if (session == null) {
      send("s-p" + leased.partition(), () -> release(leased));
      return;
    }
    var kept = 0;
    for (var i = 0; i < leased.count(); i++) {
      var before = session.credit.inFlight();
      if (session.credit.admit(leased.taskClass().lane(), false)) {
        kept++;
        var limit =
            leased.taskClass().lane() == Lane.URGENT
                ? session.capacity
                : session.capacity - session.reserve;
        assertThat(before).isLessThan(limit);
      }
    }
    if (kept > 0) {
      session.held.add(
          new SimulatedPartition.Leased(leased.partition(), leased.to(), leased.taskClass(), kept));
    }
    var back = leased.count() - kept;
    if (back > 0) {
      session.handedBack += back;
      tellCredit(session);
      send(
          "s-p" + leased.partition(),
          () ->
              release(
                  new SimulatedPartition.Leased(
                      leased.partition(), leased.to(), leased.taskClass(), back)));
    }
  }

  private void release(SimulatedPartition.Leased leased) {
    partitions.get(leased.partition()).release(leased.taskClass(), leased.count());
    deliver(leased.partition());
  }

  // ---- Quiet

  /** Lets everything arrive that is on its way, and pauses end. */
  void settleDown() {
    var steps = 0;
    while (true) {
      while (step()) {
        assertThat(++steps).as("steps until quiet").isLessThan(200_000);
      }
      var idle = channels.values().stream().allMatch(Deque::isEmpty) && !pair();
      if (idle && dispatch.pairAgainInNanos() == Long.MAX_VALUE) {
        return;
      }
      now += idle ? dispatch.pairAgainInNanos() : 0;
    }
  }

  /** Once quiet: no ready task and free credit for it at the same time. */
  void assertNothingWaitsBesideFreeCredit() {
    for (var partition : partitions) {
      partition.ready.forEach(
          (taskClass, count) -> {
            if (count > 0) {
              for (var session : sessions.values()) {
                if (session.offer.serves(taskClass)) {
                  assertThat(
                          CreditRule.free(
                              taskClass.lane(),
                              session.capacity,
                              session.reserve,
                              session.credit.inFlight()))
                      .as("free credit of %s beside %d of %s", session.offer, count, taskClass)
                      .isZero();
                }
              }
            }
          });
    }
  }

  /** Once quiet: the dispatcher counts what is. */
  void assertCountsAreExact() {
    for (var line : dispatch.workers()) {
      var session = java.util.Objects.requireNonNull(sessions.get(line.offer().holder()));
      assertThat(line.inFlight())
          .as("in flight at %s", line.offer())
          .isEqualTo(session.heldCount());
      var stands = partitions.stream().mapToLong(p -> p.standingOf(line.offer())).sum();
      assertThat(line.standing()).as("standing for %s", line.offer()).isEqualTo(stands);
      assertThat(line.inFlight() + line.standing())
          .as("granted to %s", line.offer())
          .isLessThanOrEqualTo(Math.max(session.capacity, session.heldCount()));
    }
  }

  /** Its tasks are equally old, so that none goes before the first of its partition. */
  private StreamExplanation explain(TaskClass taskClass, int partition, long ahead) {
    return dispatch.explain(new ReadyTask(taskClass, partition, ahead, 0), 0, now);
  }

  /** Once quiet: what is named of the first and the last task of each class is so. */
  void assertExplainedTruly() {
    for (var partition : partitions) {
      partition.ready.forEach(
          (taskClass, count) -> {
            if (count > 0) {
              assertExplainedTruly(partition.partition, taskClass, 0);
              assertExplainedTruly(partition.partition, taskClass, count - 1);
            }
          });
    }
  }

  private void assertExplainedTruly(int partition, TaskClass taskClass, int ahead) {
    assertThat(explain(taskClass, partition, ahead).blocker())
        .as("behind %d of %s at partition %d", ahead, taskClass, partition)
        .isEqualTo(blocker(taskClass, ahead));
  }

  /** By the word of the sessions, which the dispatcher only hears of. */
  private Blocker blocker(TaskClass taskClass, int ahead) {
    var able = able(taskClass);
    if (able.isEmpty()) {
      return sessions.values().stream().anyMatch(s -> s.offer.servesQueue(taskClass.queue()))
          ? Blocker.NO_WORKER_FOR_KIND
          : Blocker.NO_WORKER_FOR_QUEUE;
    }
    if (able.stream().allMatch(session -> session.capacity == 0)) {
      return Blocker.WORKERS_DRAINING;
    }
    var normal = taskClass.lane() == Lane.NORMAL;
    if (normal && able.stream().allMatch(s -> s.capacity == s.reserve)) {
      return Blocker.LANE_RESERVED;
    }
    if (ahead > 0 || higherWaits(taskClass) || (normal && urgentWaits(able))) {
      return Blocker.BEHIND;
    }
    return normal && able.stream().anyMatch(s -> s.credit.inFlight() < s.capacity)
        ? Blocker.LANE_RESERVED
        : Blocker.NO_CREDIT;
  }

  private List<SimulatedSession> able(TaskClass taskClass) {
    return sessions.values().stream().filter(s -> s.offer.serves(taskClass)).toList();
  }

  private boolean urgentWaits(List<SimulatedSession> able) {
    return anyWaits(able, other -> other.lane() == Lane.URGENT);
  }

  private boolean higherWaits(TaskClass taskClass) {
    return anyWaits(
        able(taskClass),
        other ->
            other.lane() == taskClass.lane()
                && other.queue().equals(taskClass.queue())
                && other.priority().compareTo(taskClass.priority()) > 0);
  }

  private boolean anyWaits(List<SimulatedSession> able, Predicate<TaskClass> of) {
    return partitions.stream()
        .flatMap(partition -> partition.ready.entrySet().stream())
        .filter(ready -> ready.getValue() > 0 && of.test(ready.getKey()))
        .anyMatch(ready -> able.stream().anyMatch(s -> s.offer.serves(ready.getKey())));
  }

  /** Once quiet: lifting what is named of a first task, and nothing else, changes the answer. */
  void assertLiftingHelps(int partition, TaskClass taskClass) {
    var named = explain(taskClass, partition, 0).blocker();
    if (named == Blocker.BEHIND) {
      return;
    }
    var nobody = named == Blocker.NO_WORKER_FOR_QUEUE || named == Blocker.NO_WORKER_FOR_KIND;
    var queues = List.of(taskClass.queue());
    var kinds = Set.of(taskClass.kind());
    var slots = nobody ? 0 : readyFor(queues, kinds);
    var helper = join(slots, 0, queues, kinds);
    settleDown();
    if (nobody) {
      assertThat(explain(taskClass, partition, 0).blocker())
          .as("after a worker came that takes none of %s", taskClass)
          .isEqualTo(Blocker.WORKERS_DRAINING);
    } else {
      assertThat(partitions.get(partition).readyOf(taskClass))
          .as("of %s after %d more slots, blocked by %s before", taskClass, slots, named)
          .isZero();
    }
    leave(helper);
    settleDown();
  }

  private int readyFor(List<String> queues, Set<String> kinds) {
    return partitions.stream()
        .flatMap(partition -> partition.ready.entrySet().stream())
        .filter(ready -> ready.getKey().isServedBy(queues, kinds))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }
}
