package io.reeve.node;

import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.edge.grpc.GrpcServer;
import io.reeve.edge.http.HttpServer;
import io.reeve.partition.Clients;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.SelfUp;
import org.apache.pekko.cluster.typed.Subscribe;
import org.jspecify.annotations.Nullable;

/**
 * The root actor: has {@link NodeActors} and {@link NodeEdges} start what the node is made of, in
 * order, and says when the node is ready: the dispatcher works, every partition has answered, and
 * the ports are bound. The HTTP server listens from the beginning, so that a node that waits for
 * the others can be told from one that hangs.
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
  private final CompletableFuture<Node.Servers> ready;
  private final NodeActors actors;
  private final NodeEdges edges;
  private final BitSet answered = new BitSet();
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
    this.ready = ready;
    this.actors = new NodeActors(context, settings, parts, version);
    this.edges = new NodeEdges(context.getSystem(), settings, parts, actors, version);
    edges.bindHttp().ifPresent(this::awaitHttp);
    parts.keptCounts().ifPresentOrElse(this::bindGrpc, this::keepCountsOnceUp);
    for (var partition = 0; partition < actors.partitions().count(); partition++) {
      probe(partition);
    }
    probeDispatcher();
  }

  private void awaitHttp(CompletionStage<HttpServer> binding) {
    getContext()
        .pipeToSelf(
            binding,
            (bound, failure) -> bound != null ? new HttpBound(bound) : new NotServing(failure));
  }

  private void bindGrpc(PartitionCounts counts) {
    getContext()
        .pipeToSelf(
            edges.bindGrpc(counts),
            (bound, failure) -> bound != null ? new Bound(bound) : new NotServing(failure));
  }

  /** Nobody may be served by a number of partitions that the others might refuse. */
  private void keepCountsOnceUp() {
    Cluster.get(getContext().getSystem())
        .subscriptions()
        .tell(
            Subscribe.create(
                getContext().messageAdapter(SelfUp.class, isUp -> new IsUp()), SelfUp.class));
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
    var self = getContext().getSelf();
    edges.bound(bound.server(), () -> self.tell(new CloseGate()));
    return readyIfAll();
  }

  private Behavior<Command> onHttpBound(HttpBound bound) {
    http = bound.server();
    edges.bound(bound.server());
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
    bindGrpc(kept.counts());
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

  private Behavior<Command> onCloseGate(CloseGate close) {
    actors.closeGate();
    return this;
  }

  private Behavior<Command> onWarnOfOpenPorts(WarnOfOpenPorts warn) {
    getContext()
        .getLog()
        .warn(
            "INSECURE: reeve.node.insecure-i-know is on, so everybody who reaches {} or {} can"
                + " do anything, and everybody who reaches {} can read health and metrics",
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
    edges.serving(false);
    ready.completeExceptionally(failed.getCause());
    CoordinatedShutdown.get(getContext().getSystem()).runAll(Node.Stop.PART_FAILED);
    return this;
  }

  private Behavior<Command> readyIfAll() {
    if (server != null
        && (http != null || settings.http().port().isEmpty())
        && dispatcherWorks
        && answered.cardinality() == actors.partitions().count()) {
      edges.open(server);
      ready.complete(new Node.Servers(server, Optional.ofNullable(http)));
    }
    return this;
  }

  /** Any answer will do, also that there is no such task; it wakes the partition too. */
  private void probe(int partition) {
    getContext()
        .pipeToSelf(
            actors
                .partitions()
                .ask(
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
            actors.dispatcher(),
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
