package io.reeve.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.Demand;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.domain.task.Rejection;
import io.reeve.edge.grpc.worker.SessionFactory;
import io.reeve.node.store.MemberDirectory;
import io.reeve.node.store.StoreException;
import io.reeve.node.time.SteadyClock;
import io.reeve.partition.Clients;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityContext;

/** Partitions that know no task, a dispatcher that does nothing, sessions that stay silent. */
final class PlayedParts implements Parts {

  /** Makes every session fail to start, which is a fault of the node. */
  boolean sessionsFail;

  /** A task is to be cancelled, which no partition here answers. */
  final CountDownLatch cancelling = new CountDownLatch(1);

  /** A test completes it to break the store. */
  final CompletableFuture<StoreException> broken = new CompletableFuture<>();

  @Override
  public SteadyClock clock() {
    return SteadyClock.start(Clock.systemUTC()::millis, System::nanoTime, 0.01);
  }

  @Override
  public Config pekkoConfig() {
    return ConfigFactory.empty();
  }

  @Override
  public String where() {
    return "nothing kept";
  }

  @Override
  public Function<EntityContext<Partition.Command>, Behavior<Partition.Command>> partitions(
      ActorSystem<?> system) {
    return entity ->
        Behaviors.receiveMessage(
            command -> {
              if (command instanceof Partition.HandOff) {
                return Behaviors.stopped();
              }
              if (command instanceof Clients.Cancel) {
                cancelling.countDown();
              }
              if (command instanceof Clients.Get get) {
                get.replyTo()
                    .tell(
                        new Clients.Refused(new Rejection(Rejection.Code.UNKNOWN_TASK, "played")));
              }
              return Behaviors.same();
            });
  }

  @Override
  public Behavior<Dispatcher.Command> dispatcher(
      ActorSystem<?> system, Partitions partitions, LongConsumer onEpoch) {
    return Behaviors.receiveMessage(
        message -> {
          if (message instanceof Dispatcher.ShowEpoch show) {
            show.replyTo().tell(new Dispatcher.EpochShown(1));
          }
          if (message instanceof Dispatcher.ShowDemand show) {
            var demand = new Demand(0, 0, 0, 5, 5, 0, 5, 2, 0);
            show.replyTo().tell(new Dispatcher.DemandShown(1, demand));
          }
          return Behaviors.same();
        });
  }

  @Override
  public int partitionCount() {
    return 4;
  }

  @Override
  public Optional<PartitionCounts> keptCounts() {
    return Optional.empty();
  }

  @Override
  public PartitionCounts keepCounts() {
    return PartitionCounts.always(4);
  }

  @Override
  public Duration requestsKept() {
    return Duration.ofHours(1);
  }

  @Override
  public LongSupplier nanoTime() {
    return System::nanoTime;
  }

  @Override
  public Supplier<Optional<String>> storeProbe(ActorSystem<?> system) {
    return Optional::empty;
  }

  @Override
  public CompletionStage<StoreException> storeBroken() {
    return broken;
  }

  @Override
  public Optional<MemberDirectory> members() {
    return Optional.empty();
  }

  @Override
  public SessionFactory sessions(
      ActorSystem<?> system, Partitions partitions, RecipientRef<Dispatcher.Command> dispatcher) {
    return (stream, card) -> {
      if (sessionsFail) {
        throw new IllegalStateException("played");
      }
      return Behaviors.empty();
    };
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
