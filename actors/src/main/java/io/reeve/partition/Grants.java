package io.reeve.partition;

import io.reeve.domain.task.HeededRules;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.TaskClass;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What the dispatcher says to a partition, and what the partition reports to it.
 *
 * <p>A grant is a proposal: the partition alone leases. A message may be lost between nodes; the
 * next {@link Audit} finds out.
 */
public final class Grants {

  private Grants() {}

  // ---- What the dispatcher says -----------------------------------------------------------------

  public sealed interface FromDispatcher extends Partition.Command {}

  /**
   * A dispatcher began to work, or wants to know where it stands. The partition answers with an
   * {@link Inventory}; from then on it takes grants of this epoch only, and has dropped all older
   * ones. A lower epoch than the highest seen is refused by {@link Superseded}.
   *
   * @param rules that the partition keeps from now on, whatever it is granted
   */
  public record Greet(long epoch, ActorRef<ToDispatcher> dispatcher, HeededRules rules)
      implements FromDispatcher {}

  /**
   * The rules that the partition keeps are these from now on. Answered by {@link Heeded}, also if
   * they are no news, unless the partition heeds another epoch.
   *
   * @param ask grows with each question of the dispatcher; the answer names it
   */
  public record RulesChanged(long epoch, long ask, HeededRules rules) implements FromDispatcher {

    boolean isAfter(RulesChanged other) {
      return epoch > other.epoch || (epoch == other.epoch && ask > other.ask);
    }
  }

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
      ActorRef<Leases.ToSession> session)
      implements FromDispatcher {}

  /**
   * Proposes to lease the next {@code count} tasks that become ready here and match, until it is
   * used up or revoked. It makes an idle system start a task in the batch that stores it. Tasks
   * that are ready when it arrives are taken too.
   *
   * @param queues which queues the session serves; "*" alone: any; kinds alike
   * @param labels of its worker
   */
  public record StandingGrant(
      long epoch,
      long seq,
      Set<String> queues,
      Set<String> kinds,
      Labels labels,
      int count,
      String holder,
      int sessionNo,
      String workerId,
      ActorRef<Leases.ToSession> session)
      implements FromDispatcher {}

  /** Takes standing grants back. What was leased of them meanwhile stays leased and is reported. */
  public record Revoke(long epoch, List<Long> seqs) implements FromDispatcher {}

  /**
   * What the dispatcher believes of this partition, at intervals: messages between nodes may be
   * lost. Answered by a {@link Report} of what is otherwise, and by none when nothing is; by an
   * {@link Inventory} when this partition has not heard of the epoch, or started since.
   *
   * @param incarnation the dispatcher knows this start of the partition
   * @param sentSeq the newest grant; all up to it have arrived by now, or never will
   * @param heardSeq up to which grants reports came
   * @param ready every class believed to have ready tasks, or as many as a message takes: the
   *     partition reports the others
   * @param standing every standing grant believed to be open; done: it was revoked
   * @param rules that the partition keeps; news where {@link RulesChanged} was lost
   */
  public record Audit(
      long epoch,
      long incarnation,
      long sentSeq,
      long heardSeq,
      List<ReadyCount> ready,
      List<GrantUse> standing,
      ActorRef<ToDispatcher> dispatcher,
      HeededRules rules)
      implements FromDispatcher {
    Greet greeting() {
      return new Greet(epoch, dispatcher, rules);
    }
  }

  // ---- What it is told --------------------------------------------------------------------------

  public sealed interface ToDispatcher extends Wire {}

  /**
   * Where the partition stands; the answer to {@link Greet}. Reports follow it where there are more
   * classes than a message takes.
   *
   * @param incarnation differs with each start of the partition; grants of an older one are void
   * @param ready classes with ready tasks
   * @param rulesVersion of the rules that it keeps
   */
  public record Inventory(
      int partition,
      long incarnation,
      long epoch,
      List<ReadyCount> ready,
      ActorRef<Partition.Command> self,
      long rulesVersion)
      implements ToDispatcher {}

  /**
   * The partition keeps the rules of this version, also after a restart.
   *
   * @param ask of the {@link RulesChanged} that this answers; 0: of none
   */
  public record Heeded(int partition, long incarnation, long epoch, long rulesVersion, long ask)
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

  // ---- What both speak of -----------------------------------------------------------------------

  /**
   * Ready tasks of one class.
   *
   * @param headSubmittedMs when the next of them was submitted, by the partition's clock; 0: none
   *     is ready, or it is not told
   */
  public record ReadyCount(TaskClass taskClass, int ready, long headSubmittedMs) {

    private static final int FIXED_BYTES = 42;
    private static final int LABEL_BYTES = 12;

    /** Bytes of it in a message, about, and rather too many than too few. */
    public long bytes() {
      var needs = taskClass.needs();
      var letters = taskClass.queue().length() + taskClass.kind().length() + needs.letters();
      return FIXED_BYTES
          + (long) LABEL_BYTES * needs.size()
          + (long) Portions.LETTER_BYTES * letters;
    }
  }

  /**
   * @param leased tasks leased under the grant so far
   * @param done nothing more will be leased under it
   */
  public record GrantUse(long seq, int leased, boolean done) {}
}
