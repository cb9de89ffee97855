package io.reeve.node;

import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.edge.NodeHealth;
import io.reeve.edge.calls.RequestRouting;
import io.reeve.edge.grpc.GrpcServer;
import io.reeve.edge.grpc.WantedWorkers;
import io.reeve.edge.grpc.WorkerRoster;
import io.reeve.edge.http.HttpServer;
import io.reeve.edge.http.Metrics;
import io.reeve.node.cluster.Elsewhere;
import io.reeve.node.cluster.Formation;
import io.reeve.node.cluster.Leadership;
import io.reeve.node.cluster.NodeRegistry;
import io.reeve.node.cluster.Role;
import io.reeve.node.cluster.TaskOwners;
import io.reeve.node.cluster.WayToOwners;
import io.reeve.node.metrics.DemandMetrics;
import io.reeve.node.metrics.EdgeMetrics;
import io.reeve.node.metrics.LeadershipMetrics;
import io.reeve.node.metrics.ProcessMetrics;
import io.reeve.node.metrics.ReadinessMetrics;
import io.reeve.node.time.TimeKeeper;
import io.reeve.partition.Clients;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.ListWorkersResponse;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.cluster.typed.SelfUp;
import org.apache.pekko.cluster.typed.Subscribe;
import org.apache.pekko.japi.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The root actor: joins the cluster, starts partitions, dispatcher and edge or the ways to those of
 * other nodes, as the node's roles have it, and says when the node is ready: the dispatcher works,
 * every partition has answered, and the ports are bound. The HTTP server listens from the
 * beginning, so that a node that waits for the others can be told from one that hangs.
 */
final class NodeGuardian extends AbstractBehavior<NodeGuardian.Command> {

  // ---- Protocol ---------------------------------------------------------------------------------

  sealed interface Command {}

  /** This node is a member of its cluster. */
  private record IsUp() implements Command {}

  private record CountsKept(PartitionCounts counts) implements Command {}

  private record Bound(GrpcServer server) implements Command {}

  private record HttpBound(HttpServer server) implements Command {}

  /** A port could not be bound, or the store did not keep what has to be kept before. */
  private record NotServing(Throwable cause) implements Command {}

  /**
   * @param working whether a dispatcher answered that has its epoch
   */
  private record DispatcherSaid(boolean working) implements Command {}

  private record Answered(int partition) implements Command {}

  private record Unanswered(int partition) implements Command {}

  /** The partitions are about to stop: the dispatcher must not call them back. */
  private record CloseGate() implements Command {}

  private enum WarnOfOpenPorts implements Command {
    INSTANCE
  }

  // ---- Construction -----------------------------------------------------------------------------

  /** How long one probe of a partition waits; then it is probed again. */
  private static final Duration PROBE_WITHIN = Duration.ofSeconds(1);

  private static final Duration WARN_OF_OPEN_PORTS = Duration.ofMinutes(1);

  private final NodeSettings settings;
  private final Parts parts;
  private final String version;
  private final CompletableFuture<Node.Servers> ready;
  private final Partitions partitions;

  /** By which the dispatcher reaches the partitions, until the node stops them. */
  private final ActorRef<ShardingEnvelope<Partition.Command>> gate;

  private final BitSet answered = new BitSet();
  private final ActorRef<Dispatcher.Command> dispatcher;
  private final ActorRef<NodeRegistry.Command> registry;
  private final Elsewhere elsewhere;
  private final NodeHealth health;
  private final Metrics metrics = new Metrics();
  private final WorkerRoster roster;
  private boolean dispatcherWorks;
  private @Nullable GrpcServer server;
  private @Nullable HttpServer http;

  /**
   * @param ready completed once the node serves, or with the cause why it will not
   */
  static Behavior<Command> create(
      NodeSettings settings, Parts parts, String version, CompletableFuture<Node.Servers> ready) {
    return Behaviors.withTimers(
        timers -> {
          if (settings.insecure()) {
            timers.startTimerWithFixedDelay(
                WarnOfOpenPorts.INSTANCE, Duration.ZERO, WARN_OF_OPEN_PORTS);
          }
          return Behaviors.setup(
              context -> new NodeGuardian(context, settings, parts, version, ready));
        });
  }

