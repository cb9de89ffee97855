package io.reeve.node;

import com.typesafe.config.Config;
import io.reeve.dispatch.Dispatcher;
import io.reeve.dispatch.DispatcherSettings;
import io.reeve.domain.partition.LiveBudget;
import io.reeve.domain.partition.Now;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.edge.grpc.worker.SessionFactory;
import io.reeve.journal.JournalRetention;
import io.reeve.node.cluster.ClusterSettings;
import io.reeve.node.cluster.Role;
import io.reeve.node.store.MemberDirectory;
import io.reeve.node.store.PartitionGrowth;
import io.reeve.node.store.Store;
import io.reeve.node.store.StoreException;
import io.reeve.node.store.StoreSenses;
import io.reeve.node.store.Stores;
import io.reeve.node.time.ClockSettings;
import io.reeve.node.time.SteadyClock;
import io.reeve.partition.Figures;
import io.reeve.partition.Partition;
import io.reeve.partition.PartitionSettings;
import io.reeve.partition.Partitions;
import io.reeve.session.Session;
import io.reeve.session.SessionTuning;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a node in production: the store that the configuration names, and the actors on it.
 */
final class ProductionParts implements Parts {

  private static final Logger LOG = LoggerFactory.getLogger(ProductionParts.class);

  private final LongAdder deadForgotten = new LongAdder();
  private final Figures figures = new Figures();
  private final Store store;
  private final PartitionGrowth growth;
  private final Config config;
  private final PartitionSettings partitionSettings;
  private final DispatcherSettings dispatcherSettings;
  private final SessionTuning sessionTuning;
  private final Session.Settings sessionSettings;
  private final ClusterSettings cluster;
  private final Senses senses;
  private final SteadyClock clock;
  private final HeapShares heap;
  private final CompletableFuture<String> heapTooSmall = new CompletableFuture<>();
  private @Nullable JournalRetention retention;

  /**
   * What actors take from the world.
   *
   * @param clock the machine's, which may jump
   * @param nanoTime monotonic
   * @param random fit for secrets
   */
  record Senses(Clock clock, LongSupplier nanoTime, RandomGenerator random) {}

  /** Checks the settings of all parts, then opens the store. */
  static Parts open(Config config, Senses senses) {
    return new ProductionParts(config, senses);
  }

  private ProductionParts(Config config, Senses senses) {
    this.config = config;
    this.senses = senses;
    this.partitionSettings = PartitionSettings.of(config);
    this.dispatcherSettings = DispatcherSettings.from(config);
    this.sessionTuning = SessionTuning.from(config);
    this.sessionSettings =
        Session.Settings.from(config, config.getDuration("reeve.partition.lease.duration"));
    this.cluster = ClusterSettings.from(config);
    var slewMax = ClockSettings.from(config).slewMax();
    this.heap =
        HeapShares.of(
            Runtime.getRuntime().maxMemory(),
            ManagementFactory.getMemoryPoolMXBeans(),
            partitionSettings.memory());
    LOG.info("{}", heap);
    this.store = openStore(config, cluster, senses);
    var opened = false;
    try {
      this.growth = PartitionGrowth.of(store, partitionSettings.count());
      // The store's where nodes share one: theirs may differ, and partitions move.
      this.clock =
          SteadyClock.start(
              () -> store.clockMs().orElseGet(senses.clock()::millis), senses.nanoTime(), slewMax);
      opened = true;
    } finally {
      if (!opened) {
        store.close();
      }
    }
  }

  /** Nodes that know of each other by their configuration only must have the same store. */
  private static Store openStore(Config config, ClusterSettings cluster, Senses senses) {
    var store = Stores.open(config, new StoreSenses(senses.nanoTime(), senses.random()));
    if (!cluster.seedNodes().isEmpty() && !store.shared()) {
      store.close();
      throw new IllegalArgumentException(
          "reeve.cluster.seed-nodes: expected a store that all nodes share, such as"
              + " reeve.store.url = \"postgres://...\", got the embedded one");
    }
    if (cluster.roles().size() < Role.values().length && !store.shared()) {
      store.close();
      throw new IllegalArgumentException(
          "reeve.node.roles: expected edge and tasks, since a node with the embedded store is"
              + " alone, got "
              + cluster.roles().iterator().next().word()
              + "; nodes with one role need a store that all share, such as reeve.store.url ="
              + " \"postgres://...\"");
    }
    return store;
  }

