package io.reeve.client;

import io.grpc.MethodDescriptor;
import io.reeve.v1.DeadLetterFilter;
import io.reeve.v1.DeadLetterServiceGrpc;
import io.reeve.v1.DiscardDeadLettersRequest;
import io.reeve.v1.DiscardDeadLettersResponse;
import io.reeve.v1.DiscardTaskRequest;
import io.reeve.v1.DiscardTaskResponse;
import io.reeve.v1.GroupDeadLettersRequest;
import io.reeve.v1.GroupDeadLettersResponse;
import io.reeve.v1.ListDeadLettersRequest;
import io.reeve.v1.ListDeadLettersResponse;
import io.reeve.v1.RedriveDeadLettersRequest;
import io.reeve.v1.RedriveDeadLettersResponse;
import io.reeve.v1.RedriveTaskRequest;
import io.reeve.v1.RedriveTaskResponse;
import io.reeve.v1.RetryPolicy;
import io.reeve.v1.Task;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Tasks that died, for a person or a program that decides about them. Safe for many threads.
 *
 * <p>All calls are safe to repeat: a dead letter is redriven once at most. A walk over many that
 * was interrupted may be begun again; it then does what is left.
 */
public final class DeadLetters {

  private static final int PAGE_SIZE = 1000;

  private final Calls calls;

  DeadLetters(Calls calls) {
    this.calls = calls;
  }

  /**
   * The dead letters that match, without payloads, fetched page by page while they are walked; each
   * walk starts anew.
   */
  public Iterable<Task> list(DeadLetterFilter filter) {
    return () -> new Pages<>(token -> page(filter, token));
  }

  private Pages.Page<Task> page(DeadLetterFilter filter, String token) {
    var request =
        ListDeadLettersRequest.newBuilder()
            .setFilter(filter)
            .setPageSize(PAGE_SIZE)
            .setPageToken(token)
            .setOmitBytes(true)
            .build();
    return call(
        DeadLetterServiceGrpc.getListDeadLettersMethod(),
        request,
        (ListDeadLettersResponse page) ->
            new Pages.Page<>(page.getTasksList(), page.getNextPageToken()));
  }

  /** The groups of dead letters whose errors are alike, the largest first. */
  public GroupDeadLettersResponse groups(DeadLetterFilter filter) {
    return call(
        DeadLetterServiceGrpc.getGroupDeadLettersMethod(),
        GroupDeadLettersRequest.newBuilder().setFilter(filter).build(),
        Function.identity());
  }

  /** Repeats a dead letter as a new task; a second time, tells the new task of the first time. */
  public RedriveTaskResponse redrive(String taskId) {
    return redrive(taskId, RetryPolicy.getDefaultInstance());
  }

  /**
   * As {@link #redrive(String)}.
   *
   * @param changes of the retry policy of the new task; what is not given stays
   */
  public RedriveTaskResponse redrive(String taskId, RetryPolicy changes) {
    return call(
        DeadLetterServiceGrpc.getRedriveTaskMethod(),
        RedriveTaskRequest.newBuilder().setTaskId(taskId).setRetry(changes).build(),
        Function.identity());
  }

  /**
   * Redrives all dead letters that match and that died before the call.
   *
   * @param changes as in {@link #redrive(String, RetryPolicy)}
   * @param progress is told now and then how many were redriven so far
   * @return how many were redriven. If an answer was lost and its call repeated, those of the lost
   *     answer are not counted.
   */
  public long redriveAll(DeadLetterFilter filter, RetryPolicy changes, LongConsumer progress) {
    var request = RedriveDeadLettersRequest.newBuilder().setFilter(filter).setRetry(changes);
    var redriven = 0L;
    do {
      RedriveDeadLettersResponse step =
          call(
              DeadLetterServiceGrpc.getRedriveDeadLettersMethod(),
              request.build(),
              Function.identity());
      redriven += step.getRedriven();
      request.setPageToken(step.getNextPageToken());
      progress.accept(redriven);
    } while (!request.getPageToken().isEmpty());
    return redriven;
  }

  /** Settles a dead letter without another task; whether this call did it. */
  public boolean discard(String taskId) {
    return call(
        DeadLetterServiceGrpc.getDiscardTaskMethod(),
        DiscardTaskRequest.newBuilder().setTaskId(taskId).build(),
        (DiscardTaskResponse done) -> !done.getAlreadyDiscarded());
  }

  /**
   * Discards all dead letters that match and that died before the call.
   *
   * @param progress is told now and then how many were discarded so far
   * @return how many were discarded, counted as by {@link #redriveAll}
   */
  public long discardAll(DeadLetterFilter filter, LongConsumer progress) {
    var request = DiscardDeadLettersRequest.newBuilder().setFilter(filter);
    var discarded = 0L;
    do {
      DiscardDeadLettersResponse step =
          call(
              DeadLetterServiceGrpc.getDiscardDeadLettersMethod(),
              request.build(),
              Function.identity());
      discarded += step.getDiscarded();
      request.setPageToken(step.getNextPageToken());
      progress.accept(discarded);
    } while (!request.getPageToken().isEmpty());
    return discarded;
  }

  private <Q, R, T> T call(MethodDescriptor<Q, R> method, Q request, Function<R, T> read) {
    return ReeveClient.await(calls.call(method, request, "", read));
  }
}