  private NodeGuardian(
      ActorContext<Command> context,
      NodeSettings settings,
      Parts parts,
      String version,
      CompletableFuture<Node.Servers> ready) {
    super(context);
    this.settings = settings;
    this.parts = parts;
    this.version = version;
    this.ready = ready;
    spawn(context, TimeKeeper.create(parts.clock(), settings.clock()), "time-keeper");
    join(parts);
    var cluster = Cluster.get(context.getSystem());
    var identity = ThisProcess.identity(cluster, settings, version, parts.clock());
    this.elsewhere = NodeRegistry.elsewhere(cluster, identity);
    this.roster = new WorkerRoster(settings.edge().roster(), parts.nanoTime(), parts.clock());
    var leadership = new Leadership();
    var load = ThisProcess.load(parts.nanoTime());
    this.registry =
        spawn(
            context,
            NodeRegistry.create(identity, load, settings.cluster(), elsewhere, leadership, roster),
            "nodes");
    this.partitions = startPartitions(parts);
    this.gate = spawn(context, DispatcherSingleton.gate(partitions), "dispatcher-gate");
    this.dispatcher = startDispatcher(parts);
    this.health =
        new NodeHealth(
            new NodeReadiness(
                context.getSystem(),
                parts.storeProbe(context.getSystem()),
                dispatcher,
                parts.nanoTime()));
    metrics.add(new ProcessMetrics());
    metrics.add(new ReadinessMetrics(health));
    metrics.add(new LeadershipMetrics(leadership));
    metrics.add(new DemandMetrics(wanted(context)));
    bindHttp();
    parts.keptCounts().ifPresentOrElse(this::bind, this::keepCountsOnceUp);
    for (var partition = 0; partition < partitions.count(); partition++) {
      probe(partition);
    }
    probeDispatcher();
  }

  private void bind(PartitionCounts counts) {
    var system = getContext().getSystem();
    getContext()
        .pipeToSelf(
            GrpcServer.bind(
                system,
                spawner(getContext()),
                settings.edge(),
                new GrpcServer.Backing(
                    partitions,
                    new RequestRouting(counts, parts.requestsKept(), parts.clock()),
                    parts.sessions(system, partitions, dispatcher),
                    roster,
                    health,
                    this.<ListNodesResponse>registry(NodeRegistry.Show::new)::get,
                    this.<ListWorkersResponse>registry(NodeRegistry.ShowWorkers::new)::get,
                    wanted(getContext()),
                    has(Role.EDGE),
                    parts.nanoTime()),
                settings.name(),
                version,
                parts.clock()),
            (bound, failure) -> bound != null ? new Bound(bound) : new NotServing(failure));
  }

  private void bindHttp() {
    var http = settings.http();
    if (http.port().isPresent()) {
      var backing = new HttpServer.Backing(health, metrics, version, parts.nanoTime());
      getContext()
          .pipeToSelf(
              HttpServer.bind(getContext().getSystem(), http, http.port().getAsInt(), backing),
              (bound, failure) -> bound != null ? new HttpBound(bound) : new NotServing(failure));
    }
  }

  /** Nobody may be served by a number of partitions that the others might refuse. */
  private void keepCountsOnceUp() {
    Cluster.get(getContext().getSystem())
        .subscriptions()
        .tell(
            Subscribe.create(
                getContext().messageAdapter(SelfUp.class, isUp -> new IsUp()), SelfUp.class));
  }

  private static GrpcServer.Spawner spawner(ActorContext<Command> context) {
    return new GrpcServer.Spawner() {
      @Override
      public <T> ActorRef<T> spawn(Behavior<T> behavior, String name) {
        return NodeGuardian.spawn(context, behavior, name);
      }
    };
  }

  /**
   * Starts a part that the node cannot do without. Nobody could tell its peers that it forgot them,
   * so it is not restarted when it fails: the node ends, and starts again as after any crash.
   */
  private static <T> ActorRef<T> spawn(
      ActorContext<Command> context, Behavior<T> part, String name) {
    var started = context.spawn(part, name);
    context.watch(started);
    return started;
  }

  /** Asks the registry, from any thread. */
  private <T> Supplier<CompletionStage<T>> registry(
      Function<ActorRef<T>, NodeRegistry.Command> question) {
    var within = settings.cluster().answerWithin().plus(PROBE_WITHIN);
    var scheduler = getContext().getSystem().scheduler();
    return () -> AskPattern.ask(registry, question, within, scheduler);
  }

