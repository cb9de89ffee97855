package io.reeve.edge.grpc.task;

import io.reeve.domain.task.TaskState;
import io.reeve.edge.calls.Caller;
import io.reeve.edge.calls.ExplainCalls;
import io.reeve.edge.calls.TaskCalls;
import io.reeve.edge.calls.TaskQuery;
import io.reeve.edge.calls.WireTime;
import io.reeve.edge.v1.ListTasksView;
import io.reeve.edge.v1.SubmitTaskView;
import io.reeve.edge.v1.SubmitTasksView;
import io.reeve.edge.v1.TaskReplyView;
import io.reeve.edge.v1.TaskServiceView;
import io.reeve.v1.CancelTaskRequest;
import io.reeve.v1.ExplainRequest;
import io.reeve.v1.ExplainResponse;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.ListTasksRequest;
import io.reeve.v1.SubmitTaskResponse;
import io.reeve.v1.SubmitTasksResponse;
import io.reeve.v1.WatchTaskRequest;
import java.time.Clock;
import java.util.EnumSet;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/** The calls of clients by gRPC: puts {@link TaskCalls} into the words of the public protocol. */
public final class TaskServiceEdge implements TaskServiceView {

  private final TaskCalls calls;
  private final ExplainCalls explain;
  private final TaskWatches watches;
  private final Clock clock;

  /**
   * @param clock dates the estimates of starts
   */
  public TaskServiceEdge(TaskCalls calls, ExplainCalls explain, TaskWatches watches, Clock clock) {
    this.calls = calls;
    this.explain = explain;
    this.watches = watches;
    this.clock = clock;
  }

  @Override
  public CompletionStage<SubmitTaskResponse> submitTask(SubmitTaskView in) {
    return calls
        .submit(Caller.LOCAL, in.getRequestId(), in.getTask())
        .thenApply(
            done ->
                SubmitTaskResponse.newBuilder()
                    .setTaskId(done.firstId().toString())
                    .setSubmittedAt(WireTime.instant(done.submittedAtMs()))
                    .setAlreadySubmitted(done.already())
                    .setReturnedFirst(done.metAnother())
                    .build());
  }

  @Override
  public CompletionStage<SubmitTasksResponse> submitTasks(SubmitTasksView in) {
    return calls
        .submitAll(Caller.LOCAL, in.getRequestId(), in.getTasksList())
        .thenApply(
            done -> {
              var response =
                  SubmitTasksResponse.newBuilder()
                      .setSubmittedAt(WireTime.instant(done.submittedAtMs()))
                      .setAlreadySubmitted(done.already());
              var prefix = done.partition() + "-";
              for (var i = 0; i < done.count(); i++) {
                response.addTaskIds(prefix.concat(Long.toString(done.firstSequence() + i)));
              }
              return response.build();
            });
  }

  @Override
  public CompletionStage<TaskReplyView> cancelTask(CancelTaskRequest in) {
    return calls.cancel(Caller.LOCAL, in.getTaskId(), in.getReason()).thenApply(TaskReplies::reply);
  }

  @Override
  public CompletionStage<TaskReplyView> getTask(GetTaskRequest in) {
    return calls.get(Caller.LOCAL, in.getTaskId()).thenApply(TaskReplies::reply);
  }

  /** The task now and after each change, each as an encoded WatchTaskResponse. */
  public Source<ByteString, NotUsed> watchTask(WatchTaskRequest in) {
    return watches.watch(calls.watched(Caller.LOCAL, in.getTaskId()));
  }

  @Override
  public CompletionStage<ListTasksView> listTasks(ListTasksRequest in) {
    var states = EnumSet.noneOf(TaskState.class);
    in.getStatesList().forEach(state -> states.add(TaskReplies.state("states", state)));
    var query =
        new TaskQuery(
            states,
            in.getQueue(),
            in.getKind(),
            in.getTenant(),
            in.getPageSize(),
            in.getPageToken(),
            in.getOmitBytes());
    return calls
        .list(
            Caller.LOCAL,
            query,
            task -> TaskReplies.listed(task, in.getOmitBytes()),
            // With tag and length in front of it.
            view -> view.getSerializedSize() + 6L)
        .thenApply(
            page ->
                ListTasksView.newBuilder()
                    .addAllTasks(page.tasks())
                    .setNextPageToken(page.nextPageToken())
                    .build());
  }

  @Override
  public CompletionStage<ExplainResponse> explain(ExplainRequest in) {
    return explain
        .explain(Caller.LOCAL, in.getTaskId())
        .thenApply(told -> ExplainReplies.reply(told, clock.millis()));
  }
}
