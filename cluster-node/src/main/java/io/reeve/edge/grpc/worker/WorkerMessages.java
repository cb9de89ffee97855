package io.reeve.edge.grpc.worker;

import com.google.protobuf.Duration;
import io.reeve.domain.TimeBounds;
import io.reeve.domain.session.CreditBook;
import io.reeve.domain.session.SettlementBatches;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskId;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Expect;
import io.reeve.edge.calls.Reason;
import io.reeve.edge.calls.TaskSpecs;
import io.reeve.session.Session;
import io.reeve.session.Session.FromWorker;
import io.reeve.v1.Credit;
import io.reeve.v1.Failed;
import io.reeve.v1.Heartbeat;
import io.reeve.v1.Hello;
import io.reeve.v1.LeaseRef;
import io.reeve.v1.Progress;
import io.reeve.v1.Settlements;
import io.reeve.v1.WorkerMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a worker says into the words of the session, and refuses what is wrong in itself. Texts
 * and numbers that only people read are cut to their bounds instead.
 */
final class WorkerMessages {

  private static final int SETTLEMENTS_MAX = 10_000;
  private static final int FAILURE_BYTES_MAX = 8 * 1024;
  private static final int CODE_CHARS_MAX = 256;
  private static final int TEXT_CHARS_MAX = 1024;
  private static final long RETRY_AFTER_MAX_MS = 365 * Expect.DAY_MS;

  private final int partitions;
  private final int capacityMax;
  private final int resultBytesMax;

  WorkerMessages(int partitions, int capacityMax, int resultBytesMax) {
    this.partitions = partitions;
    this.capacityMax = capacityMax;
    this.resultBytesMax = resultBytesMax;
  }

  /** The first message of a stream. */
  Session.Hello hello(WorkerMessage message) {
    if (message.getMessageCase() != WorkerMessage.MessageCase.HELLO) {
      throw new EdgeRefusal(
          Reason.HELLO_EXPECTED, "expected Hello first, got " + message.getMessageCase());
    }
    return hello(message.getHello());
  }

  /** Any later message; null for one of a kind that this server does not know. */
  @Nullable FromWorker later(WorkerMessage message) {
    return switch (message.getMessageCase()) {
      case HELLO -> throw new EdgeRefusal(Reason.SECOND_HELLO, "expected one Hello, got another");
      case CREDIT -> credit(message.getCredit());
      case RECEIVED -> new Session.ReceivedUpTo(message.getReceived().getSequence());
      case SETTLEMENTS -> settlements(message.getSettlements());
      case PROGRESS -> progress(message.getProgress());
      case HEARTBEAT -> heartbeat(message.getHeartbeat());
      case GOODBYE -> new Session.Goodbye(cut(message.getGoodbye().getReason(), TEXT_CHARS_MAX));
      // A later release of the protocol may know more; it must not break a session.
      case MESSAGE_NOT_SET -> null;
    };
  }

  private Session.Hello hello(Hello hello) {
    var capacity = Expect.capacity("hello.capacity", hello.getCapacity(), 1, capacityMax);
    Expect.labels("hello.labels", hello.getLabelsMap());
    return new Session.Hello(
        Expect.printable("hello.worker_id", hello.getWorkerId(), 128),
        Expect.printable("hello.pool", hello.getPool(), 128),
        Expect.printable("hello.incarnation", hello.getIncarnation(), 64),
        queues(hello),
        kinds(hello),
        Labels.of(hello.getLabelsMap()),
        capacity,
        Expect.capacity("hello.urgent_reserve", hello.getUrgentReserve(), 0, capacity - 1),
        resumeToken(hello),
        held(hello),
        cut(hello.getClient(), TEXT_CHARS_MAX),
        cut(hello.getHost(), TEXT_CHARS_MAX),
        hello.getPid());
  }

  private static List<String> queues(Hello hello) {
    return hello.getQueuesCount() == 0
        ? List.of(TaskSpecs.DEFAULT_QUEUE)
        : List.copyOf(Expect.served("hello.queues", hello.getQueuesList()));
  }

