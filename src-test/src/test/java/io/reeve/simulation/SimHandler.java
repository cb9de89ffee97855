package io.reeve.simulation;

import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Settlement;
import io.reeve.partition.Assignment;
import java.util.SplittableRandom;

/** What a simulated worker does with an attempt, by the style of its task. */
final class SimHandler {

  private static final int RETRY_AFTER_MS = 300;

  /** How long the attempt runs, and how it ends. */
  record Run(long takesMs, Settlement settlement) {}

  private final String worker;
  private final SplittableRandom random;

  /** From now on every attempt is done soon, so that a backlog has an end. */
  boolean inHaste;

  SimHandler(String worker, SplittableRandom random) {
    this.worker = worker;
    this.random = random;
  }

  Run run(Assignment a) {
    var style = Style.of(a.spec());
    if (style == Style.HANGS && a.fence() == 1 && !inHaste) {
      // The server ends the attempt; the worker's own watch is for leases that it lied away.
      var late = new Failure(FailureType.TIMED_OUT, "still running", "");
      return new Run(
          2 * a.executionTimeoutMs(), Settlement.failed(a.sequence(), a.fence(), late, false, 0));
    }
    var slow = style == Style.SLOW && !inHaste;
    return new Run(slow ? 500 + random.nextInt(4_500) : 1 + random.nextInt(80), end(style, a));
  }

  /** Whether the worker dies under the attempt. */
  static boolean kills(Assignment a) {
    return Style.of(a.spec()) == Style.KILLS;
  }

  private Settlement end(Style style, Assignment a) {
    var failure = new Failure(FailureType.ERROR, "attempt " + a.attempt() + " of " + worker, "");
    if (style == Style.SHY && a.fence() <= 2) {
      return Settlement.released(a.sequence(), a.fence(), "not now");
    }
    if (style == Style.FATAL) {
      return Settlement.failed(a.sequence(), a.fence(), failure, true, 0);
    }
    if (style == Style.BROKEN || (style == Style.FLAKY && random.nextBoolean())) {
      var retryAfterMs = random.nextBoolean() ? RETRY_AFTER_MS : 0;
      return Settlement.failed(a.sequence(), a.fence(), failure, false, retryAfterMs);
    }
    return Settlement.completed(a.sequence(), a.fence(), someResult());
  }

  /** Differs between any two attempts, mostly. */
  byte[] someResult() {
    return new byte[] {(byte) worker.hashCode(), (byte) random.nextInt(), (byte) random.nextInt()};
  }
}
