package io.reeve.node;

import io.reeve.dispatch.Dispatcher;
import io.reeve.dispatch.Queues;
import io.reeve.domain.dispatch.ReadyTask;
import io.reeve.domain.dispatch.StreamExplanation;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.domain.rules.QueueChange;
import io.reeve.edge.ClusterView;
import io.reeve.edge.QueueView;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.grpc.GrpcServer;
import io.reeve.edge.grpc.worker.WorkerRoster;
import io.reeve.node.cluster.Elsewhere;
import io.reeve.node.cluster.Formation;
import io.reeve.node.cluster.Leadership;
import io.reeve.node.cluster.NodeRegistry;
import io.reeve.node.cluster.Role;
import io.reeve.node.cluster.TaskOwners;
import io.reeve.node.cluster.WayToOwners;
import io.reeve.node.time.TimeKeeper;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.ListWorkersResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.japi.function.Function;

/**
 * The actors of a node and the ways to those of other nodes, as the node's roles have it. Makes
 * them know each other, and says nothing about when any of them is ready.
 *
 * <p>Whatever starts or stops an actor is for the thread of the guardian, whose children they are;
 * the rest is for any thread.
 */
final class NodeActors implements GrpcServer.Spawner, ClusterView, QueueView {

  /** What an answer of the registry may take beyond those that it waits for. */
  private static final Duration ANSWER_MARGIN = Duration.ofSeconds(1);

  private final ActorContext<?> context;
  private final ActorSystem<?> system;
  private final NodeSettings settings;
  private final Parts parts;
  private final Cluster cluster;
  private final Elsewhere elsewhere;
  private final Leadership leadership = new Leadership();
  private final WorkerRoster roster;
  private final ActorRef<NodeRegistry.Command> registry;
  private final Partitions partitions;

  /** By which the dispatcher reaches the partitions, until the node stops them. */
  private final ActorRef<ShardingEnvelope<Partition.Command>> gate;

  private final ActorRef<Dispatcher.Command> dispatcher;

  /**
   * Joins the cluster and starts all.
   *
   * @param context of the guardian
   */
  NodeActors(ActorContext<?> context, NodeSettings settings, Parts parts, String version) {
    this.context = context;
    this.system = context.getSystem();
    this.settings = settings;
    this.parts = parts;
    this.cluster = Cluster.get(system);
    spawn(TimeKeeper.create(parts.clock(), settings.clock()), "time-keeper");
    join();
    var identity = ThisProcess.identity(cluster, settings, version, parts.clock());
    this.elsewhere = NodeRegistry.elsewhere(cluster, identity);
    this.roster = new WorkerRoster(settings.edge().roster(), parts.nanoTime(), parts.clock());
    this.registry =
        spawn(
            NodeRegistry.create(
                identity,
                ThisProcess.load(parts.nanoTime()),
                settings.cluster(),
                elsewhere,
                leadership,
                new NodeRegistry.KnownWorkers(
                    roster::sessions, settings.edge().roster().listBytesMax())),
            "nodes");
    this.partitions = startPartitions();
    this.gate = spawn(DispatcherSingleton.gate(partitions), "dispatcher-gate");
    this.dispatcher = startDispatcher();
  }

  // ---- Start ------------------------------------------------------------------------------------

  /**
   * Starts a part that the node cannot do without. Nobody could tell its peers that it forgot them,
   * so it is not restarted when it fails: the node ends, and starts again as after any crash.
   */
  @Override
  public <T> ActorRef<T> spawn(Behavior<T> part, String name) {
    var started = context.spawn(part, name);
    context.watch(started);
    return started;
  }

  /** By the seed nodes where there are some, by the store where it is shared, else alone. */
  private void join() {
    var members = parts.members();
    if (!settings.cluster().seedNodes().isEmpty()) {
      cluster
          .manager()
          .tell(
              new JoinSeedNodes(
                  settings.cluster().seedNodes().stream()
                      .map(
                          seed ->
                              AddressFromURIString.parse("pekko://" + system.name() + "@" + seed))
                      .toList()));
    } else if (members.isPresent()) {
      spawn(
          Formation.create(members.get(), settings.cluster(), settings.name(), parts.nanoTime()),
          "formation");
    } else {
      cluster.manager().tell(Join.create(cluster.selfMember().address()));
    }
  }

  private Partitions startPartitions() {
    var owners = parts.partitions(system);
    var region =
        ClusterSharding.get(system)
            .init(
                Entity.of(
                        Partition.TYPE_KEY,
                        entity -> known(entity.getEntityId(), owners.apply(entity)))
                    .withRole(Role.TASKS.word())
                    .withMessageExtractor(new OneEntityPerShard())
                    .withStopMessage(new Partition.HandOff()));
    var owns = settings.cluster().roles().contains(Role.TASKS);
    return new Partitions(parts.partitionCount(), owns ? region : wayTo(region));
  }

