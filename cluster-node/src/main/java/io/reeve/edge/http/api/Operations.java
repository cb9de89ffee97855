package io.reeve.edge.http.api;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.reeve.edge.grpc.EdgeServices;
import io.reeve.edge.http.api.Operation.Form;
import io.reeve.edge.v1.SubmitTaskView;
import io.reeve.edge.v1.SubmitTasksView;
import io.reeve.v1.BackfillScheduleRequest;
import io.reeve.v1.BackfillScheduleResponse;
import io.reeve.v1.CancelTaskRequest;
import io.reeve.v1.CancelTaskResponse;
import io.reeve.v1.DeleteScheduleRequest;
import io.reeve.v1.DeleteScheduleResponse;
import io.reeve.v1.DiscardDeadLettersRequest;
import io.reeve.v1.DiscardDeadLettersResponse;
import io.reeve.v1.DiscardTaskRequest;
import io.reeve.v1.DiscardTaskResponse;
import io.reeve.v1.ExplainRequest;
import io.reeve.v1.ExplainResponse;
import io.reeve.v1.GetDemandRequest;
import io.reeve.v1.GetDemandResponse;
import io.reeve.v1.GetScheduleRequest;
import io.reeve.v1.GetScheduleResponse;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.GetTaskResponse;
import io.reeve.v1.GroupDeadLettersRequest;
import io.reeve.v1.GroupDeadLettersResponse;
import io.reeve.v1.ListDeadLettersRequest;
import io.reeve.v1.ListDeadLettersResponse;
import io.reeve.v1.ListNodesRequest;
import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.ListSchedulesRequest;
import io.reeve.v1.ListSchedulesResponse;
import io.reeve.v1.ListTasksRequest;
import io.reeve.v1.ListTasksResponse;
import io.reeve.v1.ListWorkersRequest;
import io.reeve.v1.ListWorkersResponse;
import io.reeve.v1.NextRunsRequest;
import io.reeve.v1.NextRunsResponse;
import io.reeve.v1.PauseScheduleRequest;
import io.reeve.v1.PauseScheduleResponse;
import io.reeve.v1.RedriveDeadLettersRequest;
import io.reeve.v1.RedriveDeadLettersResponse;
import io.reeve.v1.RedriveTaskRequest;
import io.reeve.v1.RedriveTaskResponse;
import io.reeve.v1.ResumeScheduleRequest;
import io.reeve.v1.ResumeScheduleResponse;
import io.reeve.v1.SetScheduleRequest;
import io.reeve.v1.SetScheduleResponse;
import io.reeve.v1.StopBackfillRequest;
import io.reeve.v1.StopBackfillResponse;
import io.reeve.v1.SubmitTaskRequest;
import io.reeve.v1.SubmitTaskResponse;
import io.reeve.v1.SubmitTasksRequest;
import io.reeve.v1.SubmitTasksResponse;
import io.reeve.v1.TriggerScheduleRequest;
import io.reeve.v1.TriggerScheduleResponse;
import io.reeve.v1.WatchTaskRequest;
import io.reeve.v1.WatchTaskResponse;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.pekko.http.javadsl.model.HttpMethod;
import org.apache.pekko.http.javadsl.model.HttpMethods;

/**
 * The table of the API. Of two paths that both match, the earlier row answers. The OpenAPI document
 * is made from it, so a row is all that a further operation takes.
 */
final class Operations {

  private static final String TASK =
      """
      {"requestId":"invoice-7","task":{"kind":"echo","payload":"aGVsbG8=","queue":"default",\
      "delay":"1.500s","labels":{"region":"eu"},"retry":{"attemptsMax":3}}}""";

  private static final String TASKS =
      """
      {"requestId":"invoices-7-and-8","tasks":[{"kind":"echo"},{"kind":"echo","priority":\
      "PRIORITY_HIGH"}]}""";

  private static final String SCHEDULE =
      """
      {"definition":{"cron":{"expression":"0 9 * * 1-5","timeZone":"Europe/Berlin"},\
      "template":{"kind":"echo"},"missed":"MISSED_POLICY_ONCE"},"expectedVersion":"0"}""";

