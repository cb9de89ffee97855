package io.reeve.worker.slot;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.reeve.v1.Assignment;
import io.reeve.v1.Lane;
import io.reeve.v1.LeaseRef;
import io.reeve.v1.Progress;
import io.reeve.v1.Settlement;
import io.reeve.worker.CancelCause;
import io.reeve.worker.Rejected;
import io.reeve.worker.TaskContext;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One leased attempt from its arrival to its settlement, and the context its handler sees.
 *
 * <p>The fields that say where it stands ({@code settlement}, {@code counted}) belong to the {@link
 * Workload} and are guarded by it; cancellation and progress are guarded by the attempt itself. The
 * two locks are only ever taken in that order.
 */
public final class Attempt implements TaskContext {

  private static final Logger LOG = LoggerFactory.getLogger("io.reeve.worker.task");
  private static final int MESSAGE_MAX = 1024;
  private static final String MDC_TASK = "task";
  private static final String MDC_ATTEMPT = "attempt";
  private static final String MDC_KIND = "kind";

  /**
   * What all attempts of a pool share.
   *
   * @param nanos the monotonic clock
   * @param callbacks runs the actions of handlers on cancellation
   * @param progress told when an attempt has said something new
   * @param json reads payloads
   * @param resultMax the server's limit of a result, in bytes
   */
  public record Surroundings(
      LongSupplier nanos,
      Executor callbacks,
      Consumer<Attempt> progress,
      ObjectMapper json,
      IntSupplier resultMax) {}

  private final Assignment assignment;
  private final Surroundings surroundings;
  private final long arrivedMillis;
  private final long deadlineNanos;

  // Guarded by the workload.
  @Nullable Settlement settlement;
  boolean counted = true;
  boolean revoked;

  // Guarded by this.
  private @Nullable Thread runner;
  private boolean ended;
  private volatile @Nullable CancelCause cause;
  private long cancelledNanos;
  private @Nullable List<Runnable> onCancel;
  private double percent;
  private @Nullable String message;
  private boolean mdc;

  public Attempt(
      Assignment assignment, Surroundings surroundings, long arrivedMillis, long arrivedNanos) {
    this.assignment = assignment;
    this.surroundings = surroundings;
    this.arrivedMillis = arrivedMillis;
    var timeout = assignment.getExecutionTimeoutMs();
    this.deadlineNanos =
        timeout > 0 && timeout < Long.MAX_VALUE / 4_000_000
            ? arrivedNanos + timeout * 1_000_000
            : arrivedNanos + Long.MAX_VALUE / 4;
  }

  // ---- What the pool asks -----------------------------------------------------------------------

  LeaseRef lease() {
    return LeaseRef.newBuilder().setTaskId(taskId()).setFence(fence()).build();
  }

  /** How it ended; null while it has not, and for one whose report nobody would take. */
  public @Nullable Settlement settlement() {
    return settlement;
  }

  /** Whether the present session counts it as sent, so that its end gives credit back. */
  public boolean isCounted() {
    return counted;
  }

  ByteString payloadBytes() {
    return assignment.getSpec().getPayload();
  }

  /** Whether its deadline has passed. */
  boolean isOverdue(long nowNanos) {
    return nowNanos - deadlineNanos > 0;
  }

  /** Whether it was cancelled longer ago than the grace and still runs. */
  synchronized boolean isBeyond(Duration grace, long nowNanos) {
    return cause != null && !ended && nowNanos - cancelledNanos > grace.toNanos();
  }

  /** Takes the calling thread for the handler's; false when the attempt is to stop already. */
  synchronized boolean begin() {
    if (cause != null) {
      return false;
    }
    runner = Thread.currentThread();
    return true;
  }

  /** The handler returned: no interrupt reaches its thread any more. */
  void end() {
    boolean interrupted;
    synchronized (this) {
      runner = null;
      ended = true;
      interrupted = cause != null;
    }
    if (interrupted) {
      // The signal was meant for the handler; the slot's next attempt must not see it.
      Thread.interrupted();
    }
    if (mdc) {
      MDC.remove(MDC_TASK);
      MDC.remove(MDC_ATTEMPT);
      MDC.remove(MDC_KIND);
    }
  }

  /** Tells the handler to stop; only the first cause counts. */
  void cancel(CancelCause why) {
    List<Runnable> actions;
    synchronized (this) {
      if (ended || cause != null) {
        return;
      }
      cause = why;
      cancelledNanos = surroundings.nanos().getAsLong();
      actions = onCancel == null ? List.of() : onCancel;
      onCancel = null;
      if (runner != null) {
        runner.interrupt();
      }
    }
    actions.forEach(this::runCallback);
  }

