package io.reeve.partition;

import io.reeve.domain.partition.Incoming;
import io.reeve.domain.partition.Limits;
import io.reeve.domain.partition.LiveBudget;
import io.reeve.domain.partition.Now;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.TaskState;
import io.reeve.journal.JournalRetention;
import io.reeve.journal.JournalRoom;
import io.reeve.journal.SnapshotSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.jspecify.annotations.Nullable;

/**
 * Owns the tasks of one partition, and is the only writer of their journal.
 *
 * <p>A reply is sent only after the events behind it are durable, so a caller that got one may
 * forget the command; a caller that got none may repeat it, since a repeat changes nothing.
 */
public final class Partition {

  public static final EntityTypeKey<Command> TYPE_KEY =
      EntityTypeKey.create(Command.class, "partition");

  private Partition() {}

  // ---- Construction ---------------------------------------------------------------------------

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
   */
  public record Surroundings(
      Supplier<Now> now,
      DoubleSupplier random,
      LongSupplier incarnation,
      Predicate<Throwable> fenced,
      Supplier<JournalRoom> room,
      LiveBudget budget,
      SnapshotSink snapshots,
      JournalRetention retention) {}

  /** The persistence id of a partition: never changes. */
  public static PersistenceId persistenceId(int partition) {
    return PersistenceId.of("partition", Integer.toString(partition));
  }

  /** The behaviour of the partition with this number. */
  public static Behavior<Command> create(
      int partition, Settings settings, Surroundings surroundings) {
    return PartitionFront.create(
        settings,
        surroundings.now(),
        surroundings.random(),
        surroundings.room(),
        front -> PartitionWriter.create(partition, settings, surroundings, front));
  }

  // ---- Protocol: what clients ask ------------------------------------------------------------

  public sealed interface Command extends Wire {}

  /**
   * Adds tasks, all or none, in one journal row. Tasks of a submission share most of their
   * settings, so each different profile travels once, and a task costs some 50 bytes beside its
   * spec.
   *
   * @param requestId makes a repeat harmless; empty: none
   * @param bodyHash of the submission's bytes; the same request id with another one is refused
   * @param profiles the different profiles of the tasks
   */
  public record Submit(
      String requestId,
      long bodyHash,
      List<TaskProfile> profiles,
      List<PackedTask> packed,
      ActorRef<Reply> replyTo)
      implements Command {

    /** Packs {@code tasks}. */
    public static Submit of(
        String requestId, long bodyHash, List<NewTask> tasks, ActorRef<Reply> replyTo) {
      var indexes = new HashMap<TaskProfile, Integer>();
      var profiles = new ArrayList<TaskProfile>();
      var packed = new ArrayList<PackedTask>(tasks.size());
      for (var task : tasks) {
        var known = indexes.putIfAbsent(task.profile(), profiles.size());
        if (known == null) {
          profiles.add(task.profile());
        }
        packed.add(
            new PackedTask(
                known == null ? profiles.size() - 1 : known,
                task.notBeforeMs(),
                task.delayMs(),
                task.spec()));
      }
      return new Submit(requestId, bodyHash, profiles, packed, replyTo);
    }

    /** The tasks, unpacked anew with each call. */
    public List<NewTask> tasks() {
      var tasks = new ArrayList<NewTask>(packed.size());
      for (var task : packed) {
        tasks.add(
            new NewTask(
                profiles.get(task.profile()), task.notBeforeMs(), task.delayMs(), task.spec()));
      }
      return tasks;
    }
  }

  /**
   * A {@link NewTask} on its way.
   *
   * @param profile index into the submission's profiles
   */
  public record PackedTask(int profile, long notBeforeMs, long delayMs, byte[] spec)
      implements Wire {}

  /**
   * A task to add. It is due at {@code notBeforeMs} or {@code delayMs} after it was taken in,
   * whichever is given; at once when both are 0.
   *
   * @param spec bytes of its reeve.v1.TaskSpec; kept and never changed
   */
  public record NewTask(TaskProfile profile, long notBeforeMs, long delayMs, byte[] spec)
      implements Incoming {}

  /**
   * Asks for what an earlier {@link Submit} with this request id added, and adds nothing. Answered
   * like a repeat of it, or by {@link NeverSubmitted}.
   */
  public record FindRequest(String requestId, long bodyHash, ActorRef<Reply> replyTo)
      implements Command {}

  /** Asks for one task. */
  public record Get(long sequence, ActorRef<Reply> replyTo) implements Command {}