  @Override
  public Config pekkoConfig() {
    return cluster.pekkoConfig(store.shared(), growth.count()).withFallback(store.pekkoConfig());
  }

  @Override
  public int partitionCount() {
    return growth.count();
  }

  @Override
  public Optional<PartitionCounts> keptCounts() {
    return growth.kept();
  }

  @Override
  public PartitionCounts keepCounts() {
    return growth.keep(clock.millis());
  }

  @Override
  public Duration requestsKept() {
    return Duration.ofMillis(partitionSettings.partition().limits().requests().keptMs());
  }

  @Override
  public LongSupplier nanoTime() {
    return senses.nanoTime();
  }

  @Override
  public SteadyClock clock() {
    return clock;
  }

  /** A node that owns no tasks stores no rows, and opens no connections for them. */
  @Override
  public Supplier<Optional<String>> storeProbe(ActorSystem<?> system) {
    return cluster.roles().contains(Role.TASKS)
        ? store.probe(system)
        : () ->
            store.answers() ? Optional.empty() : Optional.of(store.where() + " does not answer");
  }

  @Override
  public CompletionStage<StoreException> storeBroken() {
    return store.broken();
  }

  @Override
  public Optional<MemberDirectory> members() {
    return store.members();
  }

  @Override
  public String where() {
    return store.where();
  }

  @Override
  public Figures figures() {
    return figures;
  }

  @Override
  public LongSupplier deadForgotten() {
    return deadForgotten::sum;
  }

  @Override
  public Function<EntityContext<Partition.Command>, Behavior<Partition.Command>> partitions(
      ActorSystem<?> system) {
    var budget = new LiveBudget(heap.live(), heap.liveLimit(), this::onHeapExhausted);
    var settings = boundedByHeap(partitionSettings.partition());
    var snapshots = store.snapshots(system, senses.nanoTime());
    var removal = retention(system);
    return entity -> {
      // Jitter needs no secrets, and a source of them is slow and shared.
      var jitter = new SplittableRandom(senses.random().nextLong());
      var surroundings =
          new Partition.Surroundings(
              () -> new Now(clock.millis(), senses.nanoTime().getAsLong()),
              jitter::nextDouble,
              senses.random()::nextLong,
              store::fenced,
              store::room,
              budget,
              snapshots,
              removal,
              deadForgotten::add,
              figures);
      return Partition.create(Integer.parseInt(entity.getEntityId()), settings, surroundings);
    };
  }

  /** One for all, so that together they leave writers their share of the time. */
  private JournalRetention retention(ActorSystem<?> system) {
    var started = retention == null ? store.retention(system, senses.nanoTime()) : retention;
    retention = started;
    return started;
  }

  /** Where keys have their homes; and all partitions may come to be here. */
  private Partition.Settings boundedByHeap(Partition.Settings settings) {
    return new Partition.Settings(
        settings
            .limits()
            .withFinishedBytesMax(heap.finished() / growth.count())
            .withHomesOfKeys(growth.withFormer()),
        settings.queue(),
        settings.batch(),
        settings.watchersMax(),
        settings.snapshots(),
        settings.restart());
  }

  /** The partition tries again: another one may leave. A node that is alone waits for nobody. */
  private void onHeapExhausted(long neededBytes) {
    var words = heap.tooSmallFor(neededBytes);
    LOG.error("{}", words);
    if (!store.shared()) {
      heapTooSmall.complete(words);
    }
  }

  @Override
  public CompletionStage<String> heapTooSmall() {
    return heapTooSmall;
  }

  @Override
  public Behavior<Dispatcher.Command> dispatcher(
      ActorSystem<?> system, Partitions partitions, LongConsumer onEpoch) {
    return Dispatcher.create(
        partitions,
        dispatcherSettings,
        config.getString("reeve.node.name"),
        clock,
        senses.nanoTime(),
        retention(system),
        onEpoch);
  }

  @Override
  public SessionFactory sessions(
      ActorSystem<?> system, Partitions partitions, RecipientRef<Dispatcher.Command> dispatcher) {
    var environment =
        new Session.Environment(
            partitions,
            dispatcher,
            sessionSettings,
            sessionTuning,
            senses.nanoTime(),
            this::sessionId);
    return (stream, card) -> Session.create(stream, card, environment).narrow();
  }

  @Override
  public void close() {
    store.close();
  }

  /** 128 random bits in hexadecimal: whoever can guess one could take over a worker's leases. */
  private String sessionId() {
    var bytes = new byte[16];
    senses.random().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
