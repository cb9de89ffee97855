package io.reeve.edge.grpc.schedule;

import com.google.protobuf.Timestamp;
import io.reeve.edge.calls.Caller;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Expect;
import io.reeve.edge.calls.ScheduleCalls;
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
import io.reeve.v1.ScheduleService;
import io.reeve.v1.SetScheduleRequest;
import io.reeve.v1.SetScheduleResponse;
import io.reeve.v1.StopBackfillRequest;
import io.reeve.v1.StopBackfillResponse;
import io.reeve.v1.TriggerScheduleRequest;
import io.reeve.v1.TriggerScheduleResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The calls about schedules by gRPC: puts {@link ScheduleCalls} into the words of the public
 * protocol.
 */
public final class ScheduleServiceEdge implements ScheduleService {

  private final ScheduleCalls calls;
  private final ScheduleReplies replies;

  public ScheduleServiceEdge(ScheduleCalls calls) {
    this.calls = calls;
    this.replies = new ScheduleReplies(calls::nowMs);
  }

  @Override
  public CompletionStage<SetScheduleResponse> setSchedule(SetScheduleRequest in) {
    return calls
        .set(Caller.LOCAL, in.getName(), in.getDefinition(), in.getExpectedVersion())
        .thenApply(replies::set);
  }

  @Override
  public CompletionStage<GetScheduleResponse> getSchedule(GetScheduleRequest in) {
    return calls
        .get(Caller.LOCAL, in.getName())
        .thenApply(
            view -> GetScheduleResponse.newBuilder().setSchedule(replies.schedule(view)).build());
  }

  @Override
  public CompletionStage<ListSchedulesResponse> listSchedules(ListSchedulesRequest in) {
    return calls
        .list(
            Caller.LOCAL,
            in.getNamePrefix(),
            in.getPageSize(),
            in.getPageToken(),
            replies::schedule,
            // With tag and length in front of it.
            schedule -> schedule.getSerializedSize() + 6L)
        .thenApply(
            page ->
                ListSchedulesResponse.newBuilder()
                    .addAllSchedules(page.schedules())
                    .setNextPageToken(page.nextPageToken())
                    .build());
  }

  @Override
  public CompletionStage<PauseScheduleResponse> pauseSchedule(PauseScheduleRequest in) {
    return calls
        .pause(Caller.LOCAL, in.getName(), in.getReason())
        .thenApply(
            view -> PauseScheduleResponse.newBuilder().setSchedule(replies.schedule(view)).build());
  }

  @Override
  public CompletionStage<ResumeScheduleResponse> resumeSchedule(ResumeScheduleRequest in) {
    return calls
        .resume(Caller.LOCAL, in.getName())
        .thenApply(
            view ->
                ResumeScheduleResponse.newBuilder().setSchedule(replies.schedule(view)).build());
  }

  @Override
  public CompletionStage<TriggerScheduleResponse> triggerSchedule(TriggerScheduleRequest in) {
    return calls
        .trigger(Caller.LOCAL, in.getName(), in.getRequestId())
        .thenApply(replies::triggered);
  }

  @Override
  public CompletionStage<DeleteScheduleResponse> deleteSchedule(DeleteScheduleRequest in) {
    return calls
        .delete(Caller.LOCAL, in.getName())
        .thenApply(
            view ->
                DeleteScheduleResponse.newBuilder().setSchedule(replies.schedule(view)).build());
  }

  @Override
  public CompletionStage<BackfillScheduleResponse> backfillSchedule(BackfillScheduleRequest in) {
    return calls
        .backfill(
            Caller.LOCAL,
            in.getName(),
            in.getRequestId(),
            required("from", in.hasFrom(), in.getFrom()),
            required("to", in.hasTo(), in.getTo()))
        .thenApply(
            view ->
                BackfillScheduleResponse.newBuilder().setSchedule(replies.schedule(view)).build());
  }

  @Override
  public CompletionStage<StopBackfillResponse> stopBackfill(StopBackfillRequest in) {
    return calls
        .stopBackfill(Caller.LOCAL, in.getName())
        .thenApply(
            view -> StopBackfillResponse.newBuilder().setSchedule(replies.schedule(view)).build());
  }

  @Override
  public CompletionStage<NextRunsResponse> nextRuns(NextRunsRequest in) {
    var after = in.hasAfter() ? Expect.epochMillis("after", in.getAfter()) : calls.nowMs();
    return upcoming(in, after).thenApply(ScheduleReplies::upcoming);
  }

  private CompletionStage<List<ScheduleCalls.Upcoming>> upcoming(NextRunsRequest in, long after) {
    return in.hasDefinition()
        ? CompletableFuture.completedFuture(
            calls.next(Caller.LOCAL, in.getName(), in.getDefinition(), after, in.getCount()))
        : calls.next(Caller.LOCAL, in.getName(), after, in.getCount());
  }

  private static long required(String field, boolean present, Timestamp instant) {
    if (!present) {
      throw EdgeRefusal.invalid(field, "expected an instant, got none");
    }
    return Expect.epochMillis(field, instant);
  }
}
