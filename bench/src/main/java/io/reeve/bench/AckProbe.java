package io.reeve.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Submits lone tasks at an even pace while other work goes on, and compares how long each took to
 * be acknowledged while a node stored a snapshot and while none did. It learns of snapshots from
 * the logs of the nodes.
 */
final class AckProbe implements AutoCloseable {

  private static final Pattern BEGUN = Pattern.compile("partition \\d+ begins a snapshot of");
  private static final Pattern ENDED =
      Pattern.compile("partition \\d+ (stored the snapshot of|could not store a snapshot of)");
  private static final Pattern TOOK = Pattern.compile("encoded in (\\d+) ms, written in (\\d+) ms");

  private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /**
   * The longest that a submission took to be acknowledged.
   *
   * @param snapshots stored meanwhile
   * @param snapshotMs how long the longest snapshot took to be encoded and written
   * @param duringMs of those that were under way while a snapshot was being stored
   * @param otherwiseMs of all others
   */
  record Figures(int snapshots, long snapshotMs, long duringMs, long otherwiseMs) {}

  private final Runnable submit;
  private final Supplier<String> logs;
  private final LongSupplier nanoTime;
  private final Thread thread;
  private volatile boolean closed;
  private volatile long duringNanos;
  private volatile long otherwiseNanos;

  /**
   * @param submit submits one task and returns when it is acknowledged
   * @param logs all that the nodes logged so far
   */
  AckProbe(Runnable submit, Supplier<String> logs, LongSupplier nanoTime) {
    this.submit = submit;
    this.logs = logs;
    this.nanoTime = nanoTime;
    this.thread = new Thread(this::run, "ack-probe");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!closed) {
      var endedBefore = count(ENDED, logs.get());
      var sent = nanoTime.getAsLong();
      submit.run();
      var took = nanoTime.getAsLong() - sent;
      if (count(BEGUN, logs.get()) > endedBefore) {
        duringNanos = Math.max(duringNanos, took);
      } else {
        otherwiseNanos = Math.max(otherwiseNanos, took);
      }
      LockSupport.parkNanos(EVERY_NANOS - took);
    }
  }

  private static long count(Pattern pattern, String log) {
    return pattern.matcher(log).results().count();
  }

  /** Ends, after the submission that is under way. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a submission was under way", interrupted);
    }
  }

  /** Snapshots that ended, by the logs of the nodes. */
  static int snapshots(String logs) {
    return (int) count(ENDED, logs);
  }

  /** What was seen so far. */
  Figures figures() {
    var log = logs.get();
    var longest =
        TOOK.matcher(log)
            .results()
            .mapToLong(m -> Long.parseLong(m.group(1)) + Long.parseLong(m.group(2)))
            .max()
            .orElse(0);
    return new Figures(
        snapshots(log),
        longest,
        TimeUnit.NANOSECONDS.toMillis(duringNanos),
        TimeUnit.NANOSECONDS.toMillis(otherwiseNanos));
  }
}
