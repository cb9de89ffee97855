package io.reeve.domain.task;

import org.jspecify.annotations.Nullable;

/**
 * A worker's report that an attempt ended. It names the fence of its lease, so a repeat changes
 * nothing and a late one is refused.
 *
 * @param sequence of the task within its partition
 * @param result of a COMPLETED attempt, else empty
 * @param failure of a FAILED attempt, else null
 * @param permanent a FAILED task must not run again, whatever attempts are left
 * @param retryAfterMs of a FAILED attempt: wait at least this long; 0: as the policy says
 * @param reason of a RELEASED attempt, else empty
 */
public record Settlement(
    long sequence,
    long fence,
    Outcome outcome,
    byte[] result,
    @Nullable Failure failure,
    boolean permanent,
    long retryAfterMs,
    String reason) {

  private static final byte[] NOTHING = {};

  public static Settlement completed(long sequence, long fence, byte[] result) {
    return new Settlement(sequence, fence, Outcome.COMPLETED, result, null, false, 0, "");
  }

  public static Settlement failed(
      long sequence, long fence, Failure failure, boolean permanent, long retryAfterMs) {
    return new Settlement(
        sequence, fence, Outcome.FAILED, NOTHING, failure, permanent, retryAfterMs, "");
  }

  /**
   * The report of a FAILED attempt.
   *
   * @param random uniform in [0, 1), for the jitter of the wait
   */
  public FailureReport failed(double random) {
    var given = failure == null ? new Failure(FailureType.ERROR, "", "") : failure;
    return new FailureReport(given, permanent, retryAfterMs, random);
  }

  public static Settlement released(long sequence, long fence, String reason) {
    return new Settlement(sequence, fence, Outcome.RELEASED, NOTHING, null, false, 0, reason);
  }
}
