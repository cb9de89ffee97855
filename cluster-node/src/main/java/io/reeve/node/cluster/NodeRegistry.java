package io.reeve.node.cluster;

import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.ListWorkersResponse;
import io.reeve.v1.Worker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.apache.pekko.cluster.typed.Cluster;
import org.jspecify.annotations.Nullable;

/**
 * One on each node, known to the others by the receptionist: says how its node is, asks the others,
 * and keeps what they said last. Nothing here is needed for work to go on.
 *
 * <p>A node that begins to serve, or on which the dispatcher begins to work, tells the others at
 * once. What is lost between nodes is known after the next look, {@code refresh-interval} later, or
 * as soon as somebody asks for all nodes. Alone it has no timer.
 */
public final class NodeRegistry extends AbstractBehavior<NodeRegistry.Command> {

  // ---- Protocol ---------------------------------------------------------------------------------

  public sealed interface Command {}

  /** What other nodes say. */
  public sealed interface FromNode extends Command, NodeTalk {}

  /** Asks how this node is. */
  public record Describe(ActorRef<NodeFacts> replyTo) implements FromNode {}

  /** Asks which workers this node knows. */
  public record DescribeWorkers(ActorRef<WorkersHere> replyTo) implements FromNode {}

  /** Another node tells unasked how it is. */
  public record Told(NodeFacts facts) implements FromNode {}

  /** Asks for all nodes; answered within {@code answer-within}. */
  public record Show(ActorRef<ListNodesResponse> replyTo) implements Command {}

  /** Asks for all workers; answered within {@code answer-within}. */
  public record ShowWorkers(ActorRef<ListWorkersResponse> replyTo) implements Command {}

  /**
   * This node takes calls from now on.
   *
   * @param endpoint for clients and workers, as {@code host:port}
   * @param sessions open ones of workers; may be asked by any thread
   */
  public record Serves(String endpoint, IntSupplier sessions) implements Command {}

  /** A partition started on this node; its end is noticed. */
  public record Owns(int partition, ActorRef<?> owner) implements Command {}

  /** The dispatcher works on this node under this epoch; its end is noticed. */
  public record Dispatches(long epoch, ActorRef<?> dispatcher) implements Command {}

  private record Lost(int partition, ActorRef<?> owner) implements Command {}

  private record DispatchesNoMore(ActorRef<?> dispatcher) implements Command {}

  private record Listed(Set<ActorRef<FromNode>> nodes) implements Command {}

  private record Answered(List<NodeFacts> answers) implements Command {}

  private record WorkersAnswered(List<WorkersHere> answers) implements Command {}

  private enum LookAgain implements Command {
    INSTANCE
  }

  /**
   * What a node knows of workers.
   *
   * @param sessions each worker's, their node left open; may be asked by any thread
   * @param listBytesMax of a list of workers, whoever they belong to
   */
  public record KnownWorkers(Supplier<List<Worker>> sessions, int listBytesMax) {}

  static final ServiceKey<FromNode> KEY = ServiceKey.create(FromNode.class, "reeve-node");

  // ---- Construction -----------------------------------------------------------------------------

  private final TimerScheduler<Command> timers;
  private final Cluster cluster;
  private final NodeFacts.Identity identity;
  private final ProcessLoad process;
  private final ClusterSettings settings;
  private final Elsewhere elsewhere;
  private final Leadership leadership;
  private final KnownWorkers here;

  private final Round<NodeFacts, ListNodesResponse> nodes = new Round<>(Describe::new);
  private final Round<WorkersHere, ListWorkersResponse> workers = new Round<>(DescribeWorkers::new);
  private final Map<String, NodeFacts> known = new HashMap<>();
  private final Map<Integer, ActorRef<?>> partitions = new TreeMap<>();
  private Set<ActorRef<FromNode>> others = Set.of();
  private String endpoint = "";
  private IntSupplier sessions = () -> 0;
  private long epoch;
  private @Nullable ActorRef<?> dispatches;
  private DispatcherPlace dispatcher = DispatcherPlace.UNKNOWN;

