package io.reeve.node;

import com.typesafe.config.Config;
import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.edge.grpc.worker.SessionFactory;
import io.reeve.node.store.MemberDirectory;
import io.reeve.node.store.StoreException;
import io.reeve.node.time.SteadyClock;
import io.reeve.partition.Figures;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityContext;

/**
 * The actors that a node is made of, and the store below them. A test puts others in their place.
 * Closed after the actor system has ended.
 */
interface Parts extends AutoCloseable {

  /** Opens the parts of a node with this configuration. */
  @FunctionalInterface
  interface Opener {
    Parts open(Config config);
  }

  /** What the actor system needs for them; lies below the operator's configuration. */
  Config pekkoConfig();

  /** Where tasks are kept, in a few words for people; without secrets. */
  String where();

  /** A clock that only runs forward, in nanoseconds from an arbitrary start. */
  LongSupplier nanoTime();

  /** What time it is, for delays, expiry and all that is stored. */
  SteadyClock clock();

  /**
   * What tells what keeps rows from being stored just now; empty: nothing. May block for some
   * seconds.
   */
  Supplier<Optional<String>> storeProbe(ActorSystem<?> system);

  /** Completed once the store must not be used any more, so that the node has to end. */
  CompletionStage<StoreException> storeBroken();

  /** Where the members of the cluster announce themselves; empty: there are no other members. */
  Optional<MemberDirectory> members();

  /** How many partitions this node works with. */
  int partitionCount();

  /** With how many there were before, if the store knows all that; else see {@link #keepCounts}. */
  Optional<PartitionCounts> keptCounts();

  /**
   * Has the store keep how many partitions there are. Called once this node is a member of its
   * cluster, before it takes tasks; blocks.
   */
  PartitionCounts keepCounts();

  /** How long a partition remembers a request id. */
  Duration requestsKept();

  /** Makes the owner of the partition that the context names. */
  Function<EntityContext<Partition.Command>, Behavior<Partition.Command>> partitions(
      ActorSystem<?> system);

  /**
   * The dispatcher of the cluster.
   *
   * @param onEpoch told each epoch that it works under
   */
  Behavior<Dispatcher.Command> dispatcher(
      ActorSystem<?> system, Partitions partitions, LongConsumer onEpoch);

  /** What makes the sessions of this node. */
  SessionFactory sessions(
      ActorSystem<?> system, Partitions partitions, RecipientRef<Dispatcher.Command> dispatcher);

  /** What the partitions of this node do; parts that do not say count nothing. */
  default Figures figures() {
    return new Figures();
  }

  /** Open dead letters that the bounds of partitions pushed out in this process. */
  default LongSupplier deadForgotten() {
    return () -> 0;
  }

  @Override
  void close();

  /**
   * Completes once the heap cannot hold the tasks of the partitions here, with words for the
   * operator. Never, where other nodes could take the partitions.
   */
  default CompletionStage<String> heapTooSmall() {
    return new CompletableFuture<>();
  }
}
