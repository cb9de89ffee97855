package io.reeve.cli.cluster;

import com.typesafe.config.Config;
import io.reeve.bench.process.ReeveProcesses;
import io.reeve.cli.cluster.Phase.Event;
import io.reeve.client.ReeveClient;
import io.reeve.client.TaskQuery;
import io.reeve.v1.Task;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One demonstration: three nodes on a database that is there, workers that know all of them, and a
 * steady load through all of them, while the dispatcher's node is killed and another one stopped.
 * Then the check of every task, by the journal and through each node.
 */
public final class ClusterDemo {

  private static final int NODES = 3;

  /** Within this a stopped node should have handed its work over; shown, not demanded. */
  public static final Duration STOP_TARGET = Duration.ofSeconds(3);

  /** Until all parts are compiled and the clients connected. */
  private static final Duration WARM_UP = Duration.ofSeconds(5);

  /** A partition that an event silenced shows that within this time. */
  private static final Duration LOOK_AT_LEAST = Duration.ofSeconds(4);

  /** How long past the bound a recovery is still awaited, to say how long it took. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration STOP_WITHIN = Duration.ofSeconds(25);
  private static final Duration END_WITHIN = Duration.ofSeconds(60);
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);

  /** Hears how it goes. */
  public interface Listener {
    /** All processes are up. */
    void started(List<String> nodes, List<Long> workerPids);

    /** Something is about to be done to a node. */
    void event(Event event, String node, long pid);

    /** A phase is over. */
    void phase(Phase phase);

    /** How many tasks were acknowledged, have ended, and wait for an answer; several a second. */
    void progress(int acknowledged, int ended, int waiting);

    /** The load has stopped, and the remaining tasks run. */
    void draining(int left);
  }

  /**
   * How it is shown.
   *
   * @param perSecond tasks submitted each second
   * @param phase how long each phase lasts at least
   * @param crashBound how soon work has to go on everywhere after a crash
   * @param fast whether silent nodes count as dead sooner
   */
  public record Plan(
      int workers, int perSecond, Duration phase, Duration crashBound, boolean fast) {}

  /** The result of a demonstration. */
  public record Outcome(
      int submitted, ClusterVerdict verdict, List<Phase> phases, boolean allEnded, Duration took) {

    public boolean good() {
      return allEnded && verdict.good() && phases.stream().allMatch(Phase::good);
    }
  }

  private final Plan plan;
  private final String run;
  private final Clock clock;
  private final Listener listener;
  private final ClusterProcesses cluster;
  private final Config store;
  private final Audit audit = new Audit();
  private final List<Phase> phases = new ArrayList<>();

  /**
   * @param directory where the nodes keep their files; removed by the caller
   * @param store a whole configuration with the {@code reeve.store} of the nodes
   * @param variables the same store as variables for the nodes
   * @param run a name for this run
   */
  public ClusterDemo(
      ReeveProcesses processes,
      Path directory,
      Config store,
      Map<String, String> variables,
      Plan plan,
      String run,
      Clock clock,
      Listener listener) {
    this.plan = plan;
    this.run = run;
    this.clock = clock;
    this.listener = listener;
    this.store = store;
    this.cluster =
        new ClusterProcesses(
            processes,
            directory,
            variables,
            List.of("reeve.cluster.failure-profile=" + (plan.fast() ? "fast" : "safe")));
  }

  /** Shows it. */
  public Outcome run() {
    var began = clock.millis();
    cluster.start(NODES, plan.workers());
    listener.started(
        cluster.nodes().stream()
            .map(n -> n.name() + " (pid " + n.process().pid() + ", " + n.endpoint() + ")")
            .toList(),
        cluster.workers().stream().map(worker -> worker.pid()).toList());
    try (var journal = JournalFollower.open(store, audit);
        var load = new SteadyLoad(cluster.endpoints(), plan.perSecond(), run, clock)) {
      show(journal, load);
      var allEnded = drain(journal, load);
      var verdict = judge(load);
      return new Outcome(
          audit.submitted(),
          verdict,
          List.copyOf(phases),
          allEnded,
          Duration.ofMillis(clock.millis() - began));
    }
  }

  // ---- Events -----------------------------------------------------------------------------------