  /** Its handler is left to itself: it counts as ended, and its thread is not looked at again. */
  synchronized void leave() {
    ended = true;
  }

  @Nullable CancelCause cause() {
    return cause;
  }

  /** The newest progress of the handler, once; null when there is nothing new. */
  public synchronized @Nullable Progress takeProgress() {
    if (message == null || ended || cause != null) {
      return null;
    }
    var said =
        Progress.newBuilder()
            .setTaskId(taskId())
            .setFence(fence())
            .setPercent(percent)
            .setMessage(message)
            .build();
    message = null;
    return said;
  }

  // ---- What the handler asks --------------------------------------------------------------------

  @Override
  public String taskId() {
    return assignment.getTaskId();
  }

  @Override
  public String kind() {
    return assignment.getSpec().getKind();
  }

  @Override
  public String queue() {
    var queue = assignment.getSpec().getQueue();
    return queue.isEmpty() ? "default" : queue;
  }

  @Override
  public String name() {
    return assignment.getSpec().getName();
  }

  @Override
  public String tenant() {
    return assignment.getSpec().getTenant();
  }

  @Override
  public Map<String, String> labels() {
    return assignment.getSpec().getLabelsMap();
  }

  @Override
  public boolean urgent() {
    return assignment.getSpec().getLane() == Lane.LANE_URGENT;
  }

  @Override
  public int attempt() {
    return assignment.getAttempt();
  }

  @Override
  public long fence() {
    return assignment.getFence();
  }

  @Override
  public byte[] payload() {
    return payloadBytes().toByteArray();
  }

  @Override
  public String text() {
    return payloadBytes().toStringUtf8();
  }

  @Override
  public <T> T payloadAs(Class<T> type) throws Rejected {
    try (var bytes = payloadBytes().newInput()) {
      T value = surroundings.json().readValue(bytes, type);
      if (value != null) {
        return value;
      }
    } catch (IOException unreadable) {
      // The text of the exception quotes the payload, which does not belong into records.
      throw new Rejected(
          "PAYLOAD_UNREADABLE",
          "expected a payload of JSON for " + type.getSimpleName() + ", got something else",
          unreadable);
    }
    throw new Rejected(
        "PAYLOAD_UNREADABLE",
        "expected a payload of JSON for " + type.getSimpleName() + ", got null");
  }

  @Override
  public int resultBytesMax() {
    return surroundings.resultMax().getAsInt();
  }

  @Override
  public Instant deadline() {
    var timeout = assignment.getExecutionTimeoutMs();
    return timeout > 0 && timeout < Long.MAX_VALUE / 4_000_000
        ? Instant.ofEpochMilli(arrivedMillis + timeout)
        : Instant.MAX;
  }

  @Override
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, deadlineNanos - surroundings.nanos().getAsLong()));
  }

  @Override
  public boolean isCancelled() {
    return cause != null;
  }

  @Override
  public Optional<CancelCause> cancelCause() {
    return Optional.ofNullable(cause);
  }

  @Override
  public void onCancel(Runnable action) {
    synchronized (this) {
      if (ended) {
        return;
      }
      if (cause == null) {
        if (onCancel == null) {
          onCancel = new ArrayList<>(1);
        }
        onCancel.add(action);
        return;
      }
    }
    runCallback(action);
  }

  @Override
  public void progress(double percent, String message) {
    synchronized (this) {
      if (ended || cause != null) {
        return;
      }
      var clamped = Math.max(0, Math.min(100, percent));
      if (clamped > this.percent) {
        this.percent = clamped;
      }
      var isWaiting = this.message != null;
      this.message = Texts.cut(message, MESSAGE_MAX);
      if (isWaiting) {
        return;
      }
    }
    surroundings.progress().accept(this);
  }

  @Override
  public Logger log() {
    // Only a handler that logs pays for the context of its lines.
    if (!mdc) {
      mdc = true;
      MDC.put(MDC_TASK, taskId());
      MDC.put(MDC_ATTEMPT, String.valueOf(attempt()));
      MDC.put(MDC_KIND, kind());
    }
    return LOG;
  }

  @Override
  public String toString() {
    return "attempt " + attempt() + " (fence " + fence() + ") of task " + taskId();
  }

  private void runCallback(Runnable action) {
    surroundings
        .callbacks()
        .execute(
            () -> {
              try {
                action.run();
              } catch (RuntimeException failure) {
                LOG.warn("an action on cancellation of {} failed", this, failure);
              }
            });
  }
}
