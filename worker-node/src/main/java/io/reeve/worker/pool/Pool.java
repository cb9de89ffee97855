package io.reeve.worker.pool;

import io.reeve.worker.PoolEnd;
import io.reeve.worker.WorkerListener;
import io.reeve.worker.link.ConnectionEvent;
import io.reeve.worker.link.Identity;
import io.reeve.worker.link.PoolConnection;
import io.reeve.worker.restart.Ending;
import io.reeve.worker.restart.Restarts;
import io.reeve.worker.settings.DrainSettings;
import io.reeve.worker.settings.PoolSettings;
import io.reeve.worker.settings.SlotSettings;
import io.reeve.worker.settings.TimeText;
import io.reeve.worker.slot.Execution;
import io.reeve.worker.slot.Figures;
import io.reeve.worker.slot.Slot;
import io.reeve.worker.slot.SlotState;
import io.reeve.worker.slot.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
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
 * Supervises the slots of one pool and its link, sees to deadlines and to handlers that do not
 * stop, and brings the pool to its end.
 *
 * <p>No task passes through here: they go from the link to the workload and from there to the
 * slots. When this actor dies, its link and slots die with it; the server releases the leases.
 */
public final class Pool extends AbstractBehavior<Pool.Command> {

  // ---- Protocol ---------------------------------------------------------------------------------

  public sealed interface Command {}

  /** Come to an end by the drain settings. Again changes nothing. */
  public record Drain(String reason) implements Command {}

  /** As {@link Drain}, but running attempts are cancelled and handed back at once. */
  public record HandBack(String reason) implements Command {}

  /** The workload is empty and stays so. */
  public enum Emptied implements Command {
    INSTANCE
  }

  private record Linked(ConnectionEvent event) implements Command {}

  private record RestartSlot(int slot) implements Command {}

  private record Watch() implements Command {}

  private record LogFigures() implements Command {}

  private record FinishExpired() implements Command {}

  private record SettleExpired() implements Command {}

  /** What the worker is told. */
  public sealed interface Event {}

  /** The pool has ended, and its actor with it. */
  public record Ended(String pool, PoolEnd end, String reason) implements Event {}

  /** The server orders the whole process to end. */
  public record ShutdownOrdered(String reason) implements Event {}

  // ---- Construction -----------------------------------------------------------------------------

  /**
   * What a pool works with.
   *
   * @param link makes the behaviour of its link
   * @param nanos the monotonic clock
   */
  public record Parts(
      Identity identity,
      PoolSettings settings,
      SlotSettings slot,
      DrainSettings drain,
      Duration statisticsInterval,
      Workload workload,
      Execution execution,
      WorkerListener listener,
      Function<ActorRef<ConnectionEvent>, Behavior<PoolConnection.Command>> link,
      LongSupplier nanos,
      RandomGenerator random) {}

  private final Parts parts;
  private final Workload workload;
  private final ActorRef<Event> worker;
  private final TimerScheduler<Command> timers;
  private final ActorRef<PoolConnection.Command> link;
  private final List<@Nullable ActorRef<Slot.Command>> slots = new ArrayList<>();
  private final List<Restarts> restarts = new ArrayList<>();
  private int slotsFailed;
  private boolean paused;
  private @Nullable String ending;
  private boolean leaving;
  private @Nullable String failure;
  private @Nullable Figures logged;

  public static Behavior<Command> create(Parts parts, ActorRef<Event> worker) {
    return Behaviors.setup(
        context -> Behaviors.withTimers(timers -> new Pool(context, timers, parts, worker)));
  }

  private Pool(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Parts parts,
      ActorRef<Event> worker) {
    super(context);
    context.setLoggerName(Pool.class);
    this.parts = parts;
    this.workload = parts.workload();
    this.worker = worker;
    this.timers = timers;
    for (int slot = 0; slot < parts.settings().slots(); slot++) {
      slots.add(null);
      restarts.add(Restarts.none(parts.nanos().getAsLong()));
      startSlot(slot);
    }
    this.link =
        context.spawn(
            parts.link().apply(context.messageAdapter(ConnectionEvent.class, Linked::new)), "link");
    context.watch(link);
    timers.startTimerWithFixedDelay(new Watch(), parts.slot().watchInterval());
    timers.startTimerWithFixedDelay(new LogFigures(), parts.statisticsInterval());
  }

