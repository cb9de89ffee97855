package io.reeve.node.store;

import com.typesafe.config.Config;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.journal.JournalRetention;
import io.reeve.journal.JournalRoom;
import io.reeve.journal.SnapshotSink;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Where a node keeps journal and snapshots. An open store has the schema of this release, and a row
 * that the actor system's journal acknowledges is durable.
 *
 * <p>Close it after the actor system has ended. A process that is killed leaves nothing to clean
 * up. Threads: {@link #fenced} may be called by any; the rest by the one that starts the node.
 */
public interface Store extends AutoCloseable {

  /**
   * What an actor system needs to keep its journal and snapshots here. Goes below the configuration
   * of the operator and above the {@code reference.conf} of the libraries:
   *
   * <pre>{@code
   * applicationConf.withFallback(store.pekkoConfig()).withFallback(ConfigFactory.load())
   * }</pre>
   *
   * <p>Holds no secret, so it may be logged.
   */
  Config pekkoConfig();

  /**
   * Removes rows and snapshots on a thread of its own, which ends with {@code system}; that one
   * must run on {@link #pekkoConfig()}.
   *
   * @param nanoTime a monotonic clock, such as {@code System::nanoTime}
   */
  JournalRetention retention(ActorSystem<?> system, LongSupplier nanoTime);

  /**
   * Completed, by any thread, once the store must not be used any more: its files were removed, or
   * they are damaged. The node then ends.
   */
  CompletionStage<StoreException> broken();

  /**
   * Stores snapshots on a thread of its own, which ends with {@code system}.
   *
   * @param nanoTime a monotonic clock, such as {@code System::nanoTime}
   */
  SnapshotSink snapshots(ActorSystem<?> system, LongSupplier nanoTime);

  /**
   * Whether this failure of a write says that a row with its number is there already: another
   * writer has the journal of that entity.
   */
  boolean fenced(Throwable failure);

  /**
   * Whether the store answers just now; may block for some seconds. May be called by any thread.
   */
  boolean answers();

  /**
   * What tells what keeps {@code system}'s rows from being stored just now; empty: nothing. It may
   * block for some seconds, and uses the connections that the journal writes with. May be called by
   * any thread.
   */
  Supplier<Optional<String>> probe(ActorSystem<?> system);

  /** How much room the store has for rows. May be called by any thread, often. */
  JournalRoom room();

  /** Whether several nodes may use this store at once. */
  default boolean shared() {
    return members().isPresent();
  }

  /**
   * How many partitions the store has, and had before it grew, oldest first; empty: it has none.
   * Blocks.
   *
   * @throws StoreException when the store does not answer
   */
  List<PartitionCounts.Line> partitionCounts();

  /**
   * Writes down that there are this many partitions from now on. Changes nothing where that is
   * written already. Blocks, and may be called while an actor system works here.
   *
   * @throws StoreException when the store does not answer
   */
  void addPartitionCount(PartitionCounts.Line line);

  /** Where the nodes that use this store find each other; empty: there is one at a time. */
  Optional<MemberDirectory> members();

  /**
   * What the store's own clock shows that all nodes share, in milliseconds since the epoch; empty:
   * the store has none, and its only node goes by the machine's. May block for some seconds. May be
   * called by any thread.
   *
   * @throws StoreException when the store does not answer
   */
  default OptionalLong clockMs() {
    return OptionalLong.empty();
  }

  /** What and where it is, in a few words for people; without secrets. */
  String where();

  /**
   * @throws StoreException when what the store holds cannot be given back
   */
  @Override
  void close();
}
