package io.reeve.worker;

import io.reeve.worker.pool.Pool;
import io.reeve.worker.restart.Ending;
import io.reeve.worker.restart.RestartRule;
import io.reeve.worker.restart.Restarts;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The root of a worker's actors: starts its pools, and ends with the last of them. A pool that
 * fails by a bug starts anew without its tasks; the server gives those to others.
 */
final class Guardian extends AbstractBehavior<Guardian.Command> {

  // ---- Protocol ---------------------------------------------------------------------------------

  sealed interface Command {}

  /** All pools are to come to an end. Again changes nothing. */
  record DrainAll(String reason) implements Command {}

  /** As {@link DrainAll}, but running attempts are handed back at once. */
  record HandBackAll(String reason) implements Command {}

  private record FromPool(Pool.Event event) implements Command {}

  private record StartPool(int index) implements Command {}

  // ---- Construction -----------------------------------------------------------------------------

  /** Makes a pool that has held nothing yet. */
  interface Pools {
    Behavior<Pool.Command> fresh(int index, ActorRef<Pool.Event> events);
  }

  /**
   * What the root works with.
   *
   * @param count of the pools
   * @param ended told the end of each
   * @param restart how a failed one is started again
   * @param nanos the monotonic clock
   */
  record Parts(
      int count,
      Pools pools,
      Consumer<PoolEnd> ended,
      RestartRule restart,
      LongSupplier nanos,
      RandomGenerator random) {}

  private final Parts parts;
  private final TimerScheduler<Command> timers;
  private final ActorRef<Pool.Event> events;
  private final List<@Nullable ActorRef<Pool.Command>> pools = new ArrayList<>();
  private final List<Restarts> restarts = new ArrayList<>();
  private int running;
  private @Nullable String draining;

  static Behavior<Command> create(Parts parts) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new Guardian(context, timers, parts)));
  }

  private Guardian(ActorContext<Command> context, TimerScheduler<Command> timers, Parts parts) {
    super(context);
    context.setLoggerName(Guardian.class);
    this.parts = parts;
    this.timers = timers;
    this.events = context.messageAdapter(Pool.Event.class, FromPool::new);
    for (int index = 0; index < parts.count(); index++) {
      pools.add(null);
      restarts.add(Restarts.none(parts.nanos().getAsLong()));
      startPool(index);
    }
    running = parts.count();
  }

  // ---- Behaviour --------------------------------------------------------------------------------

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(DrainAll.class, this::onDrainAll)
        .onMessage(HandBackAll.class, this::onHandBackAll)
        .onMessage(FromPool.class, this::onPoolEvent)
        .onMessage(StartPool.class, this::onStartPool)
        .onSignal(ChildFailed.class, this::onPoolFailed)
        .onSignal(Terminated.class, signal -> Behaviors.same())
        .build();
  }

  private Behavior<Command> onDrainAll(DrainAll command) {
    draining = command.reason();
    for (var pool : pools) {
      if (pool != null) {
        pool.tell(new Pool.Drain(command.reason()));
      }
    }
    return this;
  }

  private Behavior<Command> onHandBackAll(HandBackAll command) {
    draining = command.reason();
    for (var pool : pools) {
      if (pool != null) {
        pool.tell(new Pool.HandBack(command.reason()));
      }
    }
    return this;
  }

  private Behavior<Command> onPoolEvent(FromPool message) {
    if (message.event() instanceof Pool.Ended pool) {
      return oneLess(pool.end());
    }
    if (message.event() instanceof Pool.ShutdownOrdered order) {
      getContext().getLog().info("the server orders the worker to end: {}", order.reason());
      return onDrainAll(new DrainAll("ordered by the server: " + order.reason()));
    }
    return this;
  }

  private void startPool(int index) {
    var past = restarts.get(index).upAt(parts.nanos().getAsLong());
    restarts.set(index, past);
    var started =
        getContext()
            .spawn(parts.pools().fresh(index, events), "pool-" + index + "-" + past.total());
    getContext().watch(started);
    pools.set(index, started);
  }

  private Behavior<Command> onStartPool(StartPool command) {
    if (draining != null) {
      // It holds nothing: there is nothing to bring to an end.
      return oneLess(PoolEnd.DRAINED);
    }
    startPool(command.index());
    return this;
  }

  private Behavior<Command> onPoolFailed(ChildFailed signal) {
    for (int index = 0; index < pools.size(); index++) {
      var pool = pools.get(index);
      if (pool == null || !pool.path().equals(signal.getRef().path())) {
        continue;
      }
      pools.set(index, null);
      var verdict =
          restarts
              .get(index)
              .after(Ending.THREW, parts.restart(), parts.nanos().getAsLong(), parts.random());
      restarts.set(index, verdict.restarts());
      var delay = verdict.delay();
      if (delay == null) {
        return oneLess(PoolEnd.FAILED);
      }
      getContext()
          .getLog()
          .warn("pool {} restarts in {} ms", index + 1, delay.toMillis(), signal.getCause());
      timers.startSingleTimer(new StartPool(index), delay);
    }
    return this;
  }

  private Behavior<Command> oneLess(PoolEnd end) {
    parts.ended().accept(end);
    running--;
    return running == 0 ? Behaviors.stopped() : this;
  }
}
