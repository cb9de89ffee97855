package io.reeve.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls with one answer to the endpoint in use, and retries after failures that may pass.
 *
 * <p>One call has a deadline that covers all its tries, and each try a shorter one, so that a
 * server that hangs does not use up the time in which another could answer.
 */
final class Calls {

  /** Half of what fits into nanoseconds, so that a sum with the present instant fits too. */
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

  private final Endpoints endpoints;
  private final RetryRule retryRule;
  private final Duration callTimeout;
  private final Duration tryTimeout;
  private final ScheduledExecutorService timer;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;

  Calls(
      Endpoints endpoints,
      RetryRule retryRule,
      Duration callTimeout,
      Duration tryTimeout,
      ScheduledExecutorService timer,
      LongSupplier nanoTime,
      RandomGenerator random) {
    this.endpoints = endpoints;
    this.retryRule = retryRule;
    this.callTimeout = callTimeout;
    this.tryTimeout = tryTimeout;
    this.timer = timer;
    this.nanoTime = nanoTime;
    this.random = random;
  }

  Endpoints endpoints() {
    return endpoints;
  }

  /** The wait before the next try after {@code triesDone} failures in a row, or null to give up. */
  @Nullable Duration delayAfter(int triesDone, ReeveException failure) {
    return retryRule.delayAfter(triesDone, failure, random).orElse(null);
  }

  /** As {@link #delayAfter}, for a caller that gives up by time and not after a number of tries. */
  @Nullable Duration delayHoweverMany(int triesDone, ReeveException failure) {
    return retryRule.delayHoweverMany(triesDone, failure, random).orElse(null);
  }

  /** The nanoseconds of a duration; those of 146 years if it is longer, which no timer outlives. */
  private static long nanos(Duration duration) {
    return duration.compareTo(LONGEST) < 0 ? duration.toNanos() : LONGEST.toNanos();
  }

  /** Runs {@code next} after {@code delay}. {@code next} must not throw: nobody would see it. */
  Future<?> after(Duration delay, Runnable next) {
    try {
      return timer.schedule(next, nanos(delay), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      // The client was closed meanwhile: run now, and let the closed channel refuse the call.
      next.run();
      return CompletableFuture.completedFuture(null);
    }
  }

  /**
   * Completes with the answer as {@code read} converts it, or with a {@link ReeveException}.
   * Cancelling the future cancels the call.
   */
  <Q, R, T> CompletableFuture<T> call(
      MethodDescriptor<Q, R> method, Q request, String requestId, Function<R, T> read) {
    return begin(new Tries<>(method, request, requestId, true, read));
  }

  /**
   * As {@link #call} for one that would undo what others did since, if it were repeated after it
   * took effect. So it is repeated only where it certainly had none.
   */
  <Q, R, T> CompletableFuture<T> callOnce(
      MethodDescriptor<Q, R> method, Q request, Function<R, T> read) {
    return begin(new Tries<>(method, request, "", false, read));
  }

  private static <T> CompletableFuture<T> begin(Tries<?, ?, T> tries) {
    tries.begin();
    return tries.result;
  }

  private final class Tries<Q, R, T> {
    private final MethodDescriptor<Q, R> method;
    private final Q request;
    private final String requestId;
    private final boolean repeatable;
    private final Function<R, T> read;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final long deadlineNanos = nanoTime.getAsLong() + nanos(callTimeout);
    private volatile @Nullable ClientCall<Q, R> current;
    private int triesDone;

    Tries(
        MethodDescriptor<Q, R> method,
        Q request,
        String requestId,
        boolean repeatable,
        Function<R, T> read) {
      this.method = method;
      this.request = request;
      this.requestId = requestId;
      this.repeatable = repeatable;
      this.read = read;
      var unused =
          result.whenComplete(
              (answer, failure) -> {
                var call = current;
                if (result.isCancelled() && call != null) {
                  call.cancel("cancelled by the caller", null);
                }
              });
    }

    void begin() {
      if (result.isDone()) {
        return;
      }
      var turn = endpoints.turn();
      if (triesDone > 0) {
        endpoints.reconnect(turn);
      }
      var nanosLeft = Math.max(1, deadlineNanos - nanoTime.getAsLong());
      // Where there is no second try, the first has all the time.
      var tryNanos = repeatable ? Math.min(nanosLeft, nanos(tryTimeout)) : nanosLeft;
      var options = CallOptions.DEFAULT.withDeadlineAfter(tryNanos, TimeUnit.NANOSECONDS);
      var call = endpoints.channel(turn).newCall(method, options);
      current = call;
      call.start(new Answer(turn), new Metadata());
      call.request(2);
      call.sendMessage(request);
      call.halfClose();
    }

    void failed(ReeveException failure, int turn) {
      if (RetryRule.blamesEndpoint(failure)) {
        endpoints.moveOnFrom(turn);
      }
      triesDone++;
      var mayBeRepeated = repeatable || failure.hadNoEffect();
      var delay = mayBeRepeated ? delayAfter(triesDone, failure) : null;
      var now = nanoTime.getAsLong();
      if (delay == null || deadlineNanos - now <= nanos(delay)) {
        result.completeExceptionally(failure.forRequest(requestId));
      } else {
        var unused = after(delay, this::begin);
      }
    }

    private final class Answer extends ClientCall.Listener<R> {
      private final int turn;
      private @Nullable R answer;

      Answer(int turn) {
        this.turn = turn;
      }

      @Override
      public void onMessage(R message) {
        answer = message;
      }

      @Override
      public void onClose(Status status, Metadata trailers) {
        var received = answer;
        if (status.isOk() && received != null) {
          result.complete(read.apply(received));
        } else if (status.isOk()) {
          failed(
              ReeveException.of(
                  Status.INTERNAL.withDescription("expected an answer, got none"), null),
              turn);
        } else {
          failed(ReeveException.of(status, trailers).at(endpoints.name(turn)), turn);
        }
      }
    }
  }
}
