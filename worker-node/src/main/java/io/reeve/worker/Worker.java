package io.reeve.worker;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import io.reeve.worker.link.ConnectionEvent;
import io.reeve.worker.link.ConnectionParts;
import io.reeve.worker.link.Identity;
import io.reeve.worker.link.PoolConnection;
import io.reeve.worker.pool.Pool;
import io.reeve.worker.settings.PoolSettings;
import io.reeve.worker.settings.WorkerSettings;
import io.reeve.worker.slot.Attempt;
import io.reeve.worker.slot.Execution;
import io.reeve.worker.slot.Figures;
import io.reeve.worker.slot.Handlers;
import io.reeve.worker.slot.ProgressInbox;
import io.reeve.worker.slot.SlotThreads;
import io.reeve.worker.slot.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks for a Reeve server: connects its pools, takes what they have room for, calls the
 * handlers, and reports how it ended, across broken connections and restarts of the server.
 *
 * <pre>{@code
 * try (var worker = Worker.builder()
 *     .handler("greet", task -> "Hello, " + task.text() + "!")
 *     .handler("resize", Picture.class, (picture, task) -> resize(picture))
 *     .build()) {
 *   worker.start();
 *   worker.awaitTermination();
 * }
 * }</pre>
 *
 * <p>Settings come from {@code reeve.worker} of the configuration, the environment above it, and
 * the builder above both; see {@code reference.conf}. All methods are safe for use by any thread.
 */
public final class Worker implements AutoCloseable {

  private final WorkerSettings settings;
  private final Handlers handlers;
  private final WorkerListener listener;
  private final Ambient ambient;
  private final ObjectMapper json;
  private final Config config;
  private final String id;
  private final Map<String, PoolSettings> pools;
  private final String incarnation;
  private final Map<String, Workload> workloads = new LinkedHashMap<>();
  private final Map<String, Integer> lives = new HashMap<>();
  private final CountDownLatch terminated = new CountDownLatch(1);
  private final AtomicReference<PoolEnd> worstEnd = new AtomicReference<>(PoolEnd.DRAINED);
  private @Nullable ActorSystem<Guardian.Command> system;
  private boolean closed;

  Worker(
      WorkerSettings settings,
      Map<String, PoolSettings> pools,
      Handlers handlers,
      WorkerListener listener,
      Ambient ambient,
      ObjectMapper json,
      Config config) {
    this.settings = settings;
    this.pools = new LinkedHashMap<>(pools);
    this.handlers = handlers;
    this.listener = listener;
    this.ambient = ambient;
    this.incarnation = ambient.incarnations().get();
    this.json = json;
    this.config = config;
    this.id =
        settings.workerId().isEmpty() ? ambient.host() + "-" + ambient.pid() : settings.workerId();
  }

  /** A worker that is put together from the configuration and environment of the process. */
  public static WorkerBuilder builder() {
    return new WorkerBuilder();
  }

  /** Names the worker in records and logs. */
  public String id() {
    return id;
  }

  /**
   * Starts the pools and returns at once; they connect by themselves, for as long as it takes.
   *
   * @throws IllegalStateException when it was started or closed before
   */
  public synchronized Worker start() {
    if (system != null || closed) {
      throw new IllegalStateException("expected a new worker, got one that was started or closed");
    }
    var names = List.copyOf(pools.keySet());
    var root =
        Guardian.create(
            new Guardian.Parts(
                names.size(),
                (index, events) -> freshPool(names.get(index)).behavior(events),
                this::poolEnded,
                settings.slot().restart(),
                ambient.nanos(),
                ambient.random().get()));
    var own = config.getConfig("reeve.worker.actor-system").withFallback(config);
    var started = ActorSystem.create(root, "reeve-worker", own);
    started.getWhenTerminated().whenComplete((done, failure) -> terminated.countDown());
    system = started;
    return this;
  }

  /**
   * Starts to end the worker by its drain settings and returns at once. The worker takes no new
   * tasks, hands waiting tasks back, and finishes or hands back running tasks. A second call has no
   * effect.
   */
  public synchronized void drain() {
    drain("the worker was asked to end");
  }

  synchronized void drain(String reason) {
    if (system == null) {
      closed = true;
      terminated.countDown();
    } else {
      system.tell(new Guardian.DrainAll(reason));
    }
  }

  /** Drains without waiting for running tasks: they are cancelled and handed back at once. */
  synchronized void handBack(String reason) {
    if (system == null) {
      drain(reason);
    } else {
      system.tell(new Guardian.HandBackAll(reason));
    }
  }

  WorkerSettings settings() {
    return settings;
  }

  Map<String, PoolSettings> pools() {
    return Map.copyOf(pools);
  }

  /** Waits until the worker has ended, by {@link #drain} or by order of the server. */
  public void awaitTermination() throws InterruptedException {
    terminated.await();
  }

