package io.reeve.partition;

import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Settlement;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * What a worker's session says to a partition about the leases of its holder, and what the
 * partition tells it of them.
 *
 * <p>A session repeats what is not answered. A message may be lost between nodes; {@link
 * LeasesHeld} finds the leases that were lost with it.
 */
public final class Leases {

  private Leases() {}

  // ---- What sessions say ------------------------------------------------------------------------

  public sealed interface FromSession extends Partition.Command {}

  /**
   * A session takes over, or confirms, the leases of its holder here: after a broken stream was
   * resumed, and after this partition restarted. Leases delivered under an older session number
   * that are not in {@code held} are released and do not count as attempts. Answered by {@link
   * Attached}.
   */
  public record Attach(
      String holder, int sessionNo, ActorRef<ToSession> session, List<LeaseKey> held)
      implements FromSession {}

  /**
   * The worker beats: all leases of the holder last for one more lease duration. Not journalled.
   *
   * @param session who speaks for the holder, should the partition not know; null: an older node
   */
  public record Renew(String holder, int sessionNo, @Nullable ActorRef<ToSession> session)
      implements FromSession {}

  /**
   * Reports ended attempts. Answered by {@link SettleAcked}, after the events are durable.
   *
   * @param batch the session's number for this batch; 0 when the session hands leases back itself
   */
  public record Settle(
      String holder, long batch, List<Settlement> settlements, ActorRef<ToSession> session)
      implements FromSession {}

  /** How far an attempt is. Kept in memory and told to watchers. */
  public record ReportProgress(long sequence, long fence, double percent, String message)
      implements FromSession {}

  /**
   * The holder is gone for good: its leases end now, and their attempts do not count. Each task of
   * a holder that was lost has one more loss.
   *
   * @param session who says so: two sessions may bear one number, and the other one may live
   */
  public record HolderGone(String holder, int sessionNo, boolean lost, ActorRef<ToSession> session)
      implements FromSession {}

  // ---- What they are told -----------------------------------------------------------------------

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

  /** These leases ended without the worker: it must stop their attempts. */
  public record LeasesEnded(int partition, List<EndedLease> leases) implements ToSession {}

  /**
   * The session is the holder's now.
   *
   * @param lost of the leases it named those that are not its own any more
   * @param alone among the others is that of a task in quarantine: the worker must get nothing
   *     beside it
   */
  public record Attached(int partition, int sessionNo, List<LeaseKey> lost, boolean alone)
      implements ToSession {

    public Attached(int partition, int sessionNo, List<LeaseKey> lost) {
      this(partition, sessionNo, lost, false);
    }
  }

  /**
   * Leases that the holder has here, at intervals: what brought them may have been lost between
   * nodes. It follows every {@link Assigned} that they left with, so a session that does not know
   * one will never get it, and hands it back.
   */
  public record LeasesHeld(int partition, List<LeaseKey> leases) implements ToSession {}

  /**
   * A grant for this session was refused: its holder is gone, or a later session has it. A session
   * that lives attaches again. It may be one of several that resumed the holder at the same time,
   * of which another one ended.
   */
  public record AttachAgain(int partition) implements ToSession {}

  // ---- What both speak of -----------------------------------------------------------------------

  /** Names one lease of this partition. */
  public record LeaseKey(long sequence, long fence) {}

  public record RefusedSettlement(long sequence, long fence, Rejection rejection) {}

  public record EndedLease(long sequence, long fence, EndReason reason, String message) {}

  public enum EndReason {
    CANCELLED,
    TIMED_OUT,
    LEASE_LOST
  }
}
