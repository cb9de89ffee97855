package io.reeve.simulation;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.dispatch.Dispatcher;
import io.reeve.dispatch.SimulatedRecord;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.partition.Clients;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import io.reeve.partition.SimulatedWriter;
import io.reeve.session.Session;
import io.reeve.session.WorkerCard;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;

/**
 * The server nodes, and what Pekko's cluster does with them: one home for each partition, one
 * dispatcher, others in their place when a node is held to be dead. A node that was only paused
 * comes back as a zombie for a while, with its own view of where everything is.
 */
final class Cluster implements SimulatedWriter.Witness {

  private static final long MS = 1_000_000;
  private static final int BUFFERED_MAX = 1_000;

  /** As the node that has the dispatcher supervises it. */
  private static final SimActor.Supervision DISPATCHER_RESTARTS =
      new SimActor.Supervision(200 * MS, 5_000 * MS, 0.2);

  /** A node that is silent for longer is held to be dead. */
  static final long DOWN_AFTER = 1_500 * MS;

  private final World world;
  private final Checker checker;
  private final Set<SimulatedWriter.Flaw> flaws;
  private final Duration audit;
  final EpochLog epochs;
  final List<Host> nodes = new ArrayList<>();
  final List<SimJournal> journals = new ArrayList<>();
  private final @Nullable SimActor<Partition.Command>[] homes;
  private final boolean[] starting;
  private final List<ArrayDeque<Partition.Command>> unrouted = new ArrayList<>();
  private final List<Object> ways = new ArrayList<>();
  private final ArrayDeque<Dispatcher.Command> undispatched = new ArrayDeque<>();
  private final List<SimActor<Dispatcher.Command>> dispatchers = new ArrayList<>();
  private final Map<Host, SimActor<Runnable>> edges = new HashMap<>();
  private final Map<Host, Session.Environment> environments = new HashMap<>();
  final List<SimStream> streams = new ArrayList<>();
  private long incarnations;
  private final Renewals renewals;
  private long ids;
  private long wallOffsetMax;
  private boolean dispatcherStarting;

  @SuppressWarnings({"unchecked", "rawtypes"})
  Cluster(
      World world,
      Checker checker,
      int nodeCount,
      int partitions,
      Set<SimulatedWriter.Flaw> flaws,
      Duration audit) {
    this.world = world;
    this.checker = checker;
    this.flaws = flaws;
    this.audit = audit;
    this.epochs = new EpochLog(world, checker);
    this.renewals = new Renewals(world, checker);
    this.homes = (SimActor<Partition.Command>[]) new SimActor[partitions];
    this.starting = new boolean[partitions];
    for (var n = 0; n < nodeCount; n++) {
      var node = new Host("node" + n);
      nodes.add(node);
      environments.put(
          node,
          new Session.Environment(
              partitions(node),
              (RecipientRef<Dispatcher.Command>) message -> toDispatcher(node, message),
              Tuning.SESSION,
              Tuning.session(audit),
              world::nanos,
              () -> "%032x".formatted(++ids)));
      startEdge(node);
    }
    for (var p = 0; p < partitions; p++) {
      journals.add(new SimJournal(world, checker, p));
      unrouted.add(new ArrayDeque<>());
      ways.add("region-" + p);
    }
    startDispatcher(0);
  }

  int partitionCount() {
    return journals.size();
  }

  private Partitions partitions(Host node) {
    return new Partitions(
        homes.length,
        (RecipientRef<ShardingEnvelope<Partition.Command>>)
            envelope -> route(node, Integer.parseInt(envelope.entityId()), envelope.message()));
  }

  // ---- Partitions

  /** What the shard region of a node does with a message. */
  private void route(Host from, int partition, Partition.Command sent) {
    var command =
        flaws.contains(SimulatedWriter.Flaw.KEEPS_EVERY_REPEAT) ? Repeats.unlike(sent) : sent;
    var home = homes[partition];
    if (from.downed) {
      for (var actor : from.actors) {
        if (actor.alive && actor.name.startsWith("p" + partition + "-")) {
          world.send(actor, ways.get(partition), actor.ref, command);
          return;
        }
      }
    }
    if (home != null) {
      world.send(home, ways.get(partition), home.ref, command);
    } else {
      if (unrouted.get(partition).size() < BUFFERED_MAX) {
        unrouted.get(partition).add(command);
      }
      startPartition(partition);
    }
  }

  private void startPartition(int partition) {
    if (homes[partition] != null || starting[partition]) {
      return;
    }
    starting[partition] = true;
    world.in(
        (5 + world.random.nextInt(40)) * MS,
        () -> {
          starting[partition] = false;
          var node = anyNode();
          if (node == null) {
            startPartition(partition);
            return;
          }
          startPartition(partition, node);
        });
  }