  static final List<Operation> ALL =
      Stream.of(tasks(), deadLetters(), schedules(), cluster()).flatMap(List::stream).toList();

  private Operations() {}

  private static List<Operation> tasks() {
    return List.of(
        post("/tasks", "submitTask", "Submits one task.")
            .of(SubmitTaskRequest.getDefaultInstance(), SubmitTaskResponse.getDefaultInstance())
            .by(viewed(SubmitTaskView.parser(), services -> services.tasks()::submitTask), TASK),
        post("/tasks/batch", "submitTasks", "Submits many tasks, all or none.")
            .of(SubmitTasksRequest.getDefaultInstance(), SubmitTasksResponse.getDefaultInstance())
            .by(viewed(SubmitTasksView.parser(), services -> services.tasks()::submitTasks), TASKS),
        get("/tasks", "listTasks", "Tasks that are live or within their retention.")
            .of(ListTasksRequest.getDefaultInstance(), ListTasksResponse.getDefaultInstance())
            .by(call(ListTasksRequest.class, (s, in) -> s.tasks().listTasks(in))),
        get("/tasks/{taskId}", "getTask", "The current state of a task.")
            .of(GetTaskRequest.getDefaultInstance(), GetTaskResponse.getDefaultInstance())
            .by(call(GetTaskRequest.class, (s, in) -> s.tasks().getTask(in))),
        get("/tasks/{taskId}/result", "getResult", "The result of a completed task, as it is.")
            .of(GetTaskRequest.getDefaultInstance(), GetTaskResponse.getDefaultInstance())
            .in(Form.RESULT)
            .by(call(GetTaskRequest.class, (s, in) -> s.tasks().getTask(in))),
        get("/tasks/{taskId}/explain", "explain", "What keeps a task from starting.")
            .of(ExplainRequest.getDefaultInstance(), ExplainResponse.getDefaultInstance())
            .by(call(ExplainRequest.class, (s, in) -> s.tasks().explain(in))),
        get("/tasks/{taskId}/watch", "watchTask", "The task now and after each change.")
            .of(WatchTaskRequest.getDefaultInstance(), WatchTaskResponse.getDefaultInstance())
            .in(Form.EVENTS)
            .by(Operations::isWatched),
        post("/tasks/{taskId}/cancel", "cancelTask", "Ends a task that is not terminal.")
            .of(CancelTaskRequest.getDefaultInstance(), CancelTaskResponse.getDefaultInstance())
            .by(
                call(CancelTaskRequest.class, (s, in) -> s.tasks().cancelTask(in)),
                "{\"reason\":\"not needed any more\"}"));
  }

  private static List<Operation> deadLetters() {
    return List.of(
        get("/dead-letters", "listDeadLetters", "Dead letters with their attempts.")
            .of(
                ListDeadLettersRequest.getDefaultInstance(),
                ListDeadLettersResponse.getDefaultInstance())
            .by(call(ListDeadLettersRequest.class, (s, in) -> s.deadLetters().listDeadLetters(in))),
        get("/dead-letters/groups", "groupDeadLetters", "Groups of dead letters by their errors.")
            .of(
                GroupDeadLettersRequest.getDefaultInstance(),
                GroupDeadLettersResponse.getDefaultInstance())
            .by(
                call(
                    GroupDeadLettersRequest.class,
                    (s, in) -> s.deadLetters().groupDeadLetters(in))),
        get("/dead-letters/{taskId}", "getDeadLetter", "A task with its failed attempts.")
            .of(GetTaskRequest.getDefaultInstance(), GetTaskResponse.getDefaultInstance())
            .by(call(GetTaskRequest.class, (s, in) -> s.tasks().getTask(in))),
        post("/dead-letters/redrive", "redriveDeadLetters", "Redrives the next that match.")
            .of(
                RedriveDeadLettersRequest.getDefaultInstance(),
                RedriveDeadLettersResponse.getDefaultInstance())
            .by(
                call(
                    RedriveDeadLettersRequest.class,
                    (s, in) -> s.deadLetters().redriveDeadLetters(in)),
                "{\"filter\":{\"kind\":\"echo\"},\"pageSize\":100}"),
        post("/dead-letters/discard", "discardDeadLetters", "Discards the next that match.")
            .of(
                DiscardDeadLettersRequest.getDefaultInstance(),
                DiscardDeadLettersResponse.getDefaultInstance())
            .by(
                call(
                    DiscardDeadLettersRequest.class,
                    (s, in) -> s.deadLetters().discardDeadLetters(in)),
                "{\"filter\":{\"diedUntil\":\"2026-11-20T12:00:00Z\"}}"),
        post("/dead-letters/{taskId}/redrive", "redriveTask", "Repeats one as a new task.")
            .of(RedriveTaskRequest.getDefaultInstance(), RedriveTaskResponse.getDefaultInstance())
            .by(
                call(RedriveTaskRequest.class, (s, in) -> s.deadLetters().redriveTask(in)),
                "{\"retry\":{\"attemptsMax\":2}}"),
        post("/dead-letters/{taskId}/discard", "discardTask", "Settles one without a new task.")
            .of(DiscardTaskRequest.getDefaultInstance(), DiscardTaskResponse.getDefaultInstance())
            .by(call(DiscardTaskRequest.class, (s, in) -> s.deadLetters().discardTask(in)), "{}"));
  }