  private void show(JournalFollower journal, SteadyLoad load) {
    follow(journal, load, "", WARM_UP, () -> false);
    phase(journal, load, Event.STEADY, "", Optional.empty(), () -> {}, () -> true);
    var killed = cluster.named(audit.dispatcherNode());
    var epoch = audit.epoch();
    listener.event(Event.KILLED, killed.name(), killed.process().pid());
    phase(
        journal,
        load,
        Event.KILLED,
        killed.name(),
        Optional.of(plan.crashBound()),
        () -> killed.process().kill(),
        () -> audit.epoch() > epoch);
    comeBack(journal, load, killed);
    var stopped = cluster.otherThan(killed, audit.dispatcherNode());
    listener.event(Event.STOPPED, stopped.name(), stopped.process().pid());
    phase(
        journal,
        load,
        Event.STOPPED,
        stopped.name(),
        Optional.empty(),
        () -> stopped.process().askToEnd(),
        () -> !stopped.process().isAlive());
    stopped.process().stop((int) STOP_WITHIN.toSeconds());
    comeBack(journal, load, stopped);
  }

  private void comeBack(JournalFollower journal, SteadyLoad load, ClusterProcesses.Node node) {
    listener.event(Event.RESTARTED, node.name(), node.process().pid());
    phase(
        journal,
        load,
        Event.RESTARTED,
        node.name(),
        Optional.empty(),
        () -> {
          cluster.startAgain(node);
          load.spreadAgain();
        },
        () -> true);
  }

  /** Does something and follows until the work goes on, and for the length of a phase at least. */
  private void phase(
      JournalFollower journal,
      SteadyLoad load,
      Event event,
      String node,
      Optional<Duration> bound,
      Runnable act,
      BooleanSupplier over) {
    var from = clock.millis();
    act.run();
    var down = event == Event.RESTARTED ? "" : node;
    follow(journal, load, down, LOOK_AT_LEAST, () -> false);
    var rest = plan.phase().minusMillis(clock.millis() - from);
    follow(journal, load, down, rest, () -> false);
    var patience = bound.orElse(STOP_WITHIN).plus(PATIENCE).minusMillis(clock.millis() - from);
    var wentOn = followUntilOn(journal, load, down, from, patience, over);
    var to = clock.millis();
    var phase =
        new Phase(
            event,
            node,
            load.acknowledgements().longestGap(from, to),
            audit.pulse().starts().longestGap(from, to),
            load.slowest(from, to),
            wentOn,
            bound);
    phases.add(phase);
    listener.phase(phase);
  }

  /** How long after {@code fromMs} work went on everywhere; empty when it did not in time. */
  private Optional<Duration> followUntilOn(
      JournalFollower journal,
      SteadyLoad load,
      String down,
      long fromMs,
      Duration most,
      BooleanSupplier over) {
    var until = clock.millis() + most.toMillis();
    while (true) {
      follow(journal, load, down, Duration.ZERO, () -> true);
      var now = clock.millis();
      var wentOn =
          over.getAsBoolean() ? audit.pulse().wentOnAfter(fromMs, now) : Optional.<Duration>empty();
      // Not asked for again: a moment later a short silence could hide it.
      if (wentOn.isPresent() || now >= until) {
        return wentOn;
      }
      LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
    }
  }

  /** Reads the journal and reports it until {@code done}, for {@code most} at the longest. */
  private void follow(
      JournalFollower journal, SteadyLoad load, String down, Duration most, BooleanSupplier done) {
    var until = clock.millis() + most.toMillis();
    while (true) {
      journal.readOn();
      listener.progress(load.acknowledged(), audit.ended(), load.waiting());
      cluster.requireAlive(down);
      if (done.getAsBoolean() || clock.millis() >= until) {
        return;
      }
      LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
    }
  }

  // ---- The end ----------------------------------------------------------------------------------

  /** False when time ran out before every task had ended. */
  private boolean drain(JournalFollower journal, SteadyLoad load) {
    load.stop();
    listener.draining(audit.submitted() - audit.ended() + load.waiting());
    BooleanSupplier ended = () -> load.waiting() == 0 && audit.submitted() == audit.ended();
    follow(journal, load, "", END_WITHIN, ended);
    return ended.getAsBoolean();
  }

  /** Reads each task through every node, not only through the node that took it in. */
  private ClusterVerdict judge(SteadyLoad load) {
    var clients = new ArrayList<ReeveClient>();
    try {
      var seen = new ArrayList<Iterable<Task>>();
      for (var endpoint : cluster.endpoints()) {
        var client = ReeveClient.builder().endpoints(endpoint).build();
        clients.add(client);
        seen.add(client.list(TaskQuery.all().withBytes()));
      }
      return ClusterVerdict.of(load.numberById(), load.unanswered(), audit, seen);
    } finally {
      clients.forEach(ReeveClient::close);
    }
  }
}