  private void startPartition(int partition, Host node) {
    var heard = renewals.ofPartition();
    var repeats = new Repeats(world, checker, partition);
    var parts =
        new SimulatedWriter.Parts(
            partition,
            Tuning.partition(audit),
            () -> world.now(node),
            world.random::nextDouble,
            () -> heard.incarnation(++incarnations),
            journals.get(partition),
            this,
            repeats::handOver,
            flaws);
    var front = world.start(node, "p" + partition, SimulatedWriter.partition(parts));
    homes[partition] = front;
    front.listen(heard.andThen(repeats));
    front.whenStopped(
        () -> {
          if (homes[partition] == front) {
            homes[partition] = null;
            startPartition(partition);
          }
        });
    var at = world.nanos();
    for (var command : unrouted.get(partition)) {
      world.sendAt(++at, front.ref, command);
    }
    unrouted.get(partition).clear();
  }

  /** A rebalance: the partition is asked to end here, and started elsewhere once it has. */
  void movePartition(int partition) {
    var home = homes[partition];
    if (home != null) {
      home.ref.tell(new Partition.HandOff());
    }
  }

  // ---- The dispatcher

  /** What the proxy of a node does with a message. */
  void toDispatcher(Host from, Dispatcher.Command command) {
    SimActor<Dispatcher.Command> target = null;
    for (var dispatcher : dispatchers) {
      if (dispatcher.alive && (!dispatcher.host.downed || dispatcher.host == from)) {
        target = dispatcher;
      }
    }
    if (target != null) {
      world.send(target, "proxy", target.ref, command);
    } else if (undispatched.size() < BUFFERED_MAX) {
      undispatched.add(command);
    }
  }

  private void startDispatcher(long delay) {
    dispatcherStarting = true;
    world.in(
        delay,
        () -> {
          var node = anyNode();
          if (node == null) {
            startDispatcher(20 * MS);
          } else {
            startDispatcher(node);
          }
        });
  }

  private void startDispatcher(Host node) {
    var dispatcher =
        world.start(
            node,
            "dispatcher",
            SimulatedRecord.dispatcher(
                partitions(node),
                Tuning.dispatcher(audit),
                node.name,
                world.clock(node),
                world::nanos,
                epochs));
    dispatcher.supervise(DISPATCHER_RESTARTS);
    dispatcherStarting = false;
    dispatchers.removeIf(d -> !d.alive);
    dispatchers.add(dispatcher);
    dispatcher.whenStopped(this::replaceDispatcher);
    var at = world.nanos();
    for (var command : undispatched) {
      world.sendAt(++at, dispatcher.ref, command);
    }
    undispatched.clear();
  }

  /** A hand-over: the dispatcher stops here and starts elsewhere. */
  void moveDispatcher() {
    for (var dispatcher : List.copyOf(dispatchers)) {
      if (dispatcher.alive && dispatcher.host.up && !dispatcher.host.paused) {
        dispatcher.stop(true);
        return;
      }
    }
  }

  /** A second one starts while the first lives; after a while the cluster ends one of them. */
  void doubleDispatcher(long forNanos) {
    var node = anyNode();
    if (node != null) {
      startDispatcher(node);
      world.in(forNanos, this::endAllButOne);
    }
  }

  private void endAllButOne() {
    var alive = dispatchers.stream().filter(d -> d.alive && !d.host.downed).toList();
    var kept = alive.isEmpty() ? null : alive.get(world.random.nextInt(alive.size()));
    for (var dispatcher : alive) {
      if (dispatcher != kept) {
        dispatcher.host.run(dispatcher.life, () -> dispatcher.stop(true));
      }
    }
  }

  private void replaceDispatcher() {
    if (!dispatcherStarting && dispatchers.stream().allMatch(d -> !d.alive || d.host.downed)) {
      startDispatcher(world.random.nextInt(50) * MS);
    }
  }

  /** What the newest dispatcher counts. */
  void showDemand(Consumer<Dispatcher.DemandShown> reader) {
    for (var dispatcher : dispatchers) {
      if (dispatcher.alive) {
        ask(
            dispatcher.host,
            (ActorRef<Dispatcher.DemandShown> to) ->
                dispatcher.ref.tell(
                    new Dispatcher.ShowDemand(new WorkerKind(Set.of(), Set.of()), to)),
            reader);
      }
    }
  }

  // ---- Edges

  /** A session for a stream. */
  SimActor<Session.Command> startSession(Host node, SimStream stream) {
    return world.start(
        node,
        "session",
        Session.create(stream, new WorkerCard(), Objects.requireNonNull(environments.get(node))));
  }

  private void startEdge(Host node) {
    Behavior<Runnable> behavior =
        Behaviors.receive(Runnable.class)
            .onAnyMessage(
                code -> {
                  code.run();
                  return Behaviors.same();
                })
            .build();
    edges.put(node, world.start(node, "edge", behavior));
  }

