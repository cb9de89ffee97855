package io.reeve.bench;

import com.google.protobuf.ByteString;
import io.reeve.bench.process.ProcessFailed;
import io.reeve.bench.process.ReeveProcess;
import io.reeve.bench.worker.BenchWorker;
import io.reeve.bench.worker.NoOp;
import io.reeve.client.ReeveClient;
import io.reeve.client.TaskRequest;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * The client's and the worker's side of a run: submits, waits, and keeps count of what was handled.
 */
final class Load {

  /** The kind that the benchmark's worker serves. */
  static final String KIND = "bench";

  /** A kind that nobody serves. */
  private static final String WAITING_KIND = "bench-waiting";

  private static final long ORDER_TIMEOUT_MILLIS = TimeUnit.MINUTES.toMillis(10);
  private static final Duration SINGLE_TIMEOUT = Duration.ofSeconds(30);

  private final ReeveClient client;
  private final ReeveProcess worker;
  private final BenchSettings settings;
  private final LongSupplier nanoTime;
  private final TaskRequest plain;
  private final TaskRequest waiting;
  private long submitted;

  Load(ReeveClient client, ReeveProcess worker, BenchSettings settings, LongSupplier nanoTime) {
    this.client = client;
    this.worker = worker;
    this.settings = settings;
    this.nanoTime = nanoTime;
    var payload = new byte[settings.payloadBytes()];
    payload[0] = NoOp.PLAIN;
    for (var i = 1; i < payload.length; i++) {
      payload[i] = (byte) (i * 31);
    }
    this.plain = TaskRequest.of(KIND).payload(payload).build();
    this.waiting = TaskRequest.of(WAITING_KIND).payload(payload).build();
  }

  void connectWorker() {
    order("connect", "connected");
  }

  void disconnectWorker() {
    order("disconnect", "disconnected");
  }

  /** Submits so many tasks in bulk; returns when all are durable. */
  void submit(long tasks) {
    submit(plain, tasks);
    submitted += tasks;
  }

  /** Submits so many tasks that nobody will run; returns when all are durable. */
  void submitWaiting(long tasks) {
    submit(waiting, tasks);
  }

  /**
   * Submits one task that nobody will run; returns when it is durable. May be called at any time.
   */
  void submitOneWaiting() {
    client.submit(waiting);
  }

  private void submit(TaskRequest task, long tasks) {
    try (var bulk =
        client
            .bulk()
            .tasksPerCall(settings.tasksPerCall())
            .callsInFlightMax(settings.callsInFlightMax())
            .start()) {
      for (var i = 0L; i < tasks; i++) {
        bulk.add(task);
      }
    }
  }

  /** Waits until the worker has handled all that was submitted. */
  void awaitAllHandled() {
    order("await " + submitted, "handled " + submitted);
  }

  /**
   * Submits one at a time at an even pace; returns how long each took to be acknowledged, in
   * nanoseconds.
   */
  Histogram submitSingles(int tasks) {
    return submitSingles(tasks, TimeUnit.SECONDS.toNanos(1) / settings.singlesPerSecond());
  }

  /** Submits one after the other without a pause. */
  void submitSinglesInARow(int tasks) {
    submitSingles(tasks, 0);
  }

  private Histogram submitSingles(int tasks, long interval) {
    var acks = new Histogram(SINGLE_TIMEOUT.toNanos(), 3);
    var next = nanoTime.getAsLong();
    for (var i = 0; i < tasks; i++) {
      var left = next - nanoTime.getAsLong();
      while (left > 0) {
        LockSupport.parkNanos(left);
        left = next - nanoTime.getAsLong();
      }
      next += interval;
      var payload = ByteBuffer.allocate(settings.payloadBytes()).put(NoOp.STAMP);
      var sent = nanoTime.getAsLong();
      payload.putLong(sent).rewind();
      client.submit(TaskRequest.of(KIND).payload(ByteString.copyFrom(payload)).build());
      acks.recordValue(Math.min(SINGLE_TIMEOUT.toNanos(), nanoTime.getAsLong() - sent));
      submitted++;
    }
    awaitAllHandled();
    return acks;
  }

  /** How long the stamped tasks took from their submission to their handler, in nanoseconds. */
  Histogram takeWaits() {
    var answer = ask("waits");
    if (!answer.startsWith("waits ")) {
      throw unexpected("waits", answer);
    }
    return BenchWorker.decode(answer.substring("waits ".length()));
  }

  private void order(String order, String expected) {
    var answer = ask(order);
    if (!answer.equals(expected)) {
      throw unexpected(expected, answer);
    }
  }

  private String ask(String order) {
    worker.tell(order);
    var until = nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(ORDER_TIMEOUT_MILLIS);
    while (nanoTime.getAsLong() < until) {
      var answer = worker.nextLine(500);
      if (answer != null) {
        return answer;
      }
      if (!worker.isAlive()) {
        throw new ProcessFailed(
            "the worker process ended while it was to " + order + ":\n" + worker.lastWords(20));
      }
    }
    throw new ProcessFailed("the worker process did not answer to: " + order);
  }

  private static IllegalStateException unexpected(String expected, String answer) {
    return new IllegalStateException(
        "expected the worker to answer '" + expected + "', got '" + answer + "'");
  }
}
