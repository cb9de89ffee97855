package io.reeve.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Submits any number of tasks: packs them into calls and keeps a bounded number of calls in flight.
 *
 * <p>{@link #add} blocks while as many calls are in flight as allowed, so memory stays bounded and
 * the server sets the pace. Each call is all or none and carries a request id of its own, made from
 * the run's id and its number; so a whole run that broke off can be repeated with the same tasks in
 * the same order and submits none twice. For one thread.
 */
public final class BulkSubmitter implements AutoCloseable {

  private final ReeveClient client;
  private final Builder settings;
  private final Semaphore callsFree;
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicReference<@Nullable ReeveException> firstFailure = new AtomicReference<>();
  private List<TaskRequest> batch;
  private long batchBytes;
  private long callsMade;
  private boolean closed;
  private boolean failureTold;

  private BulkSubmitter(ReeveClient client, Builder settings) {
    this.client = client;
    this.settings = settings;
    this.callsFree = new Semaphore(settings.callsInFlightMax);
    this.batch = new ArrayList<>(settings.tasksPerCall);
  }

  /**
   * Takes one task; it is submitted with the others of its call. Throws the failure of an earlier
   * call. A task with a unique key is not for bulk: each key belongs to a partition of its own, and
   * {@link ReeveClient#submitAsync(TaskRequest)} sends it there.
   */
  public void add(TaskRequest task) {
    throwFailure();
    if (task.spec().hasUnique()) {
      throw new IllegalArgumentException("expected a task without a unique key, got one with");
    }
    var bytes = task.spec().getSerializedSize();
    if (!batch.isEmpty() && batchBytes + bytes > settings.bytesPerCall) {
      send();
    }
    batch.add(task);
    batchBytes += bytes;
    if (batch.size() >= settings.tasksPerCall) {
      send();
    }
  }

  /** Sends the remaining tasks and waits for every answer. */
  public void flush() {
    if (!batch.isEmpty()) {
      send();
    }
    awaitCallsInFlight();
    throwFailure();
  }

  /**
   * Start of the request ids of this run's calls. A run with the same id, tasks and sizes has no
   * second effect where this one was accepted.
   */
  public String runId() {
    return settings.runId;
  }

  /** Tasks that the server has acknowledged. */
  public long accepted() {
    return accepted.get();
  }

  /**
   * Flushes. After a failure that the caller has seen, only waits for the calls in flight: no more
   * tasks are sent, and the failure is not thrown again over itself.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (failureTold) {
      awaitCallsInFlight();
    } else {
      flush();
    }
  }

  private void send() {
    acquire(1);
    var tasks = batch;
    batch = new ArrayList<>(settings.tasksPerCall);
    batchBytes = 0;
    callsMade++;
    var unused =
        client
            .submitAllAsync(settings.runId + "-" + callsMade, tasks)
            .thenAccept(
                submission -> {
                  accepted.addAndGet(submission.taskIds().size());
                  settings.onAccepted.accept(submission);
                })
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    firstFailure.compareAndSet(null, asReeveException(failure));
                  }
                  callsFree.release();
                });
  }

  private void awaitCallsInFlight() {
    acquire(settings.callsInFlightMax);
    callsFree.release(settings.callsInFlightMax);
  }

  private void acquire(int permits) {
    try {
      callsFree.acquire(permits);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw ReeveException.local(
          io.grpc.Status.Code.CANCELLED,
          ReeveException.REASON_INTERRUPTED,
          "the thread was interrupted while it submitted tasks");
    }
  }

  private void throwFailure() {
    var failure = firstFailure.get();
    if (failure != null) {
      failureTold = true;
      throw failure;
    }
  }

  private static ReeveException asReeveException(Throwable failure) {
    var cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof ReeveException known
        ? known
        : new ReeveException(
            io.grpc.Status.Code.UNKNOWN, "", String.valueOf(cause), null, "", cause);
  }

  /** How a bulk submitter packs and paces. */
  public static final class Builder {
    private final ReeveClient client;
    private String runId;
    private int tasksPerCall = 500;
    private int callsInFlightMax = 4;
    private long bytesPerCall = 1024 * 1024;
    private Consumer<Submission> onAccepted = submission -> {};

    Builder(ReeveClient client, String runId) {
      this.client = client;
      this.runId = runId;
    }

    /** Start of the request ids of the run's calls; at most 110 characters. Default: random. */
    public Builder runId(String id) {
      runId = id;
      return this;
    }

    /** Tasks in one call, at most; default 500. */
    public Builder tasksPerCall(int tasks) {
      tasksPerCall = atLeastOne(tasks, "tasksPerCall");
      return this;
    }

    /** Calls that wait for an answer at once, at most; default 4. */
    public Builder callsInFlightMax(int calls) {
      callsInFlightMax = atLeastOne(calls, "callsInFlightMax");
      return this;
    }

    /** Bytes of tasks in one call unless a single task is larger; default 1 MiB. */
    public Builder bytesPerCall(int bytes) {
      bytesPerCall = atLeastOne(bytes, "bytesPerCall");
      return this;
    }

    /** Hears of each acknowledged call, in any order, on the client's executor. */
    public Builder onAccepted(Consumer<Submission> listener) {
      onAccepted = listener;
      return this;
    }

    /** Starts a run; this builder must not be changed afterwards. */
    public BulkSubmitter start() {
      return new BulkSubmitter(client, this);
    }

    private static int atLeastOne(int value, String name) {
      if (value < 1) {
        throw new IllegalArgumentException("expected " + name + " of at least 1, got " + value);
      }
      return value;
    }
  }
}
