package io.reeve.simulation;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.check.Invariant;
import io.reeve.check.Violation;
import io.reeve.dispatch.Dispatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of a {@link Plan}: clients, workers, nodes and faults in virtual time, every fact judged
 * as it comes. Then everything heals, and within a bounded time every task has to end and the
 * dispatcher has to count nothing in flight any more.
 */
final class Simulation {

  private static final long LEASE = Tuning.LEASE.toNanos();
  private static final long MS = 1_000_000;
  private static final long DRAIN_MAX = 120_000 * MS;

  /** Longer than the slowest row takes. */
  private static final long SETTLED = 6_500 * MS;

  private static final int CALM_ROUNDS = 4;
  private static final long CALM_ROUND = 120 * MS;
  private static final long QUIET = 15_000 * MS;
  private static final long STEPS_MAX = 5_000_000;

  /**
   * What came of a run.
   *
   * @param tasks that were stored
   * @param scheduled tasks that schedules made
   */
  record Outcome(
      Plan plan,
      List<Violation> violations,
      long steps,
      int tasks,
      int scheduled,
      long conflicts,
      long lostMessages,
      long staleReads,
      String summary) {
    boolean isGood() {
      return violations.isEmpty();
    }
  }

  private final Plan plan;
  private final Checker checker;
  private final World world;
  private final Cluster cluster;
  private final SimOperator operator;
  private final List<SimClient> clients = new ArrayList<>();
  private final SimSchedules schedules;
  private final List<SimWorker> workers = new ArrayList<>();

  private Simulation(Plan plan, Flaw flaw, Checker checker, @Nullable Consumer<String> trace) {
    this.plan = plan;
    this.checker = checker;
    this.world =
        new World(
            plan.seed(),
            (actor, failure) ->
                checker.violated(Invariant.NOTHING_THROWS, actor + ": " + failure + at(failure)));
    world.trace = trace;
    if (flaw == Flaw.RESTARTS_IN_SILENCE) {
      world.dropped = message -> message instanceof Dispatcher.RegisterAgain;
    }
    this.cluster =
        new Cluster(
            world,
            checker,
            plan.nodes(),
            plan.partitions(),
            flaw.ofPartitions(),
            flaw == Flaw.AUDITS_NOTHING ? Tuning.NEVER : Tuning.AUDIT);
    this.operator = new SimOperator(world, cluster, checker);
    for (var c = 0; c < plan.clients(); c++) {
      clients.add(new SimClient("client" + c, world, cluster, checker, world.random.split()));
    }
    for (var offer : plan.workers()) {
      workers.add(
          new SimWorker(
              world, cluster, checker, offer, world.random.split(), flaw == Flaw.IGNORES_CREDIT));
    }
    this.schedules = new SimSchedules(world, cluster, new SplittableRandom(~plan.seed()));
    for (var step : plan.steps()) {
      world.in(step.atMs() * MS, () -> carryOut(step));
    }
  }

  private static String at(Throwable failure) {
    var frames = failure.getStackTrace();
    return frames.length == 0 ? "" : " at " + frames[0];
  }

  static Outcome run(Plan plan, Flaw flaw) {
    return new Simulation(plan, flaw, Checker.ofEverything(LEASE), null).run();
  }

  /** Also tells every message. */
  static Outcome run(Plan plan, Flaw flaw, Consumer<String> trace) {
    return new Simulation(plan, flaw, Checker.ofEverything(LEASE), trace).run();
  }

  /** Also tells every fact. */
  static Outcome record(Plan plan, Flaw flaw, Consumer<Fact> recorder) {
    return new Simulation(plan, flaw, Checker.ofEverything(LEASE, recorder), null).run();
  }

  // ---- A run

  private Outcome run() {
    go(plan.endMs() * MS, false);
    cluster.heal();
    schedules.stop();
    world.in(SETTLED, () -> operator.resumeAll(cluster.nodes.get(0)));
    workers.forEach(SimWorker::makeHaste);
    // Once all zombies are dead.
    world.in(SETTLED, this::wakeWhereZombiesWere);
    go(world.nanos() + SETTLED + MS, false);
    schedules.end();
    if (go(world.nanos() + DRAIN_MAX, true) && callCalmly()) {
      go(world.nanos() + QUIET, false);
      checkCredit();
    }
    if (checker.isGood()) {
      checker.end();
    }
    return new Outcome(
        plan,
        checker.violations(),
        world.steps(),
        checker.tasks(),
        checker.madeBySchedules(),
        cluster.journals.stream().mapToLong(journal -> journal.conflicts).sum(),
        world.network.lost,
        clients.stream().mapToLong(client -> client.staleReads).sum(),
        checker.summary() + where());
  }

  /** Calls each partition some times while nothing fails; every call has to be answered soon. */
  private boolean callCalmly() {
    for (var round = 0; round < CALM_ROUNDS; round++) {
      for (var p = 0; p < plan.partitions(); p++) {
        clients.get(0).submitCalmly(p, round * 31L + p);
      }
      go(world.nanos() + CALM_ROUND, false);
    }
    return go(world.nanos() + DRAIN_MAX, true);
  }

