package io.reeve.partition;

import io.reeve.domain.partition.DeadFilter;
import io.reeve.domain.partition.DeadLetters;
import io.reeve.domain.partition.Incoming;
import io.reeve.domain.partition.Place;
import io.reeve.domain.task.ErrorGroup;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.TaskState;
import io.reeve.domain.task.UniqueClaim;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What clients ask a partition, and what it answers.
 *
 * <p>An answer to a change is sent only after the events behind it are durable, so a client that
 * got one may forget the call; a client that got none may repeat it, since a repeat changes
 * nothing.
 */
public final class Clients {

  private Clients() {}

  // ---- What clients ask -------------------------------------------------------------------------

  /** What a client asks. Refused when it cannot be carried out, by {@link Refused}. */
  public sealed interface Call extends Partition.Command
      permits Submit,
          SubmitUnique,
          FindRequest,
          Get,
          Locate,
          ListTasks,
          Watch,
          Cancel,
          DeadCall,
          Schedules.Call {

    ActorRef<Reply> replyTo();
  }

  /**
   * Adds tasks, all or none, in one journal row.
   *
   * @param requestId makes a repeat harmless; empty: none
   * @param bodyHash of the submission's bytes; the same request id with another one is refused
   */
  public record Submit(
      String requestId, long bodyHash, List<NewTask> tasks, ActorRef<Reply> replyTo)
      implements Call {}

  /**
   * A task to add. It is due at {@code notBeforeMs} or {@code delayMs} after it was taken in,
   * whichever is given; at once when both are 0.
   *
   * @param spec bytes of its reeve.v1.TaskSpec; kept and never changed
   */
  public record NewTask(TaskProfile profile, long notBeforeMs, long delayMs, byte[] spec)
      implements Incoming {}

  /**
   * Adds a task that is to be the only one of its key. Answered by {@link Submitted}, of no tasks
   * when another one holds the key, or by {@link NeverSubmitted} when none does here and none may
   * be added.
   *
   * @param submit of one task
   * @param mayAdd whether the task may be added where no other one holds the key; false: the home
   *     of the key moved on since the partitions became more
   */
  public record SubmitUnique(Submit submit, UniqueClaim claim, boolean mayAdd) implements Call {

    @Override
    public ActorRef<Reply> replyTo() {
      return submit.replyTo();
    }
  }

  /**
   * Asks for what an earlier {@link Submit} with this request id added, and adds nothing. Answered
   * like a repeat of it, or by {@link NeverSubmitted}.
   */
  public record FindRequest(String requestId, long bodyHash, ActorRef<Reply> replyTo)
      implements Call {}

  /** Asks for one task. */
  public record Get(long sequence, ActorRef<Reply> replyTo) implements Call {}

  /** Asks where one task stands. Answered by {@link Located}. */
  public record Locate(long sequence, ActorRef<Reply> replyTo) implements Call {}

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
      implements Call {}

  /**
   * Sends the task as it is, and again after each change, until it is terminal. Ends when {@code
   * watcher} stops.
   */
  public record Watch(long sequence, ActorRef<Reply> watcher) implements Call {

    @Override
    public ActorRef<Reply> replyTo() {
      return watcher;
    }
  }

  /** Ends a task that is not terminal. A running attempt is told to stop. */
  public record Cancel(long sequence, String reason, ActorRef<Reply> replyTo) implements Call {}

  // ---- What clients ask about tasks that died
  // ----------------------------------------------------

  /** What a client asks about dead letters. */
  public sealed interface DeadCall extends Call {}

  /**
   * Asks for open dead letters with a sequence number above {@code after}, in order. The bounds are
   * those of {@link ListTasks}.
   */
  public record ListDead(
      long after,
      int pageSize,
      int scanMax,
      long bytesMax,
      boolean omitBytes,
      DeadFilter filter,
      ActorRef<Reply> replyTo)
      implements DeadCall {}

