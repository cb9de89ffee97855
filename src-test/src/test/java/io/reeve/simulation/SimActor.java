package io.reeve.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.Terminated;
import org.jspecify.annotations.Nullable;

/**
 * One actor of production code on a simulated host. Handles one message at a time, at once.
 *
 * <p>One that throws ends as an actor without supervision does: its children stop, it gets its last
 * signal, and whoever watches it is told. A supervised one starts anew under its own reference, as
 * Pekko's restart with backoff does it: children and timers end, nobody is told, and messages wait
 * until it is back.
 */
final class SimActor<T> {

  /** How a supervised actor starts anew after it threw; the wait doubles with each time. */
  record Supervision(long backoffMinNanos, long backoffMaxNanos, double jitter) {
    long backoff(int restarts, double random) {
      var plain = Math.min(backoffMaxNanos, backoffMinNanos << Math.min(restarts, 20));
      return (long) (plain * (1 + jitter * random));
    }
  }

  /** When the next message makes it throw. */
  enum Throw {
    BEFORE_IT_IS_HANDLED,
    AFTER_IT_IS_HANDLED
  }

  /** Thrown on purpose. */
  static final class PlannedFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    PlannedFailure(String message) {
      super(message);
    }
  }

  private static final int STASHED_MAX = 1_000;

  private record Watch(SimActor<?> watcher, @Nullable Object message) {}

  private static final class Timer {}

  final World world;
  final Host host;
  final int life;
  final String name;
  final SimContext<T> context;
  final SimRef<T> ref;
  boolean alive = true;

  private Behavior<T> behavior;
  private Behavior<T> initial;
  private @Nullable Supervision supervision;
  private @Nullable Throw planned;
  private int restarts;
  private boolean restarting;
  private final ArrayDeque<Runnable> stash = new ArrayDeque<>();
  private final Map<Object, Timer> timers = new HashMap<>();
  private final List<Watch> watches = new ArrayList<>();
  private final List<SimActor<?>> children = new ArrayList<>();
  private final IdentityHashMap<Object, long[]> arrivals = new IdentityHashMap<>();
  private @Nullable Runnable stopped;
  private @Nullable Consumer<Object> listener;

  SimActor(World world, Host host, String name) {
    this.world = world;
    this.host = host;
    this.life = host.life;
    this.name = name;
    this.ref = new SimRef<>(this, null);
    this.behavior = org.apache.pekko.actor.typed.javadsl.Behaviors.empty();
    this.initial = behavior;
    this.context = new SimContext<>(this);
  }

  void start(Behavior<T> initial) {
    this.initial = initial;
    become(Behavior.start(initial, context.typed()));
  }

  /** From now on it starts anew when it throws. */
  void supervise(Supervision how) {
    supervision = how;
  }

  /** How often it started anew. */
  int restarts() {
    return restarts;
  }

  /** Lets it throw with its next message. */
  void throwOnce(Throw when) {
    planned = when;
  }

  /** The code is run once this actor has stopped in order, not when its host dies. */
  void whenStopped(Runnable code) {
    stopped = code;
  }

  /** The listener gets each message that the actor is about to handle. */
  void listen(Consumer<Object> listener) {
    this.listener = listener;
  }

  /** What it started and has not ended. */
  List<SimActor<?>> children() {
    return children.stream().filter(child -> child.alive).toList();
  }

  // ---- Messages

  @SuppressWarnings("unchecked")
  void receive(SimRef<?> ref, Object message) {
    if (restarting) {
      stash(() -> receive(ref, message));
    } else if (alive) {
      world.as(this, () -> handle((T) ref.adapt(message)));
    }
  }

  private void handle(T message) {
    if (listener != null) {
      listener.accept(message);
    }
    var when = planned;
    planned = null;
    if (when == Throw.BEFORE_IT_IS_HANDLED) {
      throw new PlannedFailure("before " + message);
    }
    become(Behavior.interpretMessage(behavior, context.typed(), message));
    if (when == Throw.AFTER_IT_IS_HANDLED && alive) {
      throw new PlannedFailure("after " + message);
    }
  }

  private void stash(Runnable message) {
    if (stash.size() < STASHED_MAX) {
      stash.add(message);
    }
  }

  private void become(Behavior<T> next) {
    var after = Behavior.canonicalize(next, behavior, context.typed());
    if (Behavior.isAlive(after)) {
      behavior = after;
    } else {
      stop(true);
    }
  }

  /** The instant at or after {@code at} that keeps the order of messages on one way. */
  long inOrder(Object channel, long at) {
    var last = arrivals.computeIfAbsent(channel, c -> new long[1]);
    last[0] = Math.max(last[0], at);
    return last[0];
  }

  // ---- Failures

  /** Its code threw. */
  void failed() {
    var how = supervision;
    if (!alive || how == null) {
      stop(true);
      return;
    }
    restarting = true;
    world.as(
        this, () -> Behavior.interpretSignal(behavior, context.typed(), PreRestart.instance()));
    // As Pekko does it: whoever starts anew does not hear of the children it had.
    children.forEach(child -> child.unwatchedBy(this));
    endBelow(true);
    world.in(how.backoff(restarts++, world.random.nextDouble()), host, this::startAnew);
  }

  private void startAnew() {
    if (alive) {
      restarting = false;
      world.as(this, () -> start(initial));
      var waited = List.copyOf(stash);
      stash.clear();
      waited.forEach(Runnable::run);
    }
  }

  /** Ends its timers and its children. */
  private void endBelow(boolean inOrder) {
    timers.clear();
    List.copyOf(children).forEach(child -> child.stop(inOrder));
    children.clear();
  }

  // ---- The end

  /** Stops it; what it told before still travels. */
  void stop(boolean inOrder) {
    if (!alive) {
      return;
    }
    alive = false;
    restarting = false;
    endBelow(inOrder);
    if (inOrder) {
      world.as(
          this, () -> Behavior.interpretSignal(behavior, context.typed(), PostStop.instance()));
    }
    terminated();
    if (stopped != null) {
      stopped.run();
    }
  }

  /** The host died: nothing is said and nobody is told. */
  void vanish() {
    alive = false;
    restarting = false;
    timers.clear();
  }

  /** Tells those who watch that it is gone. */
  private void terminated() {
    var told = List.copyOf(watches);
    watches.clear();
    told.forEach(this::tell);
  }

  /** The other hosts hold this one to be dead; its own actors know better, if it is not. */
  void takenForDead() {
    for (var watch : List.copyOf(watches)) {
      if (watch.watcher.host != host) {
        watches.remove(watch);
        tell(watch);
      }
    }
  }

  void watchedBy(SimActor<?> watcher, @Nullable Object message) {
    var watch = new Watch(watcher, message);
    if (!alive || (host.downed && watcher.host != host)) {
      tell(watch);
    } else {
      watches.add(watch);
    }
  }

  void unwatchedBy(SimActor<?> watcher) {
    watches.removeIf(watch -> watch.watcher == watcher);
  }

  /** System messages are not lost while both hosts live. */
  private void tell(Watch watch) {
    var to = watch.watcher;
    var at = inOrder(to, world.nanos() + world.network.latency(host, to.host));
    world.in(at - world.nanos(), to.host, () -> to.watchedEnded(ref, watch.message));
  }

  @SuppressWarnings("unchecked")
  private void watchedEnded(SimRef<?> ended, @Nullable Object message) {
    if (restarting) {
      stash(() -> watchedEnded(ended, message));
      return;
    }
    if (!alive) {
      return;
    }
    if (message != null) {
      receive(ref, message);
      return;
    }
    world.as(
        this,
        () ->
            become(
                Behavior.interpretSignal(
                    behavior, context.typed(), new Terminated(ended.unsafeUpcast()))));
  }

  /** Starts a child. */
  SimRef<?> spawn(Behavior<?> behavior) {
    var child = world.start(host, name + "/child", behavior);
    children.add(child);
    return child.ref;
  }

  // ---- Timers

  void startTimer(Object key, T message, long delayNanos) {
    var timer = new Timer();
    timers.put(key, timer);
    world.in(
        delayNanos,
        host,
        () -> {
          if (timers.get(key) == timer) {
            timers.remove(key);
            receive(ref, message);
          }
        });
  }

  boolean isTimerActive(Object key) {
    return timers.containsKey(key);
  }

  void cancelTimer(Object key) {
    timers.remove(key);
  }

  void cancelTimers() {
    timers.clear();
  }

  @Override
  public String toString() {
    return name;
  }
}
