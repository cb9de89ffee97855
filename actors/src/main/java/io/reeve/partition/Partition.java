package io.reeve.partition;

import io.reeve.domain.partition.Limits;
import io.reeve.domain.partition.LiveBudget;
import io.reeve.domain.partition.Now;
import io.reeve.journal.JournalRetention;
import io.reeve.journal.JournalRoom;
import io.reeve.journal.SnapshotSink;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.DoubleSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.jspecify.annotations.Nullable;

/**
 * Owns the tasks of one partition, and is the only writer of their journal. Its protocol has three
 * conversations: {@link Clients}, {@link Grants} with the dispatcher, {@link Leases} with sessions.
 *
 * <p>When it dies it recovers from its journal. Clients in between get a refusal and may repeat;
 * sessions and the dispatcher repeat by themselves.
 */
public final class Partition {

  public static final EntityTypeKey<Command> TYPE_KEY =
      EntityTypeKey.create(Command.class, "partition");

  private Partition() {}

  // ---- Construction -----------------------------------------------------------------------------

  /**
   * Everything a partition can be tuned by; read from {@code reeve.partition}.
   *
   * @param watchersMax watches at one time
   * @param restart how the writer comes back after a failure
   */
  public record Settings(
      Limits limits,
      Queue queue,
      BatchMax batch,
      int watchersMax,
      Snapshots snapshots,
      Backoff restart) {}

  /**
   * Bounds of the commands that wait for the journal.
   *
   * @param clientsMax commands of clients; more are refused
   * @param othersMax commands of sessions and of the dispatcher; more are dropped, and their sender
   *     repeats them
   * @param bytesMax bytes of all that wait, about; a command beyond it is refused or dropped alike
   */
  public record Queue(int clientsMax, int othersMax, long bytesMax) {}

  /**
   * Bounds of one journal row.
   *
   * @param commandsMax commands
   * @param bytesMax bytes of task specifications, results and failures, about; a single larger
   *     command is a row of its own
   * @param eventsMax events of what many tasks have in common: leases of one grant, tasks that
   *     expire or lose their holder together; more are cut over several rows
   */
  public record BatchMax(int commandsMax, int bytesMax, int eventsMax) {}

  /**
   * When snapshots are taken, and how many stay.
   *
   * @param finishedMin finished tasks between snapshots, at least
   * @param rowsMin journal rows between snapshots, at least
   * @param kept snapshots that stay, with all journal rows behind the oldest of them; 2 or more
   * @param backoff how soon one is tried again that could not be stored
   */
  public record Snapshots(long finishedMin, long rowsMin, int kept, Backoff backoff) {}

  /**
   * A wait that doubles with each failure in a row.
   *
   * @param jitter share of a wait that is random, 0 to 1
   */
  public record Backoff(Duration min, Duration max, double jitter) {

    /**
     * @param failures in a row so far, from 1
     * @param random uniform in [0, 1)
     */
    Duration before(int failures, double random) {
      var plain = min.toMillis() * Math.pow(2, failures - 1.0);
      var bounded = Math.min(plain, (double) max.toMillis());
      return Duration.ofMillis(Math.round(bounded * (1 + jitter * random)));
    }
  }

  /**
   * What a partition needs from outside.
   *
   * @param now reads both clocks
   * @param random uniform in [0, 1); for the jitter of retries
   * @param incarnation differs at each call; names one start of a partition
   * @param fenced whether a failure of the journal means that another writer has it
   * @param room how much room the journal has; asked often
   * @param budget of the live tasks of all partitions in this process
   * @param snapshots stores frozen copies of the state
   * @param retention lets journal rows go that no recovery needs
   * @param deadForgotten is told how many open dead letters the bounds pushed out
   * @param figures of all partitions in this process
   */
  public record Surroundings(
      Supplier<Now> now,
      DoubleSupplier random,
      LongSupplier incarnation,
      Predicate<Throwable> fenced,
      Supplier<JournalRoom> room,
      LiveBudget budget,
      SnapshotSink snapshots,
      JournalRetention retention,
      LongConsumer deadForgotten,
      Figures figures) {}

  /** The persistence id of a partition: never changes. */
  public static PersistenceId persistenceId(int partition) {
    return PersistenceId.of("partition", Integer.toString(partition));
  }

  /** The behaviour of the partition with this number. */
  public static Behavior<Command> create(
      int partition, Settings settings, Surroundings surroundings) {
    return Behaviors.setup(
        context -> {
          var account = surroundings.budget().open(partition);
          var self = context.getSelf();
          surroundings.figures().opened(partition, self);
          return PartitionFront.create(
              settings,
              surroundings.now(),
              surroundings.random(),
              surroundings.room(),
              account,
              () -> surroundings.figures().closed(partition, self),
              front -> PartitionWriter.create(partition, settings, surroundings, account, front));
        });
  }

  // ---- Protocol ---------------------------------------------------------------------------------

  /** What a partition is told: by clients, by the dispatcher, by sessions, and by itself. */
  public sealed interface Command extends Wire
      permits Clients.Call, Grants.FromDispatcher, Leases.FromSession, HandOff, Internal {}

  /**
   * The partition goes to another node: it ends once the write in progress is done. What waits is
   * refused with NOT_READY, since nothing of it was stored. Sent by the node that it runs on.
   */
  public record HandOff() implements Command {}

  /** What the parts of one partition tell each other; never sent from outside. */
  sealed interface Internal extends Command {}

  /** The writer has recovered, also after a failure; it takes batches. */
  record WriterReady() implements Internal {}

  /** The writer has recovered and takes reads; there is no room for the row that it begins with. */
  record WriterReads() implements Internal {}

  /** It is time to look whether the journal has room again. */
  record LookForRoom() implements Internal {}

  /**
   * The batch is durable, and the next may come.
   *
   * @param sweepInNanos when the writer has something to do by itself; Long.MAX_VALUE: never
   */
  record WriterDone(long sweepInNanos) implements Internal {}

  /**
   * The journal did not take the batch; whether it is stored is unknown.
   *
   * @param fenced another writer has the journal
   */
  record WriterFailed(Throwable cause, boolean fenced) implements Internal {}

  /**
   * A rule failed; the writer stops, and nothing of the batch is stored.
   *
   * @param culprit the command that it failed over; null: it may be any of the batch
   */
  record WriterThrew(@Nullable Command culprit, Throwable cause) implements Internal {}

  /** The wait is over: start another writer. */
  record StartWriter() implements Internal {}

  /** Something is due. */
  record Tick() implements Internal {}

  /** Somebody wants to know how the partition is; sent by its {@link Figures} in this process. */
  record Look(CompletableFuture<PartitionLook> answer) implements Internal {}

  /** The watcher stopped. */
  record Unwatch(long sequence, ActorRef<Clients.Reply> watcher) implements Internal {}
}