  /**
   * Asks for tasks with a sequence number above {@code after}, in order.
   *
   * @param states any of these; empty: all
   * @param queue exact match; empty: any; kind and tenant alike
   * @param scanMax tasks looked at, at most
   * @param bytesMax of the page, about; one task alone may have more
   * @param omitBytes leave payloads and results out
   */
  public record ListTasks(
      long after,
      int pageSize,
      int scanMax,
      long bytesMax,
      boolean omitBytes,
      Set<TaskState> states,
      String queue,
      String kind,
      String tenant,
      ActorRef<Reply> replyTo)
      implements Command {}

  /**
   * Sends the task as it is, and again after each change, until it is terminal. Ends when {@code
   * watcher} stops.
   */
  public record Watch(long sequence, ActorRef<Reply> watcher) implements Command {}

  /** Ends a task that is not terminal. A running attempt is told to stop. */
  public record Cancel(long sequence, String reason, ActorRef<Reply> replyTo) implements Command {}

  // ---- Protocol: what the dispatcher says ------------------------------------------------------

  /**
   * A dispatcher began to work, or wants to know where it stands. The partition answers with an
   * {@link Inventory}; from then on it takes grants of this epoch only, and has dropped all older
   * ones. A lower epoch than the highest seen is refused by {@link Superseded}.
   */
  public record Greet(long epoch, ActorRef<ToDispatcher> dispatcher) implements Command {}

  /**
   * Proposes to lease up to {@code count} ready tasks of one class to a session. Whatever cannot be
   * leased at once is given back: the grant is done with the next {@link Report}.
   *
   * @param seq numbers the grants of an epoch to this partition, increasing
   * @param sessionNo of the holder's session; older than the one attached means refused
   */
  public record Grant(
      long epoch,
      long seq,
      TaskClass taskClass,
      int count,
      String holder,
      int sessionNo,
      String workerId,
      ActorRef<ToSession> session)
      implements Command {}

  /**
   * Proposes to lease the next {@code count} tasks that become ready here and match, until it is
   * used up or revoked. It makes an idle system start a task in the batch that stores it. Tasks
   * that are ready when it arrives are taken too.
   *
   * @param queues which queues the session serves; "*" alone: any; kinds alike
   */
  public record StandingGrant(
      long epoch,
      long seq,
      Set<String> queues,
      Set<String> kinds,
      int count,
      String holder,
      int sessionNo,
      String workerId,
      ActorRef<ToSession> session)
      implements Command {}

  /** Takes standing grants back. What was leased of them meanwhile stays leased and is reported. */
  public record Revoke(long epoch, List<Long> seqs) implements Command {}

  /**
   * All that the dispatcher believes of this partition, at intervals: messages between nodes may be
   * lost. Answered by a {@link Report} of what is otherwise, and by none when nothing is; by an
   * {@link Inventory} when this partition has not heard of the epoch, or started since.
   *
   * @param incarnation the dispatcher knows this start of the partition
   * @param sentSeq the newest grant; all up to it have arrived by now, or never will
   * @param heardSeq up to which grants reports came
   * @param ready every class believed to have ready tasks
   * @param standing every standing grant believed to be open; done: it was revoked
   */
  public record Audit(
      long epoch,
      long incarnation,
      long sentSeq,
      long heardSeq,
      List<ReadyCount> ready,
      List<GrantUse> standing,
      ActorRef<ToDispatcher> dispatcher)
      implements Command {
    Greet greeting() {
      return new Greet(epoch, dispatcher);
    }
  }

  // ---- Protocol: what sessions say -----------------------------------------------------------

  /**
   * A session takes over, or confirms, the leases of its holder here: after a broken stream was
   * resumed, and after this partition restarted. Leases delivered under an older session number
   * that are not in {@code held} are released and do not count as attempts. Answered by {@link
   * Attached}.
   */
  public record Attach(
      String holder, int sessionNo, ActorRef<ToSession> session, List<LeaseKey> held)
      implements Command {}

  /** Names one lease of this partition. */
  public record LeaseKey(long sequence, long fence) implements Wire {}

  /**
   * The worker beats: all leases of the holder last for one more lease duration. Not journalled.
   *
   * @param session who speaks for the holder, should the partition not know; null: an older node
   */
  public record Renew(String holder, int sessionNo, @Nullable ActorRef<ToSession> session)
      implements Command {}

  /**
   * Reports ended attempts. Answered by {@link SettleAcked}, after the events are durable.
   *
   * @param batch the session's number for this batch; 0 when the session hands leases back itself
   */
  public record Settle(
      String holder, long batch, List<Settlement> settlements, ActorRef<ToSession> session)
      implements Command {}

