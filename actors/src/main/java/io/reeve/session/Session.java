package io.reeve.session;

import com.typesafe.config.Config;
import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.session.SettlementBatches;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.TaskId;
import io.reeve.partition.Assignment;
import io.reeve.partition.Leases;
import io.reeve.partition.Leases.EndReason;
import io.reeve.partition.Partitions;
import io.reeve.settings.Keys;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * One connected worker pool. Counts its credit, hands it leases in numbered messages, passes its
 * settlements to the partitions, and renews its leases while it beats.
 *
 * <p>When the stream breaks it waits a grace time for the worker to resume, then tells the
 * partitions that the holder is lost. When the actor itself dies with its node, the leases stay
 * until the worker resumes elsewhere or they run out.
 */
public final class Session {

  private Session() {}

  public sealed interface Command {}

  // ---- What the worker says, put into words of ours by the edge --------------------------------

  public sealed interface FromWorker extends Command {}

  /**
   * The first message, validated by the edge.
   *
   * @param resume from an earlier Welcome, or null for a fresh start
   * @param held leases of the broken session that the worker still runs or has to settle
   */
  public record Hello(
      String workerId,
      String pool,
      String incarnation,
      List<String> queues,
      Set<String> kinds,
      Labels labels,
      int capacity,
      int urgentReserve,
      @Nullable ResumeToken resume,
      List<Lease> held,
      String client,
      String host,
      long pid)
      implements FromWorker {}

  public record Lease(TaskId task, long fence) {}

  public record CreditStated(int capacity, int urgentReserve, long releasedTotal)
      implements FromWorker {}

  public record ReceivedUpTo(long sequence) implements FromWorker {}

  /**
   * @param parts by partition, each in the worker's order; no partition twice
   * @param malformed settlements that the edge cannot pass on, with the reason
   */
  public record Settled(
      long batch, List<SettlementBatches.Part> parts, List<RefusedSettlement> malformed)
      implements FromWorker {}

  public record ProgressMade(TaskId task, long fence, double percent, String message)
      implements FromWorker {}

  public record Beat(long sequence, WorkerFigures figures) implements FromWorker {}

  /** What a worker says of itself; shown, never decided upon. */
  public record WorkerFigures(
      String state,
      int active,
      int activeUrgent,
      int queuedNormal,
      int queuedUrgent,
      long cpuMillicores,
      long memoryBytes) {}

  public record Goodbye(String reason) implements FromWorker {}

  /** The stream ended, by failure or in order without a goodbye. */
  public record StreamClosed(String cause) implements FromWorker {}

  // ---- What the session says to the worker, put onto the wire by the edge ----------------------

  public sealed interface ToWorker {}

  /**
   * @param batchesMax settlement batches that may be unacknowledged at one time
   */
  public record Welcome(
      String sessionId,
      ResumeToken resumeToken,
      Settings settings,
      int batchesMax,
      List<Lease> lost)
      implements ToWorker {}

  /** Leases of one partition, in one numbered message. */
  public record Assignments(long sequence, int partition, List<Assignment> assignments)
      implements ToWorker {}

  /** Every batch up to this one is durable but for what was refused. */
  public record SettlementAck(long batch, List<RefusedSettlement> refused) implements ToWorker {}

  /**
   * @param taskId as the worker wrote it
   */
  public record RefusedSettlement(String taskId, long fence, Rejection rejection) {

    RefusedSettlement(TaskId task, long fence, Rejection rejection) {
      this(task.toString(), fence, rejection);
    }
  }

  public record CancelLeases(List<CancelledLease> leases) implements ToWorker {}

  public record CancelledLease(TaskId task, long fence, EndReason reason, String message) {}

  public record Pong(long heartbeat) implements ToWorker {}

  /**
   * The node leaves: the worker is to resume its session elsewhere.
   *
   * @param endpoints where to go, as {@code host:port}; may be empty
   */
  public record Reconnect(String reason, List<String> endpoints) implements ToWorker {

    public Reconnect {
      endpoints = List.copyOf(endpoints);
    }
  }