  /**
   * Asks for the groups of errors of open dead letters with a sequence number above {@code after}.
   *
   * @param scanMax dead letters looked at, at most
   */
  public record GroupDead(long after, int scanMax, DeadFilter filter, ActorRef<Reply> replyTo)
      implements DeadCall {}

  /**
   * Repeats a dead task as a new one. Answered by {@link Disposed}.
   *
   * @param edits changes in the new task
   * @param by who decided it
   */
  public record Redrive(long sequence, DeadLetters.Edits edits, String by, ActorRef<Reply> replyTo)
      implements DeadCall {}

  /** Settles a dead task without another one. Answered by {@link Disposed}. */
  public record Discard(long sequence, String by, ActorRef<Reply> replyTo) implements DeadCall {}

  /**
   * Redrives or discards the next open dead letters with a sequence number above {@code after}.
   *
   * @param max so many at most
   * @param scanMax dead letters looked at, at most
   * @param redrive redrive them; else discard them
   * @param edits as for {@link Redrive}
   */
  public record DisposeDead(
      long after,
      int max,
      int scanMax,
      DeadFilter filter,
      boolean redrive,
      DeadLetters.Edits edits,
      String by,
      ActorRef<Reply> replyTo)
      implements DeadCall {}

  // ---- What they are answered -------------------------------------------------------------------

  public sealed interface Reply extends Wire
      permits Submitted,
          NeverSubmitted,
          Found,
          Located,
          Listed,
          DeadGroups,
          Disposed,
          DisposedSlice,
          Refused,
          Schedules.Reply {}

  /**
   * The tasks are durable. They have consecutive sequence numbers.
   *
   * @param count of the tasks; 0: none was added, since task {@code firstSequence} holds the unique
   *     key
   * @param already an earlier submission with the same request id had the same answer
   */
  public record Submitted(
      int partition, long firstSequence, int count, long submittedAtMs, boolean already)
      implements Reply {

    /** The first of the tasks, or the one that holds the unique key. */
    public TaskId firstId() {
      return new TaskId(partition, firstSequence);
    }

    /** Whether none was added, since another one holds the unique key. */
    public boolean metAnother() {
      return count == 0;
    }
  }

  /** No submission with this request id is remembered here, and no task holds its unique key. */
  public record NeverSubmitted(String requestId) implements Reply {}

  /** The task asked for. To a {@link Watch}, one for each change. */
  public record Found(TaskView task) implements Reply {}

  /**
   * Where a task stands.
   *
   * @param task without specification and result
   * @param expiresAtMs when it expires unless it starts before; 0 when it does not
   */
  public record Located(TaskView task, TaskProfile profile, Place place, long expiresAtMs)
      implements Reply {}

  /**
   * @param next pass it as {@code after} for the next page; -1 when there is none
   */
  public record Listed(List<TaskView> tasks, long next) implements Reply {}

  /**
   * Groups of errors of the dead letters that were looked at.
   *
   * @param next pass it as {@code after} for the next step; -1 when there is none
   */
  public record DeadGroups(List<DeadGroup> groups, long next) implements Reply {}

  /**
   * Dead letters whose errors are alike.
   *
   * @param sample sequence number of one of them
   */
  public record DeadGroup(
      ErrorGroup error, int count, long firstDiedAtMs, long lastDiedAtMs, long sample) {}

  /**
   * The dead task is redriven or discarded.
   *
   * @param redrivenAs sequence number of the new task; 0: it is discarded
   * @param already an earlier command had done it
   */
  public record Disposed(int partition, long sequence, long redrivenAs, boolean already)
      implements Reply {}

  /**
   * What a {@link DisposeDead} did.
   *
   * @param next pass it as {@code after} for the next slice; -1 when there is none
   */
  public record DisposedSlice(int count, long next) implements Reply {}

  public record Refused(Rejection rejection) implements Reply {}
}