  private static List<Operation> schedules() {
    return List.of(
        get("/schedules", "listSchedules", "The schedules, without payloads.")
            .of(
                ListSchedulesRequest.getDefaultInstance(),
                ListSchedulesResponse.getDefaultInstance())
            .by(call(ListSchedulesRequest.class, (s, in) -> s.schedules().listSchedules(in))),
        post("/schedules/preview", "previewRuns", "The next instants of a definition.")
            .of(NextRunsRequest.getDefaultInstance(), NextRunsResponse.getDefaultInstance())
            .by(
                call(NextRunsRequest.class, (s, in) -> s.schedules().nextRuns(in)),
                "{\"definition\":{\"interval\":{\"every\":\"3600s\"}},\"count\":3}"),
        put("/schedules/{name}", "setSchedule", "Creates a schedule, or replaces its definition.")
            .of(SetScheduleRequest.getDefaultInstance(), SetScheduleResponse.getDefaultInstance())
            .by(call(SetScheduleRequest.class, (s, in) -> s.schedules().setSchedule(in)), SCHEDULE),
        get("/schedules/{name}", "getSchedule", "The schedule as it is now.")
            .of(GetScheduleRequest.getDefaultInstance(), GetScheduleResponse.getDefaultInstance())
            .by(call(GetScheduleRequest.class, (s, in) -> s.schedules().getSchedule(in))),
        delete("/schedules/{name}", "deleteSchedule", "Removes a schedule; its tasks go on.")
            .of(
                DeleteScheduleRequest.getDefaultInstance(),
                DeleteScheduleResponse.getDefaultInstance())
            .by(call(DeleteScheduleRequest.class, (s, in) -> s.schedules().deleteSchedule(in))),
        get("/schedules/{name}/next", "nextRuns", "The next instants of a schedule.")
            .of(NextRunsRequest.getDefaultInstance(), NextRunsResponse.getDefaultInstance())
            .by(call(NextRunsRequest.class, (s, in) -> s.schedules().nextRuns(in))),
        post("/schedules/{name}/pause", "pauseSchedule", "Stops a schedule from making tasks.")
            .of(
                PauseScheduleRequest.getDefaultInstance(),
                PauseScheduleResponse.getDefaultInstance())
            .by(
                call(PauseScheduleRequest.class, (s, in) -> s.schedules().pauseSchedule(in)),
                "{\"reason\":\"maintenance\"}"),
        post("/schedules/{name}/resume", "resumeSchedule", "Ends the pause of a schedule.")
            .of(
                ResumeScheduleRequest.getDefaultInstance(),
                ResumeScheduleResponse.getDefaultInstance())
            .by(
                call(ResumeScheduleRequest.class, (s, in) -> s.schedules().resumeSchedule(in)),
                "{}"),
        post("/schedules/{name}/trigger", "triggerSchedule", "Makes one task of it now.")
            .of(
                TriggerScheduleRequest.getDefaultInstance(),
                TriggerScheduleResponse.getDefaultInstance())
            .by(
                call(TriggerScheduleRequest.class, (s, in) -> s.schedules().triggerSchedule(in)),
                "{\"requestId\":\"by-hand-1\"}"),
        post("/schedules/{name}/backfill", "backfillSchedule", "Makes the tasks of a past range.")
            .of(
                BackfillScheduleRequest.getDefaultInstance(),
                BackfillScheduleResponse.getDefaultInstance())
            .by(
                call(BackfillScheduleRequest.class, (s, in) -> s.schedules().backfillSchedule(in)),
                "{\"from\":\"2026-11-01T00:00:00Z\",\"to\":\"2026-11-02T00:00:00Z\"}"),
        delete("/schedules/{name}/backfill", "stopBackfill", "Ends the backfill in progress.")
            .of(StopBackfillRequest.getDefaultInstance(), StopBackfillResponse.getDefaultInstance())
            .by(call(StopBackfillRequest.class, (s, in) -> s.schedules().stopBackfill(in))));
  }

