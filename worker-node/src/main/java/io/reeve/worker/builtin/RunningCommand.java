package io.reeve.worker.builtin;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command with everything that it started. Closing it kills all of that which still runs; only a
 * process that has made itself a session of its own after its parent's end escapes.
 */
final class RunningCommand implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RunningCommand.class);
  private static final long PAUSE_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long PAUSE_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Process process;
  private final @Nullable GroupGuard guard;

  /**
   * @param guard has the command's process group; null when it has none of its own
   */
  RunningCommand(Process process, @Nullable GroupGuard guard) {
    this.process = process;
    this.guard = guard;
  }

  Process process() {
    return process;
  }

  /**
   * Waits until the command's first process has ended, and meanwhile takes what it writes.
   *
   * @return false when the time was over first
   */
  boolean await(OutputCapture stdout, OutputCapture stderr, long timeoutNanos, LongSupplier nanos)
      throws IOException, InterruptedException {
    var end = nanos.getAsLong() + timeoutNanos;
    var pause = PAUSE_MIN_NANOS;
    for (var left = timeoutNanos; left > 0; left = end - nanos.getAsLong()) {
      var ended = process.waitFor(Math.min(pause, left), TimeUnit.NANOSECONDS);
      var wrote = drain(stdout, stderr);
      if (ended) {
        while (wrote) {
          wrote = drain(stdout, stderr);
        }
        return true;
      }
      pause = wrote ? PAUSE_MIN_NANOS : Math.min(pause * 2, PAUSE_MAX_NANOS);
    }
    return false;
  }

  private static boolean drain(OutputCapture stdout, OutputCapture stderr) throws IOException {
    var wrote = stdout.drain();
    return stderr.drain() || wrote;
  }

  @Override
  public void close() {
    // Once their parent has ended, nobody can tell whose the descendants were.
    var family = process.isAlive() ? process.descendants().toList() : List.<ProcessHandle>of();
    if (guard != null) {
      try {
        guard.end(process.pid());
      } catch (IOException failure) {
        LOG.warn(
            "the process group {} of a command of exec could not be ended", process.pid(), failure);
      }
    }
    family.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.getInputStream().close();
      process.getErrorStream().close();
    } catch (IOException failure) {
      LOG.debug("the streams of an ended command could not be closed", failure);
    }
  }
}