  private ActorRef<ShardingEnvelope<Partition.Command>> wayTo(
      ActorRef<ShardingEnvelope<Partition.Command>> region) {
    return spawn(
        WayToOwners.create(region, () -> TaskOwners.of(cluster).up() > 0, parts.nanoTime()),
        "way-to-owners");
  }

  /** Started where the partition is, and told to the registry of that node. */
  private Behavior<Partition.Command> known(
      String partition, Behavior<Partition.Command> behavior) {
    return Behaviors.setup(
        owner -> {
          registry.tell(new NodeRegistry.Owns(Integer.parseInt(partition), owner.getSelf()));
          return behavior;
        });
  }

  private ActorRef<Dispatcher.Command> startDispatcher() {
    var gated = new Partitions(partitions.count(), gate);
    return DispatcherSingleton.start(
        system,
        Behaviors.setup(
            own -> parts.dispatcher(system, gated, epoch -> dispatches(epoch, own.getSelf()))));
  }

  private void dispatches(long epoch, ActorRef<Dispatcher.Command> here) {
    registry.tell(new NodeRegistry.Dispatches(epoch, here));
  }

  // ---- The cluster ------------------------------------------------------------------------------

  @Override
  public CompletionStage<ListNodesResponse> nodes() {
    return ask(NodeRegistry.Show::new);
  }

  @Override
  public CompletionStage<ListWorkersResponse> workers() {
    return ask(NodeRegistry.ShowWorkers::new);
  }

  private <T> CompletionStage<T> ask(Function<ActorRef<T>, NodeRegistry.Command> question) {
    var within = settings.cluster().answerWithin().plus(ANSWER_MARGIN);
    return AskPattern.ask(registry, question, within, system.scheduler());
  }

  @Override
  public CompletionStage<Dispatcher.DemandShown> demand(WorkerKind kind) {
    return AskPattern.ask(
        dispatcher,
        replyTo -> new Dispatcher.ShowDemand(kind, replyTo),
        settings.cluster().answerWithin(),
        system.scheduler());
  }

  @Override
  public CompletionStage<Optional<StreamExplanation>> explain(ReadyTask task, Duration within) {
    CompletionStage<Dispatcher.StreamExplained> asked =
        AskPattern.ask(
            dispatcher,
            replyTo -> new Dispatcher.ExplainStream(task, replyTo),
            within,
            system.scheduler());
    return asked
        .thenApply(
            told ->
                told.epoch() == 0
                    ? Optional.<StreamExplanation>empty()
                    : Optional.of(told.explanation()))
        .exceptionallyCompose(
            failure ->
                EdgeRefusal.unwrap(failure) instanceof TimeoutException
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : CompletableFuture.failedFuture(failure));
  }

  // ---- Queues -----------------------------------------------------------------------------------

  @Override
  public CompletionStage<Queues.Answer> change(QueueChange change) {
    return askDispatcher(replyTo -> new Queues.Change(change, replyTo));
  }

  @Override
  public CompletionStage<Queues.Shown> queue(String name) {
    return askDispatcher(replyTo -> new Queues.Show(name, replyTo));
  }

  @Override
  public CompletionStage<Queues.Shown> queues(String after, int max) {
    return askDispatcher(replyTo -> new Queues.ShowAll(after, max, replyTo));
  }

  /** With a margin: it may itself wait for partitions. */
  private <T> CompletionStage<T> askDispatcher(Function<ActorRef<T>, Dispatcher.Command> question) {
    var within = settings.cluster().answerWithin().plus(ANSWER_MARGIN);
    return AskPattern.ask(dispatcher, question, within, system.scheduler());
  }

  // ---- Their ways -------------------------------------------------------------------------------

  Partitions partitions() {
    return partitions;
  }

  ActorRef<Dispatcher.Command> dispatcher() {
    return dispatcher;
  }

  /** The workers that have or had a session here. */
  WorkerRoster roster() {
    return roster;
  }

  /** Where workers may go when this node leaves. */
  Elsewhere elsewhere() {
    return elsewhere;
  }

  /** Where the dispatcher is. */
  Leadership leadership() {
    return leadership;
  }

  /**
   * This node takes calls from now on.
   *
   * @param endpoint for clients and workers, as {@code host:port}
   * @param sessions open ones of workers; may be asked by any thread
   */
  void serves(String endpoint, IntSupplier sessions) {
    registry.tell(new NodeRegistry.Serves(endpoint, sessions));
  }

  /**
   * The partitions are about to stop: the dispatcher must not call them back. Those that go to
   * other nodes are greeted there; only the last owner's end for good.
   */
  void closeGate() {
    if (TaskOwners.of(cluster).up() <= 1) {
      context.stop(gate);
    }
  }
}