  private WantedWorkers wanted(ActorContext<Command> context) {
    var within = settings.cluster().answerWithin();
    var scheduler = context.getSystem().scheduler();
    return kind ->
        AskPattern.ask(
            dispatcher, replyTo -> new Dispatcher.ShowDemand(kind, replyTo), within, scheduler);
  }

  /** By the seed nodes where there are some, by the store where it is shared, else alone. */
  private void join(Parts parts) {
    var cluster = Cluster.get(getContext().getSystem());
    var members = parts.members();
    if (!settings.cluster().seedNodes().isEmpty()) {
      var system = getContext().getSystem().name();
      cluster
          .manager()
          .tell(
              new JoinSeedNodes(
                  settings.cluster().seedNodes().stream()
                      .map(seed -> AddressFromURIString.parse("pekko://" + system + "@" + seed))
                      .toList()));
    } else if (members.isPresent()) {
      spawn(
          getContext(),
          Formation.create(members.get(), settings.cluster(), settings.name(), parts.nanoTime()),
          "formation");
    } else {
      cluster.manager().tell(Join.create(cluster.selfMember().address()));
    }
  }

  private Partitions startPartitions(Parts parts) {
    var owners = parts.partitions(getContext().getSystem());
    var region =
        ClusterSharding.get(getContext().getSystem())
            .init(
                Entity.of(
                        Partition.TYPE_KEY,
                        entity -> known(entity.getEntityId(), owners.apply(entity)))
                    .withRole(Role.TASKS.word())
                    .withMessageExtractor(new OneEntityPerShard())
                    .withStopMessage(new Partition.HandOff()));
    return new Partitions(parts.partitionCount(), has(Role.TASKS) ? region : wayTo(region, parts));
  }

  private ActorRef<ShardingEnvelope<Partition.Command>> wayTo(
      ActorRef<ShardingEnvelope<Partition.Command>> region, Parts parts) {
    var cluster = Cluster.get(getContext().getSystem());
    return spawn(
        getContext(),
        WayToOwners.create(region, () -> TaskOwners.of(cluster).up() > 0, parts.nanoTime()),
        "way-to-owners");
  }

  /** Started where the partition is, and told to the registry of that node. */
  private Behavior<Partition.Command> known(
      String partition, Behavior<Partition.Command> behavior) {
    return Behaviors.setup(
        context -> {
          registry.tell(new NodeRegistry.Owns(Integer.parseInt(partition), context.getSelf()));
          return behavior;
        });
  }

  private ActorRef<Dispatcher.Command> startDispatcher(Parts parts) {
    var system = getContext().getSystem();
    var gated = new Partitions(partitions.count(), gate);
    return DispatcherSingleton.start(
        system,
        Behaviors.setup(
            context -> parts.dispatcher(system, gated, epoch -> dispatches(epoch, context))));
  }

  private void dispatches(long epoch, ActorContext<Dispatcher.Command> context) {
    registry.tell(new NodeRegistry.Dispatches(epoch, context.getSelf()));
  }

