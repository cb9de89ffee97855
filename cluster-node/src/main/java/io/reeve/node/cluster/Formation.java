package io.reeve.node.cluster;

import io.reeve.node.store.MemberDirectory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.cluster.typed.SelfUp;
import org.apache.pekko.cluster.typed.Subscribe;
import org.jspecify.annotations.Nullable;

/**
 * Makes this node a member of the cluster whose members announce themselves in the store that all
 * share, or the first member of one. Afterwards keeps its own line there and removes those of
 * members that are no more.
 *
 * <p>Nothing here is needed for safety: two clusters formed by mistake would fence each other off
 * by the journal.
 */
public final class Formation extends AbstractBehavior<Formation.Command> {

  // ---- Protocol ---------------------------------------------------------------------------------

  public sealed interface Command {}

  private enum LookNow implements Command {
    INSTANCE
  }

  private enum KeepNow implements Command {
    INSTANCE
  }

  private record Looked(MemberDirectory.@Nullable Look look, @Nullable Throwable failure)
      implements Command {}

  /** A call of the directory came back that nobody waits for. */
  private record Called(String what, @Nullable Throwable failure) implements Command {}

  private record IsUp() implements Command {}

  private record Gone(Member member) implements Command {}

  // ---- Construction -----------------------------------------------------------------------------

  private final MemberDirectory directory;
  private final ClusterSettings settings;
  private final String nodeName;
  private final LongSupplier nanoTime;
  private final TimerScheduler<Command> timers;
  private final Cluster cluster;
  private final Executor blocking;

  /** The end of the last call, so that there is one at a time, in order. */
  private CompletableFuture<?> lastCall = CompletableFuture.completedFuture(null);

  private boolean up;
  private boolean joining;
  private List<String> asked = List.of();
  private long askedSinceNanos;

  /**
   * @param directory used by this actor alone; the caller closes it after the actor system has
   *     ended
   * @param nanoTime monotonic
   */
  public static Behavior<Command> create(
      MemberDirectory directory, ClusterSettings settings, String nodeName, LongSupplier nanoTime) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new Formation(context, timers, directory, settings, nodeName, nanoTime)));
  }

  private Formation(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      MemberDirectory directory,
      ClusterSettings settings,
      String nodeName,
      LongSupplier nanoTime) {
    super(context);
    this.timers = timers;
    this.directory = directory;
    this.settings = settings;
    this.nodeName = nodeName;
    this.nanoTime = nanoTime;
    this.cluster = Cluster.get(context.getSystem());
    this.blocking = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
    cluster
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(SelfUp.class, isUp -> new IsUp()), SelfUp.class));
    cluster
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(
                    ClusterEvent.MemberRemoved.class, removed -> new Gone(removed.member())),
                ClusterEvent.MemberRemoved.class));
    context.getSelf().tell(LookNow.INSTANCE);
  }

  // ---- Behaviour --------------------------------------------------------------------------------

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(LookNow.class, this::onLookNow)
        .onMessage(Looked.class, this::onLooked)
        .onMessage(IsUp.class, this::onUp)
        .onMessage(KeepNow.class, this::onKeepNow)
        .onMessage(Gone.class, this::onGone)
        .onMessage(Called.class, this::onCalled)
        .build();
  }

  private Behavior<Command> onLookNow(LookNow look) {
    if (!up && !joining) {
      getContext().pipeToSelf(inOrder(directory::look), Looked::new);
    }
    return this;
  }

  private Behavior<Command> onLooked(Looked looked) {
    if (up) {
      return this;
    }
    if (looked.look() == null) {
      getContext().getLog().warn("the member table does not answer", looked.failure());
    } else {
      take(NextStep.after(looked.look(), askedFor(looked.look()), settings.askFor()));
    }
    timers.startSingleTimer(LookNow.INSTANCE, settings.lookInterval());
    return this;
  }

  private void take(NextStep step) {
    if (step instanceof NextStep.FormNew form) {
      getContext().getLog().info("there is no member: this node forms the cluster");
      joining = true;
      form.dead().forEach(line -> forget(line.incarnation()));
      cluster.manager().tell(Join.create(cluster.selfMember().address()));
    } else if (step instanceof NextStep.Ask ask && !ask.addresses().equals(asked)) {
      getContext().getLog().info("asks members to join: {}", ask.addresses());
      asked = ask.addresses();
      askedSinceNanos = nanoTime.getAsLong();
      cluster.manager().tell(new JoinSeedNodes(addresses(asked)));
    }
  }

  private Duration askedFor(MemberDirectory.Look look) {
    var addresses = look.lines().stream().map(MemberDirectory.Line::address).distinct().toList();
    return addresses.equals(asked)
        ? Duration.ofNanos(nanoTime.getAsLong() - askedSinceNanos)
        : Duration.ZERO;
  }

  private Behavior<Command> onUp(IsUp isUp) {
    up = true;
    var self = cluster.selfMember();
    var line =
        new MemberDirectory.Line(
            incarnation(self.uniqueAddress()), nodeName, self.address().toString());
    call("announce this node", () -> directory.announce(line));
    timers.startTimerWithFixedDelay(KeepNow.INSTANCE, settings.keepInterval());
    return this;
  }

  private Behavior<Command> onKeepNow(KeepNow keep) {
    call("keep this node announced", directory::keep);
    return this;
  }

  /**
   * A node that leaves, or was given up, is told last of all that every member is gone: Pekko
   * clears its view when it shuts down. The others are there still, and their lines must stay.
   */
  private Behavior<Command> onGone(Gone gone) {
    if (!cluster.isTerminated() && cluster.selfMember().status().equals(MemberStatus.up())) {
      forget(incarnation(gone.member().uniqueAddress()));
    }
    return this;
  }

  private void forget(String incarnation) {
    call("forget " + incarnation, () -> directory.forget(incarnation));
  }

  /** The next {@link KeepNow} makes good what failed. */
  private Behavior<Command> onCalled(Called called) {
    if (called.failure() != null) {
      getContext().getLog().warn("could not {}", called.what(), called.failure());
    }
    return this;
  }

  // ---- Calls of the directory -------------------------------------------------------------------

  private void call(String what, Runnable call) {
    getContext()
        .pipeToSelf(
            inOrder(
                () -> {
                  call.run();
                  return what;
                }),
            (done, failure) -> new Called(what, failure));
  }

  private <T> CompletableFuture<T> inOrder(Callable<T> call) {
    var result =
        lastCall.handleAsync(
            (before, failureBefore) -> {
              try {
                return call.call();
              } catch (Exception e) {
                throw new java.util.concurrent.CompletionException(e);
              }
            },
            blocking);
    lastCall = result;
    return result;
  }

  private static String incarnation(UniqueAddress address) {
    return address.address() + "#" + Long.toHexString(address.longUid());
  }

  private static List<Address> addresses(List<String> texts) {
    return texts.stream().map(AddressFromURIString::parse).toList();
  }
}