  /**
   * Whoever has it may resume the holder's leases. The server stores no token: it stores the holder
   * with each lease, and the holder is a hash of the secret. So whoever reads the journal, a backup
   * or a message between nodes cannot make a token.
   *
   * @param secret random, 32 hexadecimal digits; the same for all sessions of a holder
   * @param sessionNo of the session that gave the token out, from 1
   */
  public record ResumeToken(String secret, int sessionNo) {

    /** Hexadecimal digits of a secret, and of a holder. */
    private static final int DIGITS = 32;

    private static final Pattern TEXT = Pattern.compile("([0-9a-f]{32})\\.([1-9][0-9]{0,8})");

    /** The token of a fresh worker's session. */
    static ResumeToken first(String secret) {
      return new ResumeToken(secret, 1);
    }

    /** The token of the session that resumes with this one. */
    ResumeToken next() {
      return new ResumeToken(secret, sessionNo + 1);
    }

    /** The token with this text, or null when it is not one. */
    public static @Nullable ResumeToken parse(String text) {
      var parts = TEXT.matcher(text);
      return parts.matches()
          ? new ResumeToken(parts.group(1), Integer.parseInt(parts.group(2)))
          : null;
    }

    /** Names the chain of sessions; needs no secrecy. 32 hexadecimal digits. */
    public String holder() {
      try {
        var hash =
            MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(hash).substring(0, DIGITS);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }

    /** The text form that travels. */
    public String text() {
      return secret + "." + sessionNo;
    }

    @Override
    public String toString() {
      return "ResumeToken[secret]";
    }
  }

  // ---- Messages to itself ----------------------------------------------------------------------

  record FromPartition(Leases.ToSession message) implements Command {}

  record FromDispatcher(Dispatcher.ToSession message) implements Command {}

  record DispatcherStopped(ActorRef<Dispatcher.Command> dispatcher) implements Command {}

  /** What a timer reminds of; each is its own key. */
  enum Due implements Command {
    HELLO,
    WELCOME,
    ATTACH_AGAIN,
    REGISTER_AGAIN,
    CREDIT,
    CREDIT_AGAIN,
    SETTLE_AGAIN,
    RECEIVED,
    SILENCE,
    GRACE_OVER
  }

  // ---- Construction ----------------------------------------------------------------------------

  /**
   * What a session tells the worker to keep to; read from {@code reeve.session}.
   *
   * @param leaseDuration of the partitions; a session renews three times within it
   */
  public record Settings(
      Duration heartbeatInterval,
      Duration silenceMax,
      Duration leaseDuration,
      Duration receivedWithin,
      Duration resumeWithin,
      int capacityMax) {

    public Settings {
      if (silenceMax.compareTo(heartbeatInterval.multipliedBy(2)) < 0) {
        throw new IllegalArgumentException(
            "expected reeve.session.silence-max of twice heartbeat-interval or more, got "
                + silenceMax);
      }
      if (leaseDuration.compareTo(silenceMax) < 0) {
        throw new IllegalArgumentException(
            "expected a lease duration of reeve.session.silence-max or more, got " + leaseDuration);
      }
    }

    /**
     * The settings in {@code config}, which holds {@code reeve.session}.
     *
     * @param leaseDuration as the partitions have it
     */
    public static Settings from(Config config, Duration leaseDuration) {
      var keys = new Keys(config, SessionTuning.PATH);
      return new Settings(
          keys.positive("heartbeat-interval"),
          keys.positive("silence-max"),
          leaseDuration,
          keys.positive("received-within"),
          keys.positive("resume-within"),
          keys.count("capacity-max", 1, 1_000_000));
    }
  }

  /**
   * What all sessions of a node share.
   *
   * @param dispatcher the singleton's proxy
   * @param nanoTime monotonic
   * @param ids random, 32 hexadecimal digits, from a source fit for secrets
   */
  public record Environment(
      Partitions partitions,
      RecipientRef<Dispatcher.Command> dispatcher,
      Settings settings,
      SessionTuning tuning,
      LongSupplier nanoTime,
      Supplier<String> ids) {}

  /**
   * A session for a stream whose first message is still to come.
   *
   * @param card kept up to date by this session alone
   */
  public static Behavior<Command> create(
      WorkerStream stream, WorkerCard card, Environment environment) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new Greeting(context, new Reminders(timers), stream, card, environment)));
  }
}