  /**
   * Waits until the worker has ended.
   *
   * @return whether it has
   */
  public boolean awaitTermination(Duration atMost) throws InterruptedException {
    return terminated.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** The worst of the ends of its pools so far; {@link PoolEnd#DRAINED} when none has ended. */
  public PoolEnd worstEnd() {
    var worst = worstEnd.get();
    return worst == null ? PoolEnd.DRAINED : worst;
  }

  /** The figures of each pool, by name; empty before the start. */
  public synchronized Map<String, Figures> figures() {
    var figures = new LinkedHashMap<String, Figures>();
    workloads.forEach((name, workload) -> figures.put(name, workload.figures()));
    return figures;
  }

  /**
   * Drains and waits for the end, at most as long as the drain settings allow; then ends whatever
   * is left. Again changes nothing.
   */
  @Override
  public void close() {
    drain("the worker was closed");
    var drain = settings.drain();
    var bound =
        drain
            .finishWithin()
            .plus(settings.slot().cancelGrace())
            .plus(settings.slot().watchInterval().multipliedBy(2))
            .plus(drain.settleWithin())
            .plusSeconds(2);
    try {
      if (!awaitTermination(bound)) {
        terminate();
        terminated.await(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException interrupted) {
      terminate();
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void terminate() {
    if (system != null) {
      system.terminate();
    }
  }

  /** A pool that has held nothing yet; one of the same name before it is no more. */
  private synchronized PoolParts freshPool(String name) {
    var before = workloads.get(name);
    var life = before == null ? 0 : lives.merge(name, 1, Integer::sum);
    var fresh = new PoolParts(name, life == 0 ? incarnation : incarnation + "." + life);
    workloads.put(name, fresh.workload);
    if (before != null) {
      before.close();
      before.handBackRunning();
    }
    return fresh;
  }

  private void poolEnded(PoolEnd end) {
    worstEnd.accumulateAndGet(end, PoolEnd::worse);
  }

  // ---- Wiring of one pool -----------------------------------------------------------------------

  /**
   * The parts of one pool. The workload exists before the actors that it reports to, which are
   * looked up when there is something to report.
   */
  private final class PoolParts {
    private final String name;
    private final String incarnation;
    private final PoolSettings pool;
    private final AtomicReference<ActorRef<PoolConnection.Command>> link = new AtomicReference<>();
    private final AtomicReference<ActorRef<Pool.Command>> self = new AtomicReference<>();
    private final Executor threads;
    private final Workload workload;
    private final ProgressInbox progress;
    private final Execution execution;

    PoolParts(String name, String incarnation) {
      this.name = name;
      this.incarnation = incarnation;
      this.pool = pools.getOrDefault(name, settings.pool());
      this.threads = SlotThreads.of(settings.slot().threads(), "reeve-" + name);
      this.execution = new Execution(handlers, json);
      this.progress = new ProgressInbox(() -> tell(link, PoolConnection.ProgressWaiting.INSTANCE));
      this.workload =
          new Workload(
              pool.slots(),
              pool.prefetch(),
              pool.urgentPercentage(),
              threads,
              new Workload.Listener() {
                @Override
                public void ended() {
                  tell(link, PoolConnection.Flush.INSTANCE);
                }

                @Override
                public void emptied() {
                  tell(self, Pool.Emptied.INSTANCE);
                }
              });
    }

    Behavior<Pool.Command> behavior(ActorRef<Pool.Event> events) {
      return Behaviors.setup(
          context -> {
            self.set(context.getSelf());
            return Pool.create(poolParts(), events);
          });
    }

    private Pool.Parts poolParts() {
      return new Pool.Parts(
          identity(),
          pool,
          settings.slot(),
          settings.drain(),
          settings.statisticsInterval(),
          workload,
          execution,
          listener,
          this::linkBehavior,
          ambient.nanos(),
          ambient.random().get());
    }

    private Behavior<PoolConnection.Command> linkBehavior(ActorRef<ConnectionEvent> events) {
      var surroundings =
          new Attempt.Surroundings(
              ambient.nanos(), threads, progress::add, json, execution::resultMax);
      var parts =
          new ConnectionParts(
              identity(),
              settings.endpoints(),
              settings.link(),
              workload,
              execution,
              progress,
              surroundings,
              ambient.figures().get(),
              ambient.nanos(),
              ambient.millis(),
              ambient.random().get());
      return Behaviors.setup(
          context -> {
            link.set(context.getSelf());
            return PoolConnection.create(parts, events);
          });
    }

    private Identity identity() {
      var version = Worker.class.getPackage().getImplementationVersion();
      return new Identity(
          id,
          name,
          incarnation,
          handlers.kinds(),
          pool.queues(),
          pool.capacity(),
          pool.urgentPercentage(),
          "reeve-worker-java/" + (version == null ? "unreleased" : version),
          ambient.host(),
          ambient.pid(),
          settings.labels());
    }

    private static <T> void tell(AtomicReference<ActorRef<T>> to, T message) {
      var ref = to.get();
      if (ref != null) {
        ref.tell(message);
      }
    }
  }

  /** For the builder: names for a number of pools that are all alike. */
  static List<String> poolNames(int count) {
    var names = new ArrayList<String>(count);
    for (int number = 1; number <= count; number++) {
      names.add("pool-" + number);
    }
    return names;
  }
}