  /**
   * Who this node is, in the cluster of {@code cluster}.
   *
   * @param startedAtMs of the process, milliseconds since the epoch
   */
  public static NodeFacts.Identity identity(
      Cluster cluster, String name, String host, long pid, String version, long startedAtMs) {
    var self = cluster.selfMember();
    return new NodeFacts.Identity(
        MemberView.hostAndPort(self.address()),
        MemberView.incarnation(self.uniqueAddress()),
        name,
        host,
        pid,
        version,
        startedAtMs);
  }

  /** Where workers of the node with this identity may go; kept up to date by its registry. */
  public static Elsewhere elsewhere(Cluster cluster, NodeFacts.Identity identity) {
    return new Elsewhere(() -> MemberView.of(cluster.state()), identity.incarnation());
  }

  /**
   * @param process sampled by this actor alone
   * @param elsewhere told what is known of the others
   * @param leadership told where the dispatcher is
   * @param here the workers of this node
   */
  public static Behavior<Command> create(
      NodeFacts.Identity identity,
      ProcessLoad process,
      ClusterSettings settings,
      Elsewhere elsewhere,
      Leadership leadership,
      KnownWorkers here) {
    Behavior<Command> registry =
        Behaviors.setup(
            context ->
                Behaviors.withTimers(
                    timers ->
                        new NodeRegistry(
                            context,
                            timers,
                            identity,
                            process,
                            settings,
                            elsewhere,
                            leadership,
                            here)));
    // What it was told by this node would not be told again.
    return Behaviors.supervise(registry).onFailure(SupervisorStrategy.resume());
  }

  private NodeRegistry(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      NodeFacts.Identity identity,
      ProcessLoad process,
      ClusterSettings settings,
      Elsewhere elsewhere,
      Leadership leadership,
      KnownWorkers here) {
    super(context);
    this.timers = timers;
    this.cluster = Cluster.get(context.getSystem());
    this.identity = identity;
    this.process = process;
    this.settings = settings;
    this.elsewhere = elsewhere;
    this.leadership = leadership;
    this.here = here;
    var receptionist = context.getSystem().receptionist();
    receptionist.tell(Receptionist.register(KEY, context.getSelf().narrow()));
    receptionist.tell(
        Receptionist.subscribe(
            KEY,
            context.messageAdapter(
                Receptionist.Listing.class,
                listing -> new Listed(listing.getAllServiceInstances(KEY)))));
  }

