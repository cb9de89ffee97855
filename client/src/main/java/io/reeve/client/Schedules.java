package io.reeve.client;

import static io.reeve.client.ReeveClient.await;

import io.reeve.v1.BackfillScheduleRequest;
import io.reeve.v1.BackfillScheduleResponse;
import io.reeve.v1.DeleteScheduleRequest;
import io.reeve.v1.DeleteScheduleResponse;
import io.reeve.v1.GetScheduleRequest;
import io.reeve.v1.GetScheduleResponse;
import io.reeve.v1.ListSchedulesRequest;
import io.reeve.v1.ListSchedulesResponse;
import io.reeve.v1.NextRunsRequest;
import io.reeve.v1.NextRunsResponse;
import io.reeve.v1.PauseScheduleRequest;
import io.reeve.v1.PauseScheduleResponse;
import io.reeve.v1.ResumeScheduleRequest;
import io.reeve.v1.ResumeScheduleResponse;
import io.reeve.v1.Schedule;
import io.reeve.v1.ScheduleInstant;
import io.reeve.v1.ScheduleServiceGrpc;
import io.reeve.v1.SetScheduleRequest;
import io.reeve.v1.SetScheduleResponse;
import io.reeve.v1.StopBackfillRequest;
import io.reeve.v1.StopBackfillResponse;
import io.reeve.v1.TriggerScheduleRequest;
import io.reeve.v1.TriggerScheduleResponse;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The schedules of a server, by name; {@link ReeveClient#schedules()} has it. Safe for many
 * threads.
 *
 * <p>Reads are repeated like those for tasks. Triggers and backfills carry a request id, generated
 * when the caller gives none, so that a repeat has no second effect. So does a set with the version
 * that it expects. Other changes are repeated only if they certainly had no effect, as they would
 * undo what others did since: after {@link ReeveException#isOutcomeUnknown()}, look first.
 */
public final class Schedules {

  private static final int PAGE_SIZE = 1000;

  private final Calls calls;
  private final Supplier<String> requestIds;

  Schedules(Calls calls, Supplier<String> requestIds) {
    this.calls = calls;
    this.requestIds = requestIds;
  }

  // ---- Definition ---------------------------------------------------------------------------

  /**
   * Creates the schedule, or gives it this definition. The answer has the definition before. With
   * the definition that it has already, nothing changes.
   */
  public SetScheduleResponse set(String name, ScheduleRequest schedule) {
    return await(setAsync(name, schedule));
  }

  /**
   * As {@link #set(String, ScheduleRequest)}, unless somebody else changed the schedule.
   *
   * @param expectedVersion that the schedule must have; above 0
   * @throws ReeveException with reason VERSION_CHANGED if it has another
   */
  public SetScheduleResponse set(String name, ScheduleRequest schedule, long expectedVersion) {
    return await(setAsync(name, schedule, expectedVersion));
  }

  public CompletableFuture<SetScheduleResponse> setAsync(String name, ScheduleRequest schedule) {
    return set(request(name, schedule).build());
  }

  public CompletableFuture<SetScheduleResponse> setAsync(
      String name, ScheduleRequest schedule, long expectedVersion) {
    return set(request(name, schedule).setExpectedVersion(expectedVersion).build());
  }

  private static SetScheduleRequest.Builder request(String name, ScheduleRequest schedule) {
    return SetScheduleRequest.newBuilder().setName(name).setDefinition(schedule.definition());
  }

  private CompletableFuture<SetScheduleResponse> set(SetScheduleRequest request) {
    var method = ScheduleServiceGrpc.getSetScheduleMethod();
    return request.getExpectedVersion() == 0
        ? calls.callOnce(method, request, Function.identity())
        : calls.call(method, request, "", Function.identity());
  }

  /** Removes the schedule and returns what it was. Tasks that it made go on. */
  public Schedule delete(String name) {
    return await(deleteAsync(name));
  }

  public CompletableFuture<Schedule> deleteAsync(String name) {
    return calls.callOnce(
        ScheduleServiceGrpc.getDeleteScheduleMethod(),
        DeleteScheduleRequest.newBuilder().setName(name).build(),
        DeleteScheduleResponse::getSchedule);
  }

  // ---- Read ---------------------------------------------------------------------------------

  public Schedule get(String name) {
    return await(getAsync(name));
  }

  public CompletableFuture<Schedule> getAsync(String name) {
    return calls.call(
        ScheduleServiceGrpc.getGetScheduleMethod(),
        GetScheduleRequest.newBuilder().setName(name).build(),
        "",
        GetScheduleResponse::getSchedule);
  }

  /**
   * The schedules whose names begin with {@code prefix}, without payloads, fetched page by page
   * while they are walked; each walk starts anew.
   */
  public Iterable<Schedule> list(String prefix) {
    return () ->
        new Pages<>(
            token -> {
              var page = await(listPageAsync(prefix, PAGE_SIZE, token));
              return new Pages.Page<>(page.getSchedulesList(), page.getNextPageToken());
            });
  }

  /** One page; {@code token} is from the page before, empty for the first. */
  public CompletableFuture<ListSchedulesResponse> listPageAsync(
      String prefix, int pageSize, String token) {
    return calls.call(
        ScheduleServiceGrpc.getListSchedulesMethod(),
        ListSchedulesRequest.newBuilder()
            .setNamePrefix(prefix)
            .setPageSize(pageSize)
            .setPageToken(token)
            .build(),
        "",
        Function.identity());
  }

  /** The next instants of a schedule, in order. */
  public List<ScheduleInstant> next(String name, int count) {
    return await(nextAsync(NextRunsRequest.newBuilder().setName(name).setCount(count).build()));
  }

  /**
   * The next instants after {@code after} of a definition that need not be stored, in order.
   *
   * @param name that the schedule would have, which decides about its jitter; empty: without jitter
   */
  public List<ScheduleInstant> next(
      String name, ScheduleRequest schedule, Instant after, int count) {
    return await(
        nextAsync(
            NextRunsRequest.newBuilder()
                .setName(name)
                .setDefinition(schedule.definition())
                .setAfter(TaskRequest.proto(after))
                .setCount(count)
                .build()));
  }

  public CompletableFuture<List<ScheduleInstant>> nextAsync(NextRunsRequest request) {
    return calls.call(
        ScheduleServiceGrpc.getNextRunsMethod(), request, "", NextRunsResponse::getRunsList);
  }

  // ---- Change -------------------------------------------------------------------------------

  /** Stops the schedule from making tasks; {@code reason} is for people and may be empty. */
  public Schedule pause(String name, String reason) {
    return await(pauseAsync(name, reason));
  }

  public CompletableFuture<Schedule> pauseAsync(String name, String reason) {
    return calls.callOnce(
        ScheduleServiceGrpc.getPauseScheduleMethod(),
        PauseScheduleRequest.newBuilder().setName(name).setReason(reason).build(),
        PauseScheduleResponse::getSchedule);
  }

  /** Ends the pause; what was missed meanwhile is up to the missed policy. */
  public Schedule resume(String name) {
    return await(resumeAsync(name));
  }

  public CompletableFuture<Schedule> resumeAsync(String name) {
    return calls.callOnce(
        ScheduleServiceGrpc.getResumeScheduleMethod(),
        ResumeScheduleRequest.newBuilder().setName(name).build(),
        ResumeScheduleResponse::getSchedule);
  }

  /** Makes a task of the schedule now. The next run stays where it is. */
  public TriggerScheduleResponse trigger(String name) {
    return await(triggerAsync(requestIds.get(), name));
  }

  /** As {@link #trigger(String)}. A repeat with the same request id has no second effect. */
  public TriggerScheduleResponse trigger(String requestId, String name) {
    return await(triggerAsync(requestId, name));
  }

  public CompletableFuture<TriggerScheduleResponse> triggerAsync(String requestId, String name) {
    return calls.call(
        ScheduleServiceGrpc.getTriggerScheduleMethod(),
        TriggerScheduleRequest.newBuilder().setName(name).setRequestId(requestId).build(),
        requestId,
        Function.identity());
  }

  /**
   * Makes a task for each instant from {@code from} to {@code to}, both included. Returns when the
   * order is durable; its tasks follow.
   */
  public Schedule backfill(String name, Instant from, Instant to) {
    return await(backfillAsync(requestIds.get(), name, from, to));
  }

  /** As above. A repeat with the same request id has no second effect. */
  public Schedule backfill(String requestId, String name, Instant from, Instant to) {
    return await(backfillAsync(requestId, name, from, to));
  }

  public CompletableFuture<Schedule> backfillAsync(
      String requestId, String name, Instant from, Instant to) {
    return calls.call(
        ScheduleServiceGrpc.getBackfillScheduleMethod(),
        BackfillScheduleRequest.newBuilder()
            .setName(name)
            .setFrom(TaskRequest.proto(from))
            .setTo(TaskRequest.proto(to))
            .setRequestId(requestId)
            .build(),
        requestId,
        BackfillScheduleResponse::getSchedule);
  }

  /** Ends the backfill in progress. Tasks that it made go on. */
  public Schedule stopBackfill(String name) {
    return await(stopBackfillAsync(name));
  }

  public CompletableFuture<Schedule> stopBackfillAsync(String name) {
    return calls.callOnce(
        ScheduleServiceGrpc.getStopBackfillMethod(),
        StopBackfillRequest.newBuilder().setName(name).build(),
        StopBackfillResponse::getSchedule);
  }
}
