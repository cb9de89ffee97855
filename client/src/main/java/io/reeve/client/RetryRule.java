package io.reeve.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Whether and when a failed call is tried again.
 *
 * <p>A wait is drawn evenly from zero to a bound that doubles with each try ("full jitter", so that
 * clients that lost their server together do not reconnect together). The delay in the server's
 * {@code RetryInfo} is a lower bound.
 *
 * @param triesMax tries of one call in all, the first included; at least 1
 * @param backoffInitial bound of the first wait; above zero
 * @param backoffMax no bound grows beyond it; at least {@code backoffInitial}
 */
record RetryRule(int triesMax, Duration backoffInitial, Duration backoffMax) {

  RetryRule {
    if (triesMax < 1) {
      throw new IllegalArgumentException("expected triesMax of at least 1, got " + triesMax);
    }
    if (backoffInitial.isZero() || backoffInitial.isNegative()) {
      throw new IllegalArgumentException("expected a backoff above zero, got " + backoffInitial);
    }
    if (backoffMax.compareTo(backoffInitial) < 0) {
      throw new IllegalArgumentException(
          "expected backoffMax of at least " + backoffInitial + ", got " + backoffMax);
    }
  }

  /**
   * The wait before the next try, or empty to give up.
   *
   * @param triesDone failed tries of this call so far; at least 1
   */
  Optional<Duration> delayAfter(int triesDone, ReeveException failure, RandomGenerator random) {
    return triesDone >= triesMax ? Optional.empty() : delayHoweverMany(triesDone, failure, random);
  }

  /** As {@link #delayAfter}, without a bound of the number of tries. */
  Optional<Duration> delayHoweverMany(
      int triesDone, ReeveException failure, RandomGenerator random) {
    if (!mayBeRepeated(failure)) {
      return Optional.empty();
    }
    var drawn = Duration.ofNanos(random.nextLong(boundAfter(triesDone).toNanos() + 1));
    return Optional.of(failure.retryDelay().orElse(Duration.ZERO).plus(drawn));
  }

  private Duration boundAfter(int triesDone) {
    var doublings = Math.min(triesDone - 1, 30);
    var nanos = backoffInitial.toNanos() * Math.pow(2, doublings);
    return nanos >= backoffMax.toNanos() ? backoffMax : Duration.ofNanos((long) nanos);
  }

  /**
   * Every call of this library may be repeated: submissions carry a request id, the rest changes
   * nothing the second time. So the question is only whether a repeat can end differently.
   */
  private static boolean mayBeRepeated(ReeveException failure) {
    return switch (failure.code()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED -> true;
      case RESOURCE_EXHAUSTED, ABORTED -> failure.retryDelay().isPresent();
      case INTERNAL, CANCELLED, UNKNOWN -> failure.reason().isEmpty() && brokeOff(failure);
      default -> false;
    };
  }

  /**
   * Whether the stream was reset under the call by a proxy or a stopping server, or the connection
   * was closed by a dying one just as the call was written to it; in grpc-java's words.
   */
  private static boolean brokeOff(ReeveException failure) {
    var words = String.valueOf(failure.getMessage());
    return words.contains("RST_STREAM") || words.contains("channel closed");
  }

  /** Whether another endpoint may answer where this one failed. */
  static boolean blamesEndpoint(ReeveException failure) {
    return failure.code() != Status.Code.RESOURCE_EXHAUSTED;
  }
}