  /**
   * A zombie that starts a writer anew takes the journal from the partition that is in its place,
   * which learns of that with its next row. What the zombie stored waits until then, so there has
   * to be one.
   */
  private void wakeWhereZombiesWere() {
    for (var p = 0; p < plan.partitions(); p++) {
      if (cluster.journals.get(p).isTakenByZombie()) {
        clients.get(0).submit(1, p, p);
      }
    }
  }

  private String where() {
    return checker.isGood() ? "" : System.lineSeparator() + workers;
  }

  /**
   * Goes on until an instant, or something is wrong.
   *
   * @param untilDone also stops once nothing is left to do
   * @return whether nothing is wrong, and, if asked for, nothing is left to do
   */
  private boolean go(long untilNanos, boolean untilDone) {
    while (checker.isGood() && !(untilDone && isDone())) {
      if (!world.step(untilNanos)) {
        return !untilDone;
      }
      if (world.steps() > STEPS_MAX) {
        checker.violated(Invariant.EVERYTHING_ENDS, "still busy after " + STEPS_MAX + " steps");
      }
    }
    return checker.isGood();
  }

  private boolean isDone() {
    return checker.allEnded()
        && clients.stream().allMatch(SimClient::isIdle)
        && schedules.isIdle()
        && workers.stream().allMatch(SimWorker::isIdle);
  }

  private void checkCredit() {
    if (!checker.isGood()) {
      return;
    }
    var answers = new ArrayList<Dispatcher.DemandShown>();
    cluster.showDemand(answers::add);
    go(world.nanos() + 100 * MS, false);
    if (answers.isEmpty()) {
      checker.violated(Invariant.CREDIT_COMES_BACK, "no dispatcher answers");
      return;
    }
    var demand = answers.get(answers.size() - 1).demand();
    if (demand.held() != 0) {
      checker.violated(
          Invariant.CREDIT_COMES_BACK, "nothing runs, and the dispatcher counts " + demand);
    }
    if (demand.ready() != 0) {
      checker.violated(
          Invariant.CREDIT_COMES_BACK, "nothing waits, and the dispatcher counts " + demand);
    }
  }

  // ---- What happens

  private void carryOut(Step step) {
    if (world.trace != null) {
      world.trace.accept("---- " + step);
    }
    var a = step.a();
    var b = step.b();
    var c = step.c();
    switch (step.what()) {
      case SUBMIT -> clients.get(a).submit(b, c);
      case CANCEL -> clients.get(a).cancel(c);
      case READ -> clients.get(a).read(c);
      case REDRIVE -> clients.get(a).redrive(c);
      case DISCARD -> clients.get(a).discard(c);
      case DISPOSE_DEAD -> clients.get(a).disposeDead(b == 0, c);
      case LIST_DEAD -> clients.get(a).listDead(c);
      case SCHEDULE -> schedules.carryOut(SimSchedules.What.ALL.get(b), c);
      case RULE_CHANGES -> operator.set(cluster.nodes.get(a), c);
      case NODE_DIES -> cluster.crash(cluster.nodes.get(a), b * MS, c * MS);
      case NODE_PAUSES -> cluster.pause(cluster.nodes.get(a), b * MS);
      case JOURNAL_TROUBLE -> cluster.journals.get(a).trouble(SimJournal.TROUBLES.get(b), (int) c);
      case EPOCH_TROUBLE -> cluster.epochs.failNext(b);
      case LINK_LOSES -> link(a, c, (from, to) -> world.network.lose(from, to, b));
      case LINK_IS_SLOW -> link(a, c, (from, to) -> world.network.delay(from, to, b * MS));
      case PARTITION_MOVES -> cluster.movePartition(a);
      case DISPATCHER_MOVES -> cluster.moveDispatcher();
      case DISPATCHER_TWICE -> cluster.doubleDispatcher(b * MS);
      case WORKER_DIES -> workers.get(a).kill(b * MS, c == 1);
      case WORKER_PAUSES -> workers.get(a).pause(b * MS);
      case WORKER_LEAVES -> workers.get(a).leave(b * MS);
      case STREAM_BREAKS -> workers.get(a).breakStream(b == 1);
      case WORKER_LIES ->
          workers
              .get(a)
              .lie(Lie.ALL.get(b), (int) (c % plan.partitions()), 1 + c / plan.partitions());
      case CLOCK_JUMPS -> cluster.jump(cluster.nodes.get(a), c);
      case ACTOR_THROWS ->
          cluster.letThrow(
              Thrower.ALL.get(a),
              b,
              c == 1 ? SimActor.Throw.AFTER_IT_IS_HANDLED : SimActor.Throw.BEFORE_IT_IS_HANDLED);
    }
  }

  private void link(int pair, long forMs, java.util.function.BiConsumer<Host, Host> trouble) {
    var from = cluster.nodes.get(pair / 8);
    var to = cluster.nodes.get(pair % 8);
    trouble.accept(from, to);
    world.in(forMs * MS, () -> world.network.heal(from, to));
  }
}