  // ---- Behaviour --------------------------------------------------------------------------------

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Describe.class, this::onDescribe)
        .onMessage(DescribeWorkers.class, this::onDescribeWorkers)
        .onMessage(Told.class, this::onTold)
        .onMessage(Show.class, this::onShow)
        .onMessage(Answered.class, this::onAnswered)
        .onMessage(ShowWorkers.class, this::onShowWorkers)
        .onMessage(WorkersAnswered.class, this::onWorkersAnswered)
        .onMessage(Listed.class, this::onListed)
        .onMessage(LookAgain.class, this::onLookAgain)
        .onMessage(Serves.class, this::onServes)
        .onMessage(Owns.class, this::onOwns)
        .onMessage(Lost.class, this::onLost)
        .onMessage(Dispatches.class, this::onDispatches)
        .onMessage(DispatchesNoMore.class, this::onDispatchesNoMore)
        .build();
  }

  // ---- This node --------------------------------------------------------------------------------

  private Behavior<Command> onDescribe(Describe question) {
    question.replyTo().tell(facts());
    return this;
  }

  private Behavior<Command> onDescribeWorkers(DescribeWorkers question) {
    question.replyTo().tell(workersHere());
    return this;
  }

  private WorkersHere workersHere() {
    return WorkersHere.of(
        identity, WorkerList.of(here.sessions().get(), 0, List.of(), here.listBytesMax()));
  }

  private Behavior<Command> onServes(Serves serves) {
    endpoint = serves.endpoint();
    sessions = serves.sessions();
    tellOthers();
    return this;
  }

  private Behavior<Command> onOwns(Owns owns) {
    partitions.put(owns.partition(), owns.owner());
    getContext().unwatch(owns.owner());
    getContext().watchWith(owns.owner(), new Lost(owns.partition(), owns.owner()));
    return this;
  }

  private Behavior<Command> onLost(Lost lost) {
    partitions.remove(lost.partition(), lost.owner());
    return this;
  }

  private Behavior<Command> onDispatches(Dispatches now) {
    epoch = now.epoch();
    dispatches = now.dispatcher();
    getContext().unwatch(now.dispatcher());
    getContext().watchWith(now.dispatcher(), new DispatchesNoMore(now.dispatcher()));
    hear(facts());
    tellOthers();
    return this;
  }

  private Behavior<Command> onDispatchesNoMore(DispatchesNoMore ended) {
    if (ended.dispatcher().equals(dispatches)) {
      epoch = 0;
      dispatches = null;
      leadership.see(dispatcher, false);
    }
    return this;
  }

  private NodeFacts facts() {
    return new NodeFacts(
        identity,
        endpoint,
        epoch,
        List.copyOf(partitions.keySet()),
        process.sample(sessions.getAsInt()));
  }

  private void tellOthers() {
    var told = new Told(facts());
    others.forEach(other -> other.tell(told));
  }

  // ---- The others -------------------------------------------------------------------------------

  private Behavior<Command> onTold(Told told) {
    hear(told.facts());
    return this;
  }

  private Behavior<Command> onListed(Listed listed) {
    var now = new HashSet<>(listed.nodes());
    now.remove(getContext().getSelf().<FromNode>narrow());
    others = Set.copyOf(now);
    var members = new HashSet<String>();
    MemberView.of(cluster.state()).forEach(member -> members.add(member.incarnation()));
    known.keySet().retainAll(members);
    if (others.isEmpty()) {
      timers.cancel(LookAgain.INSTANCE);
    } else {
      timers.startTimerWithFixedDelay(LookAgain.INSTANCE, settings.refreshInterval());
    }
    ask();
    return this;
  }

  private Behavior<Command> onLookAgain(LookAgain look) {
    ask();
    return this;
  }

  private Behavior<Command> onShow(Show show) {
    nodes.await(show.replyTo());
    ask();
    return this;
  }

  private void ask() {
    if (nodes.begins()) {
      getContext().pipeToSelf(answers(nodes), (all, failure) -> new Answered(all));
    }
  }

  private Behavior<Command> onShowWorkers(ShowWorkers show) {
    workers.await(show.replyTo());
    if (workers.begins()) {
      getContext().pipeToSelf(answers(workers), (all, failure) -> new WorkersAnswered(all));
    }
    return this;
  }

  private <T> CompletionStage<List<T>> answers(Round<T, ?> round) {
    return round.ask(others, settings.answerWithin(), getContext().getSystem().scheduler());
  }

  private Behavior<Command> onWorkersAnswered(WorkersAnswered answered) {
    var waiting = workers.end();
    var answers = new ArrayList<>(answered.answers());
    answers.add(workersHere());
    var picture = WorkersPicture.of(MemberView.of(cluster.state()), answers, here.listBytesMax());
    waiting.forEach(asker -> asker.tell(picture));
    return this;
  }

  private Behavior<Command> onAnswered(Answered answered) {
    var waiting = nodes.end();
    var now = new HashSet<String>();
    for (var facts : answered.answers()) {
      hear(facts);
      now.add(facts.identity().incarnation());
    }
    if (!waiting.isEmpty()) {
      now.add(identity.incarnation());
      known.put(identity.incarnation(), facts());
      var picture = ClusterPicture.of(MemberView.of(cluster.state()), known, now);
      waiting.forEach(asker -> asker.tell(picture));
    }
    return this;
  }

  private void hear(NodeFacts facts) {
    known.put(facts.identity().incarnation(), facts);
    elsewhere.know(known);
    var before = dispatcher;
    dispatcher = before.after(facts);
    leadership.see(dispatcher, dispatches != null && epoch == dispatcher.epoch());
    if (dispatcher.isOnTheNodeOf(before)) {
      return;
    }
    if (before.epoch() == 0) {
      getContext()
          .getLog()
          .info("the dispatcher is on {}, epoch {}", dispatcher.node(), dispatcher.epoch());
    } else {
      getContext()
          .getLog()
          .info(
              "the dispatcher moved from {} to {}, epoch {}",
              before.node(),
              dispatcher.node(),
              dispatcher.epoch());
    }
  }
}