  // ---- Behaviour --------------------------------------------------------------------------------

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Drain.class, this::onDrain)
        .onMessage(HandBack.class, this::onHandBack)
        .onMessage(Emptied.class, this::onEmptied)
        .onMessage(Linked.class, this::onLinked)
        .onMessage(RestartSlot.class, this::onRestartSlot)
        .onMessage(Watch.class, this::onWatch)
        .onMessage(LogFigures.class, this::onLogFigures)
        .onMessage(FinishExpired.class, this::onFinishExpired)
        .onMessage(SettleExpired.class, this::onSettleExpired)
        .onSignal(ChildFailed.class, this::onChildFailed)
        // A slot ends by failing only; the connection ends once it has told the pool why.
        .onSignal(Terminated.class, ended -> Behaviors.same())
        .build();
  }

  // ---- Slots ------------------------------------------------------------------------------------

  private void startSlot(int slot) {
    var past = restarts.get(slot);
    restarts.set(slot, past.upAt(parts.nanos().getAsLong()));
    var life =
        getContext()
            .spawn(
                Slot.create(slot, workload, parts.execution()),
                "slot-" + slot + "-" + past.total());
    getContext().watch(life);
    slots.set(slot, life);
  }

  private Behavior<Command> onChildFailed(ChildFailed signal) {
    var cause = signal.getCause();
    if (signal.getRef().path().equals(link.path())) {
      // What the link had not yet reported went with it: only a whole new pool is sound again.
      throw new IllegalStateException("the link of the pool failed", cause);
    }
    var ending = cause instanceof Slot.HandlerAbandoned ? Ending.FAILED : Ending.THREW;
    return slotEnded(signal.getRef(), ending, String.valueOf(cause.getMessage()));
  }

  private Behavior<Command> slotEnded(ActorRef<Void> life, Ending ending, String error) {
    var slot = slotOf(life);
    if (slot < 0) {
      return this;
    }
    slots.set(slot, null);
    var verdict =
        restarts
            .get(slot)
            .after(ending, parts.slot().restart(), parts.nanos().getAsLong(), parts.random());
    restarts.set(slot, verdict.restarts());
    var total = verdict.restarts().total();
    var delay = verdict.delay();
    if (delay != null) {
      workload.down(slot, SlotState.BACKING_OFF, total, error);
      timers.startSingleTimer(new RestartSlot(slot), delay);
      getContext()
          .getLog()
          .warn("slot {} ended and restarts in {} ms: {}", slot, delay.toMillis(), error);
      return this;
    }
    workload.down(slot, SlotState.FAILED, total, error);
    slotsFailed++;
    getContext()
        .getLog()
        .error(
            "slot {} failed for good after {} restarts{}: {}",
            slot,
            total,
            verdict.exhausted() ? ", more than allowed in the window" : ", by policy",
            error);
    var left = parts.settings().slots() - slotsFailed;
    if (left > 0) {
      link.tell(new PoolConnection.LimitCapacity(left + parts.settings().prefetch()));
    } else if (failure == null) {
      failure = "no slot left: " + error;
      begin("no slot left");
    }
    return this;
  }

  private int slotOf(ActorRef<Void> life) {
    for (int slot = 0; slot < slots.size(); slot++) {
      var one = slots.get(slot);
      if (one != null && one.path().equals(life.path())) {
        return slot;
      }
    }
    return -1;
  }

  private Behavior<Command> onRestartSlot(RestartSlot command) {
    startSlot(command.slot());
    return this;
  }

  private Behavior<Command> onWatch(Watch command) {
    for (int slot : workload.watch(parts.nanos().getAsLong(), parts.slot().cancelGrace())) {
      var left = workload.abandon(slot);
      var life = slots.get(slot);
      if (left != null && life != null) {
        life.tell(
            new Slot.GiveUp(
                "the handler of "
                    + left
                    + " did not stop within "
                    + TimeText.of(parts.slot().cancelGrace())
                    + " of being told"));
      }
    }
    return this;
  }

  private Behavior<Command> onLogFigures(LogFigures command) {
    var now = workload.figures();
    if (!now.equals(logged)) {
      logged = now;
      getContext()
          .getLog()
          .info(
              "pool {}: active={} urgent={} queued={} queued-urgent={} completed={} failed={}"
                  + " released={} revoked={} refused={} abandoned={} slot-restarts={}",
              parts.identity().pool(),
              now.active(),
              now.activeUrgent(),
              now.queuedNormal(),
              now.queuedUrgent(),
              now.completed(),
              now.failed(),
              now.released(),
              now.revoked(),
              now.refused(),
              now.abandoned(),
              now.restarts());
    }
    return this;
  }

  // ---- The link ---------------------------------------------------------------------------------

  private Behavior<Command> onLinked(Linked linked) {
    var event = linked.event();
    var name = parts.identity().pool();
    var listener = parts.listener();
    if (event instanceof ConnectionEvent.Up up) {
      listener.registered(
          new WorkerListener.Registration(
              parts.identity().workerId(),
              name,
              up.endpoint().toString(),
              up.node(),
              up.session(),
              up.capacity(),
              up.reserve(),
              parts.identity().queues(),
              parts.identity().kinds(),
              up.resumed()));
      getContext()
          .getLog()
          .info(
              "pool {} {} at {}, session {}",
              name,
              up.resumed() ? "resumed" : "registered",
              up.endpoint(),
              up.session());
    } else if (event instanceof ConnectionEvent.Lost lost) {
      getContext().getLog().warn("pool {} lost {}: {}", name, lost.endpoint(), lost.reason());
      listener.lost(name, lost.endpoint().toString(), lost.reason());
    } else if (event instanceof ConnectionEvent.NotConnected not) {
      if (not.refused()) {
        getContext()
            .getLog()
            .error("pool {} was refused by {}: {}", name, not.endpoint(), not.reason());
      } else {
        getContext()
            .getLog()
            .warn("pool {} cannot reach {}: {}", name, not.endpoint(), not.reason());
      }
      listener.notConnected(name, not.endpoint().toString(), not.reason());
    } else if (event instanceof ConnectionEvent.Ordered ordered) {
      onOrder(ordered);
    } else if (event instanceof ConnectionEvent.GaveUp gaveUp) {
      failure = gaveUp.reason();
      return ended();
    } else if (event instanceof ConnectionEvent.Left) {
      return ended();
    }
    return this;
  }

  private void onOrder(ConnectionEvent.Ordered ordered) {
    var order = ordered.order();
    switch (order.getOrderCase()) {
      case DRAIN -> {
        if (ending == null && !paused) {
          paused = true;
          getContext().getLog().info("pool {} drains, by order", parts.identity().pool());
          link.tell(new PoolConnection.Draining(true));
          workload.drain();
        }
      }
      case RESUME -> {
        if (ending == null && paused) {
          paused = false;
          getContext().getLog().info("pool {} takes work again", parts.identity().pool());
          workload.resume();
          link.tell(new PoolConnection.Draining(false));
        }
      }
      case SHUTDOWN -> worker.tell(new ShutdownOrdered(order.getShutdown().getReason()));
      case RECONNECT, DESIRED_CAPACITY, ORDER_NOT_SET ->
          throw new IllegalStateException("an order for the link reached the pool: " + order);
    }
  }

  // ---- The end ----------------------------------------------------------------------------------

  private Behavior<Command> onDrain(Drain command) {
    begin(command.reason());
    return this;
  }

  private Behavior<Command> onHandBack(HandBack command) {
    begin(command.reason());
    workload.handBackRunning();
    return this;
  }

  private void begin(String reason) {
    if (ending != null) {
      return;
    }
    ending = reason;
    link.tell(new PoolConnection.Draining(true));
    var settings = parts.drain();
    if (settings.policy() == DrainSettings.Policy.HAND_BACK || failure != null) {
      workload.handBackRunning();
    } else {
      timers.startSingleTimer(new FinishExpired(), settings.finishWithin());
    }
    workload.drain();
  }

  private Behavior<Command> onFinishExpired(FinishExpired expired) {
    workload.handBackRunning();
    return this;
  }

  private Behavior<Command> onEmptied(Emptied emptied) {
    if (ending != null && !leaving) {
      leaving = true;
      link.tell(new PoolConnection.Leave(ending));
      timers.startSingleTimer(new SettleExpired(), parts.drain().settleWithin());
    }
    return this;
  }

  private Behavior<Command> onSettleExpired(SettleExpired expired) {
    return end(failure == null ? PoolEnd.UNSETTLED : PoolEnd.FAILED);
  }

  private Behavior<Command> ended() {
    return end(failure == null ? PoolEnd.DRAINED : PoolEnd.FAILED);
  }

  private Behavior<Command> end(PoolEnd end) {
    workload.close();
    workload.handBackRunning();
    onLogFigures(new LogFigures());
    var reason = failure != null ? failure : String.valueOf(ending);
    parts.listener().ended(parts.identity().pool(), end, reason);
    worker.tell(new Ended(parts.identity().pool(), end, reason));
    return Behaviors.stopped();
  }
}