  /** Asks from a node; no answer comes when the node dies. */
  @SuppressWarnings("unchecked")
  <R> void ask(Host node, Consumer<ActorRef<R>> question, Consumer<R> answer) {
    var edge = edges.get(node);
    if (edge == null || !node.up) {
      return;
    }
    var replyTo = new SimRef<R>(edge, reply -> (Runnable) () -> answer.accept((R) reply));
    node.run(node.life, () -> world.as(edge, () -> question.accept(replyTo)));
  }

  /** Asks a partition from a node. */
  void ask(
      Host node,
      int partition,
      Function<ActorRef<Clients.Reply>, Partition.Command> question,
      Consumer<Clients.Reply> answer) {
    ask(node, replyTo -> route(node, partition, question.apply(replyTo)), answer);
  }

  // ---- What becomes of actors

  /** Lets one of them throw with its next message. */
  void letThrow(Thrower kind, int number, SimActor.Throw when) {
    var actors =
        switch (kind) {
          case DISPATCHER -> dispatchers;
          case SESSION -> streams.stream().map(stream -> stream.session).toList();
          case PARTITION -> Arrays.stream(homes).filter(Objects::nonNull).toList();
          case WRITER ->
              Arrays.stream(homes)
                  .filter(Objects::nonNull)
                  .flatMap(home -> home.children().stream())
                  .toList();
        };
    if (!actors.isEmpty()) {
      actors.get(number % actors.size()).throwOnce(when);
    }
  }

  // ---- What becomes of nodes

  private @Nullable Host anyNode() {
    var fit = nodes.stream().filter(n -> n.up && !n.downed && !n.paused).toList();
    return fit.isEmpty() ? null : fit.get(world.random.nextInt(fit.size()));
  }

  /**
   * kill -9.
   *
   * @param detectAfter when the others notice
   * @param bootAfter when it is started again
   */
  void crash(Host node, long detectAfter, long bootAfter) {
    if (!node.up) {
      return;
    }
    var dead = List.copyOf(node.actors);
    node.kill();
    for (var stream : List.copyOf(streams)) {
      if (stream.node == node) {
        stream.serverDied(world.random.nextInt(4) == 0);
      }
    }
    world.in(Math.min(detectAfter, bootAfter), () -> takenForDead(dead));
    world.in(
        bootAfter,
        () -> {
          node.boot();
          startEdge(node);
        });
  }

  /** SIGSTOP and CONT. When it takes too long, the others go on without the node. */
  void pause(Host node, long nanos) {
    if (!node.up || node.paused) {
      return;
    }
    var life = node.life;
    node.pause();
    if (nanos > DOWN_AFTER && nodes.size() > 1) {
      world.in(
          DOWN_AFTER,
          () -> {
            if (node.life == life && node.paused) {
              node.downed = true;
              takenForDead(List.copyOf(node.actors));
            }
          });
    }
    world.in(
        nanos,
        () -> {
          if (node.life == life) {
            resume(node);
          }
        });
  }

  private void resume(Host node) {
    var zombie = node.downed;
    var life = node.life;
    node.resume();
    if (zombie) {
      world.in(
          (20 + world.random.nextInt(2_000)) * MS,
          () -> {
            if (node.life == life) {
              crash(node, 0, 300 * MS);
            }
          });
    }
  }

  private void takenForDead(List<SimActor<?>> dead) {
    dead.forEach(SimActor::takenForDead);
    for (var p = 0; p < homes.length; p++) {
      var home = homes[p];
      if (home != null && dead.contains(home)) {
        homes[p] = null;
        startPartition(p);
      }
    }
    replaceDispatcher();
  }

  /** Everything is well again, and stays so. */
  void heal() {
    journals.forEach(SimJournal::heal);
    world.network.healAll();
    for (var node : nodes) {
      // A clock that goes back to where it was would let tasks wait for the time it was ahead.
      node.wallOffsetMs = wallOffsetMax;
      if (node.paused) {
        resume(node);
      }
    }
  }

  /** The wall clock of a node jumps. */
  void jump(Host node, long byMs) {
    node.wallOffsetMs += byMs;
    wallOffsetMax = Math.max(wallOffsetMax, node.wallOffsetMs);
  }

  // ---- Witness

  @Override
  public void greeted(int partition, long incarnation, long epoch) {
    checker.add(new Fact.Greeted(partition, incarnation, epoch));
  }

  @Override
  public void leasedUnder(int partition, long incarnation, long epoch) {
    checker.add(new Fact.LeasedUnder(partition, incarnation, epoch));
  }

  @Override
  public void heeded(int partition, long row, RulesHeeded heeded) {
    checker.add(new Fact.Heeded(partition, row, heeded));
  }

  @Override
  public void leaseRanOut(int partition, long incarnation, String holder, int sessionNo) {
    renewals.leaseRanOut(partition, incarnation, holder, sessionNo);
  }

  @Override
  public String toString() {
    return nodes + " " + Arrays.toString(homes);
  }
}