  /** How far an attempt is. Kept in memory and told to watchers. */
  public record ReportProgress(long sequence, long fence, double percent, String message)
      implements Command {}

  /**
   * The holder is gone for good: its leases end now. Of a holder that was lost the attempts count
   * as failed and run again at once while attempts are left; of one that left in order they do not
   * count.
   *
   * @param session who says so: two sessions may bear one number, and the other one may live
   */
  public record HolderGone(String holder, int sessionNo, boolean lost, ActorRef<ToSession> session)
      implements Command {}

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

  /** The watcher stopped. */
  record Unwatch(long sequence, ActorRef<Reply> watcher) implements Internal {}

  // ---- Replies to clients ----------------------------------------------------------------------

  public sealed interface Reply extends Wire {}

  /**
   * The tasks are durable. They have consecutive sequence numbers.
   *
   * @param already an earlier submission with the same request id had added them
   */
  public record Submitted(
      int partition, long firstSequence, int count, long submittedAtMs, boolean already)
      implements Reply {}

  /** No submission with this request id is remembered here. */
  public record NeverSubmitted(String requestId) implements Reply {}

  /** The task asked for. To a {@link Watch}, one for each change. */
  public record Found(TaskView task) implements Reply {}

  /**
   * @param next pass it as {@code after} for the next page; -1 when there is none
   */
  public record Listed(List<TaskView> tasks, long next) implements Reply {}

  public record Refused(Rejection rejection) implements Reply {}

  // ---- What partitions tell the dispatcher -----------------------------------------------------

  public sealed interface ToDispatcher extends Wire {}

  /**
   * Where the partition stands; the answer to {@link Greet}, and the first word after each start.
   *
   * @param incarnation differs with each start of the partition; grants of an older one are void
   * @param ready every class with ready tasks
   * @param leases per holder the number of leases, of this incarnation or an older one
   */
  public record Inventory(
      int partition,
      long incarnation,
      long epoch,
      List<ReadyCount> ready,
      List<HolderLeases> leases,
      ActorRef<Command> self)
      implements ToDispatcher {}

  /**
   * What changed since the last report. Counts are absolute and take every grant up to {@code
   * lastSeq} into account, so a lost or repeated report cannot make them drift.
   *
   * @param ready the classes whose ready count changed
   * @param grants the grants of which something was leased or that are done
   */
  public record Report(
      int partition,
      long incarnation,
      long epoch,
      long lastSeq,
      List<ReadyCount> ready,
      List<GrantUse> grants)
      implements ToDispatcher {}

  /**
   * The partition heeds a dispatcher of this higher epoch. Told to the one it heeded before, and to
   * one that greets under a lower epoch.
   */
  public record Superseded(long epoch) implements ToDispatcher {}

  /** Ready tasks of one class. */
  public record ReadyCount(TaskClass taskClass, int ready) implements Wire {}

  /** Leases of one holder. */
  public record HolderLeases(String holder, int leases) implements Wire {}

  /**
   * @param leased tasks leased under the grant so far
   * @param done nothing more will be leased under it
   */
  public record GrantUse(long seq, int leased, boolean done) implements Wire {}

  // ---- What partitions tell sessions
  // -------------------------------------------------------------

  public sealed interface ToSession extends Wire {}

  /** Leases for the worker; they are durable. */
  public record Assigned(int partition, List<Assignment> assignments) implements ToSession {}

  /**
   * The batch is durable but for what was refused.
   *
   * @param refused settlements that changed nothing, each with the reason
   */
  public record SettleAcked(int partition, long batch, List<RefusedSettlement> refused)
      implements ToSession {}

  public record RefusedSettlement(long sequence, long fence, Rejection rejection) implements Wire {}

  /** These leases ended without the worker: it must stop their attempts. */
  public record LeasesEnded(int partition, List<EndedLease> leases) implements ToSession {}

  public record EndedLease(long sequence, long fence, EndReason reason, String message)
      implements Wire {}

  public enum EndReason {
    CANCELLED,
    TIMED_OUT,
    LEASE_LOST
  }

  /**
   * The session is the holder's now.
   *
   * @param lost of the leases it named those that are not its own any more
   */
  public record Attached(int partition, int sessionNo, List<LeaseKey> lost) implements ToSession {}

  /**
   * Leases that the holder has here, at intervals: what brought them may have been lost between
   * nodes. It follows every {@link Assigned} that they left with, so a session that does not know
   * one will never get it, and hands it back.
   */
  public record LeasesHeld(int partition, List<LeaseKey> leases) implements ToSession {}
}