  private static Set<String> kinds(Hello hello) {
    if (hello.getKindsCount() == 0) {
      throw EdgeRefusal.invalid("hello.kinds", "expected at least one kind, got none");
    }
    return Set.copyOf(new HashSet<>(Expect.served("hello.kinds", hello.getKindsList())));
  }

  private static Session.@Nullable ResumeToken resumeToken(Hello hello) {
    if (hello.getResumeToken().isEmpty()) {
      if (hello.getHeldCount() > 0) {
        throw EdgeRefusal.invalid(
            "hello.held", "expected none without a resume_token, got " + hello.getHeldCount());
      }
      return null;
    }
    var token = Session.ResumeToken.parse(hello.getResumeToken());
    if (token == null) {
      throw EdgeRefusal.invalid(
          "hello.resume_token", "expected the token of a Welcome, got another text");
    }
    return token;
  }

  private List<Session.Lease> held(Hello hello) {
    Expect.capacity("hello.held", hello.getHeldCount(), 0, CreditBook.heldMax(capacityMax));
    var held = new ArrayList<Session.Lease>(hello.getHeldCount());
    for (var i = 0; i < hello.getHeldCount(); i++) {
      LeaseRef lease = hello.getHeld(i);
      held.add(
          new Session.Lease(
              taskId("hello.held.task_id", lease.getTaskId()), fence("hello.held", lease)));
    }
    var seen = new HashSet<Session.Lease>();
    for (var lease : held) {
      if (!seen.add(lease)) {
        throw EdgeRefusal.invalid(
            "hello.held", "expected each lease once, got " + lease.task() + " twice");
      }
    }
    return held;
  }

  private static long fence(String field, LeaseRef lease) {
    return Expect.between(field + ".fence", lease.getFence(), 1, Long.MAX_VALUE);
  }

  private Session.CreditStated credit(Credit credit) {
    var capacity = Expect.capacity("credit.capacity", credit.getCapacity(), 0, capacityMax);
    return new Session.CreditStated(
        capacity,
        Expect.capacity(
            "credit.urgent_reserve", credit.getUrgentReserve(), 0, Math.max(0, capacity - 1)),
        Expect.between("credit.released_total", credit.getReleasedTotal(), 0, Long.MAX_VALUE));
  }

  private Session.Settled settlements(Settlements message) {
    Expect.between("settlements", message.getSettlementsCount(), 0, SETTLEMENTS_MAX);
    Expect.between("settlements.batch", message.getBatch(), 1, Long.MAX_VALUE);
    var parts = new LinkedHashMap<Integer, SettlementBatches.Part>();
    SettlementBatches.@Nullable Part part = null;
    var malformed = new ArrayList<Session.RefusedSettlement>(0);
    for (var settlement : message.getSettlementsList()) {
      try {
        var id = taskId("task_id", settlement.getTaskId());
        var fence = Expect.between("fence", settlement.getFence(), 1, Long.MAX_VALUE);
        var outcome = outcome(id.sequence(), fence, settlement);
        if (part == null || part.partition() != id.partition()) {
          part =
              parts.computeIfAbsent(
                  id.partition(), p -> new SettlementBatches.Part(p, new ArrayList<>()));
        }
        part.settlements().add(outcome);
      } catch (EdgeRefusal refusal) {
        // To end the stream would help nobody: the worker would send the same in its next session.
        malformed.add(
            new Session.RefusedSettlement(
                cut(settlement.getTaskId(), TEXT_CHARS_MAX),
                settlement.getFence(),
                new Rejection(Rejection.Code.MALFORMED_SETTLEMENT, refusal.text())));
      }
    }
    return new Session.Settled(message.getBatch(), List.copyOf(parts.values()), malformed);
  }