  // ---- Behaviour --------------------------------------------------------------------------------

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Bound.class, this::onBound)
        .onMessage(HttpBound.class, this::onHttpBound)
        .onMessage(NotServing.class, this::onNotServing)
        .onMessage(IsUp.class, this::onUp)
        .onMessage(CountsKept.class, this::onCountsKept)
        .onMessage(DispatcherSaid.class, this::onDispatcherSaid)
        .onMessage(Answered.class, this::onAnswered)
        .onMessage(Unanswered.class, this::onUnanswered)
        .onMessage(CloseGate.class, this::onCloseGate)
        .onMessage(WarnOfOpenPorts.class, this::onWarnOfOpenPorts)
        .onSignal(ChildFailed.class, this::onPartFailed)
        .onSignal(Terminated.class, ended -> this)
        .build();
  }

  private Behavior<Command> onBound(Bound bound) {
    server = bound.server();
    metrics.add(new EdgeMetrics(bound.server()));
    var self = getContext().getSelf();
    Departure.of(bound.server(), elsewhere, () -> self.tell(new CloseGate()))
        .addTo(getContext().getSystem());
    return readyIfAll();
  }

  private Behavior<Command> onHttpBound(HttpBound bound) {
    http = bound.server();
    Departure.of(bound.server(), settings.edge().server().drainWithin())
        .addTo(getContext().getSystem());
    return readyIfAll();
  }

  private Behavior<Command> onUp(IsUp isUp) {
    var blocking = getContext().getSystem().dispatchers().lookup(DispatcherSelector.blocking());
    getContext()
        .pipeToSelf(
            CompletableFuture.supplyAsync(parts::keepCounts, blocking),
            (counts, failure) -> counts != null ? new CountsKept(counts) : new NotServing(failure));
    return this;
  }

  private Behavior<Command> onCountsKept(CountsKept kept) {
    bind(kept.counts());
    return this;
  }

  private Behavior<Command> onNotServing(NotServing failed) {
    ready.completeExceptionally(failed.cause());
    return this;
  }

  private Behavior<Command> onDispatcherSaid(DispatcherSaid said) {
    if (!said.working()) {
      probeDispatcher();
      return this;
    }
    dispatcherWorks = true;
    return readyIfAll();
  }

  private Behavior<Command> onAnswered(Answered answer) {
    answered.set(answer.partition());
    return readyIfAll();
  }

  private Behavior<Command> onUnanswered(Unanswered answer) {
    probe(answer.partition());
    return this;
  }

  /**
   * The partitions that go to other nodes are greeted there; only the last owner's end for good.
   */
  private Behavior<Command> onCloseGate(CloseGate close) {
    if (TaskOwners.of(Cluster.get(getContext().getSystem())).up() <= 1) {
      getContext().stop(gate);
    }
    return this;
  }

  private Behavior<Command> onWarnOfOpenPorts(WarnOfOpenPorts warn) {
    getContext()
        .getLog()
        .warn(
            "INSECURE: reeve.node.insecure-i-know is on, so whoever reaches {} or {} may do"
                + " anything, and whoever reaches {} sees how the node is",
            settings.edge().server().host(),
            settings.cluster().host(),
            settings.http().host());
    return this;
  }

  private Behavior<Command> onPartFailed(ChildFailed failed) {
    var name = failed.getRef().path().name();
    getContext()
        .getLog()
        .error("part {} of the node failed, so the node ends", name, failed.getCause());
    health.serving(false);
    ready.completeExceptionally(failed.getCause());
    CoordinatedShutdown.get(getContext().getSystem()).runAll(Node.Stop.PART_FAILED);
    return this;
  }

  private Behavior<Command> readyIfAll() {
    if (server != null
        && (http != null || settings.http().port().isEmpty())
        && dispatcherWorks
        && answered.cardinality() == partitions.count()) {
      health.serving(true);
      if (has(Role.EDGE)) {
        registry.tell(new NodeRegistry.Serves(advertised(server), server::openSessions));
      }
      ready.complete(new Node.Servers(server, Optional.ofNullable(http)));
    }
    return this;
  }

  private boolean has(Role role) {
    return settings.cluster().roles().contains(role);
  }

  private String advertised(GrpcServer bound) {
    return Advertised.endpoint(
        settings.edge().server().advertise(), bound.address(), settings.cluster().host());
  }

  /** Any answer will do, also that there is no such task; it wakes the partition too. */
  private void probe(int partition) {
    getContext()
        .pipeToSelf(
            partitions.ask(
                partition,
                replyTo -> new Clients.Get(Long.MAX_VALUE, replyTo),
                PROBE_WITHIN,
                getContext().getSystem().scheduler()),
            (reply, failure) ->
                reply == null || notReady(reply)
                    ? new Unanswered(partition)
                    : new Answered(partition));
  }

  private void probeDispatcher() {
    CompletionStage<Dispatcher.EpochShown> answer =
        AskPattern.ask(
            dispatcher,
            Dispatcher.ShowEpoch::new,
            PROBE_WITHIN,
            getContext().getSystem().scheduler());
    getContext()
        .pipeToSelf(
            answer, (shown, failure) -> new DispatcherSaid(shown != null && shown.epoch() > 0));
  }

  private static boolean notReady(Clients.Reply reply) {
    return reply instanceof Clients.Refused refused
        && refused.rejection().code() == io.reeve.domain.task.Rejection.Code.NOT_READY;
  }
}
