package io.reeve.simulation;

import io.reeve.domain.partition.Now;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.Behavior;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time, what is to happen in it, and who is at work just now. One thread, and no randomness
 * but that of the seed: the same seed gives the same run to the last message.
 */
final class World {

  /** A day in the middle of nowhere, so that no test depends on today. */
  static final long WALL_START_MS = 1_800_000_000_000L;

  final SplittableRandom random;
  final Network network;

  /** Is told of an exception that left an actor. */
  private final BiConsumer<SimActor<?>, Throwable> failed;

  private final EventHeap heap = new EventHeap();
  private long nowNanos;
  private long steps;
  private int actors;

  /** Whose message is being handled; the sender of whatever is told meanwhile. */
  private @Nullable SimActor<?> current;

  /** Who sent the message that is being handled. */
  private @Nullable SimActor<?> sender;

  /** Messages that no actor ever gets, whoever sends them. */
  Predicate<Object> dropped = message -> false;

  /** Gets a line for each message; null: nobody looks. */
  @Nullable Consumer<String> trace;

  World(long seed, BiConsumer<SimActor<?>, Throwable> failed) {
    this.random = new SplittableRandom(seed);
    this.network = new Network(random.split());
    this.failed = failed;
  }

  long nanos() {
    return nowNanos;
  }

  /** Events that happened. */
  long steps() {
    return steps;
  }

  /** Both clocks as the host reads them. */
  Now now(Host host) {
    return new Now(WALL_START_MS + nowNanos / 1_000_000 + host.wallOffsetMs, nowNanos);
  }

  /** Who sent the message that is being handled; null: nobody simulated as an actor. */
  @Nullable SimActor<?> sender() {
    return sender;
  }

  /** The wall clock of the host. */
  Clock clock(Host host) {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return Instant.ofEpochMilli(now(host).wallMs());
      }
    };
  }

  // ---- Events

  /** Happens whoever is alive then. */
  void in(long delayNanos, Runnable event) {
    heap.add(nowNanos + delayNanos, event);
  }

  /** Happens on the host, if it still lives then. */
  void in(long delayNanos, Host host, Runnable event) {
    var life = host.life;
    heap.add(nowNanos + delayNanos, () -> host.run(life, event));
  }

  /** Lets the next event happen unless it lies at or behind {@code untilNanos}. */
  boolean step(long untilNanos) {
    if (heap.isEmpty() || heap.time() >= untilNanos) {
      nowNanos = Math.max(nowNanos, untilNanos);
      return false;
    }
    nowNanos = heap.time();
    steps++;
    heap.poll().run();
    return true;
  }

  // ---- Actors

  /** Starts an actor. */
  <T> SimActor<T> start(Host host, String name, Behavior<T> behavior) {
    var actor = new SimActor<T>(this, host, name + "-" + ++actors);
    host.actors.add(actor);
    as(actor, () -> actor.start(behavior));
    return actor;
  }

  /** Runs code as this actor's. */
  void as(SimActor<?> actor, Runnable code) {
    var before = current;
    current = actor;
    try {
      code.run();
    } catch (SimActor.PlannedFailure failure) {
      current = before;
      actor.failed();
    } catch (RuntimeException | AssertionError failure) {
      failed.accept(actor, failure);
      current = before;
      actor.failed();
    } finally {
      current = before;
    }
  }

  /** A message on its way. */
  private final class Delivery implements Runnable {
    private final @Nullable SimActor<?> from;
    private final SimActor<?> to;
    private final int life;
    private final SimRef<?> ref;
    private final Object message;

    Delivery(@Nullable SimActor<?> from, SimActor<?> to, SimRef<?> ref, Object message) {
      this.from = from;
      this.to = to;
      this.life = to.host.life;
      this.ref = ref;
      this.message = message;
    }

    @Override
    public void run() {
      if (to.host.up && !to.host.paused && to.host.life == life) {
        arrive();
      } else {
        to.host.run(life, this::arrive);
      }
    }

    private void arrive() {
      if (trace != null) {
        trace.accept("%.6f %s > %s: %s".formatted(nowNanos / 1e9, from, to, message));
      }
      sender = from;
      to.receive(ref, message);
      sender = null;
    }
  }

  /** Sends what the actor at work tells to {@code ref}. */
  void send(SimActor<?> to, SimRef<?> ref, Object message) {
    send(to, to, ref, message);
  }

  /**
   * Sends what the actor at work tells.
   *
   * @param channel the way it takes: the order of messages from one actor on one way is kept
   */
  void send(SimActor<?> to, Object channel, SimRef<?> ref, Object message) {
    var from = current;
    if (dropped.test(message)) {
      return;
    }
    if (from == null) {
      heap.add(nowNanos + network.latency(to.host, to.host), new Delivery(null, to, ref, message));
    } else if (from == to) {
      heap.add(nowNanos, new Delivery(from, to, ref, message));
    } else if (!network.loses(from.host, to.host)) {
      var at = nowNanos + network.latency(from.host, to.host);
      heap.add(from.inOrder(channel, at), new Delivery(from, to, ref, message));
    }
  }

  /** Sends at an instant that the caller chose. */
  void sendAt(long atNanos, SimRef<?> ref, Object message) {
    heap.add(atNanos, new Delivery(null, ref.owner, ref, message));
  }
}