  private Settlement outcome(long sequence, long fence, io.reeve.v1.Settlement settlement) {
    return switch (settlement.getOutcomeCase()) {
      case COMPLETED -> completed(sequence, fence, settlement);
      case FAILED -> failed(sequence, fence, settlement.getFailed());
      case RELEASED ->
          Settlement.released(
              sequence, fence, cut(settlement.getReleased().getReason(), TEXT_CHARS_MAX));
      case OUTCOME_NOT_SET ->
          throw EdgeRefusal.invalid("outcome", "expected completed, failed or released, got none");
    };
  }

  /**
   * A result over the limit fails the task for good. To refuse the message instead would not help
   * anyone: the worker would send it again in its next session, for ever.
   */
  private Settlement completed(long sequence, long fence, io.reeve.v1.Settlement settlement) {
    var result = settlement.getCompleted().getResult();
    return result.size() <= resultBytesMax
        ? Settlement.completed(sequence, fence, result.toByteArray())
        : Settlement.failed(
            sequence,
            fence,
            new Failure(
                FailureType.ERROR,
                "expected a result of at most " + resultBytesMax + " bytes, got " + result.size(),
                "RESULT_TOO_LARGE"),
            true,
            0);
  }

  private static Settlement failed(long sequence, long fence, Failed failed) {
    var failure = failed.getFailure();
    return Settlement.failed(
        sequence,
        fence,
        new Failure(
            failureType(failure.getTypeValue()),
            cutBytes(failure.getMessage(), FAILURE_BYTES_MAX),
            cut(failure.getCode(), CODE_CHARS_MAX)),
        failed.getPermanent(),
        failed.hasRetryAfter() ? retryAfterMs(failed.getRetryAfter()) : 0);
  }

  /** That a task is poison is the word of the server alone. */
  private static FailureType failureType(int number) {
    var type = FailureType.of(number);
    return type == FailureType.POISON ? FailureType.ERROR : type;
  }

  /** Only a hint of the worker, so it is cut to its bounds. */
  private static long retryAfterMs(Duration duration) {
    var nanos = Math.max(0, Math.min(duration.getNanos(), 999_999_999));
    return Math.min(TimeBounds.duration(duration.getSeconds(), nanos), RETRY_AFTER_MAX_MS);
  }

  private Session.ProgressMade progress(Progress progress) {
    var id = taskId("progress.task_id", progress.getTaskId());
    var percent = progress.getPercent();
    return new Session.ProgressMade(
        id,
        progress.getFence(),
        percent >= 0 ? Math.min(percent, 100) : 0,
        cut(progress.getMessage(), TEXT_CHARS_MAX));
  }

  private static Session.Beat heartbeat(Heartbeat beat) {
    return new Session.Beat(
        beat.getSequence(),
        new Session.WorkerFigures(
            beat.getState().name(),
            beat.getActive(),
            beat.getActiveUrgent(),
            beat.getQueuedNormal(),
            beat.getQueuedUrgent(),
            beat.getCpuMillicores(),
            beat.getMemoryBytes()));
  }

  private TaskId taskId(String field, String text) {
    var id = TaskId.parse(text);
    if (id.isEmpty() || id.get().partition() >= partitions) {
      throw EdgeRefusal.invalid(
          field, "expected the id of an assigned task, got " + Expect.quoted(text));
    }
    return id.get();
  }

  /** The beginning of a text: at most this many UTF-16 units, and no half of a surrogate pair. */
  static String cut(String text, int charsMax) {
    if (text.length() <= charsMax) {
      return text;
    }
    var end = Character.isHighSurrogate(text.charAt(charsMax - 1)) ? charsMax - 1 : charsMax;
    return text.substring(0, end);
  }

  /** Cuts at a character's boundary, so that the bytes stay valid UTF-8. */
  private static String cutBytes(String text, int bytesMax) {
    // No character takes more than 3 bytes per UTF-16 unit.
    if (text.length() * 3L <= bytesMax) {
      return text;
    }
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= bytesMax) {
      return text;
    }
    var end = bytesMax;
    while ((bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