  private static List<Operation> cluster() {
    return List.of(
        get("/nodes", "listNodes", "The members of the cluster as this node sees them.")
            .of(ListNodesRequest.getDefaultInstance(), ListNodesResponse.getDefaultInstance())
            .by(call(ListNodesRequest.class, (s, in) -> s.cluster().listNodes(in))),
        get("/workers", "listWorkers", "The workers of all nodes, and those that are gone.")
            .of(ListWorkersRequest.getDefaultInstance(), ListWorkersResponse.getDefaultInstance())
            .by(call(ListWorkersRequest.class, (s, in) -> s.cluster().listWorkers(in))),
        get("/demand", "getDemand", "How many workers the work needs.")
            .of(GetDemandRequest.getDefaultInstance(), GetDemandResponse.getDefaultInstance())
            .by(call(GetDemandRequest.class, (s, in) -> s.cluster().getDemand(in))));
  }

  // ---- Making rows ------------------------------------------------------------------------------

  /** A row in the making. */
  private record Row(HttpMethod method, String path, String name, String summary) {

    Typed of(Message request, Message answer) {
      return new Typed(this, request, answer, Form.JSON);
    }
  }

  private record Typed(Row row, Message request, Message answer, Form form) {

    Typed in(Form other) {
      return new Typed(row, request, answer, other);
    }

    Operation by(Operation.Call call) {
      return by(call, "");
    }

    Operation by(Operation.Call call, String example) {
      return new Operation(
          row.method(),
          row.path(),
          row.name(),
          row.summary(),
          request,
          answer,
          form,
          call,
          example);
    }
  }

  private static Row get(String path, String name, String summary) {
    return new Row(HttpMethods.GET, path, name, summary);
  }

  private static Row post(String path, String name, String summary) {
    return new Row(HttpMethods.POST, path, name, summary);
  }

  private static Row put(String path, String name, String summary) {
    return new Row(HttpMethods.PUT, path, name, summary);
  }

  private static Row delete(String path, String name, String summary) {
    return new Row(HttpMethods.DELETE, path, name, summary);
  }

  private static <T extends Message> Operation.Call call(
      Class<T> type, BiFunction<EdgeServices, T, CompletionStage<? extends Message>> method) {
    return (services, request) -> method.apply(services, type.cast(request));
  }

  /** A method that takes the view which the server has of the public request. */
  private static <T extends Message> Operation.Call viewed(
      Parser<T> view,
      Function<EdgeServices, Function<T, CompletionStage<? extends Message>>> method) {
    return (services, request) ->
        method.apply(services).apply(view.parseFrom(request.toByteString()));
  }

  /** Its answer is a stream, so nobody asks for a single one. */
  private static CompletionStage<Message> isWatched(EdgeServices services, Message request) {
    throw new IllegalStateException("expected the stream of a watch, got a call for one answer");
  }
}
