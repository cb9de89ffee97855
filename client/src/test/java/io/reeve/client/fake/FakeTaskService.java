package io.reeve.client.fake;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.reeve.client.TaskStates;
import io.reeve.v1.CancelTaskRequest;
import io.reeve.v1.CancelTaskResponse;
import io.reeve.v1.ExplainRequest;
import io.reeve.v1.ExplainResponse;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.GetTaskResponse;
import io.reeve.v1.ListTasksRequest;
import io.reeve.v1.ListTasksResponse;
import io.reeve.v1.SubmitTaskRequest;
import io.reeve.v1.SubmitTaskResponse;
import io.reeve.v1.SubmitTasksRequest;
import io.reeve.v1.SubmitTasksResponse;
import io.reeve.v1.Task;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.TaskState;
import io.reeve.v1.WatchTaskRequest;
import io.reeve.v1.WatchTaskResponse;
import java.util.List;

/** What clients call, answered from {@link FakeTasks}. */
final class FakeTaskService extends TaskServiceGrpc.TaskServiceImplBase {

  private static final int PAGE_SIZE_DEFAULT = 100;

  private final FakeTasks tasks;

  FakeTaskService(FakeTasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public void submitTask(SubmitTaskRequest request, StreamObserver<SubmitTaskResponse> answer) {
    var taken = tasks.submit(request.getRequestId(), List.of(request.getTask()));
    answer.onNext(
        SubmitTaskResponse.newBuilder()
            .setTaskId(taken.ids().get(0))
            .setSubmittedAt(tasks.now())
            .setAlreadySubmitted(taken.already())
            .build());
    answer.onCompleted();
  }

  @Override
  public void submitTasks(SubmitTasksRequest request, StreamObserver<SubmitTasksResponse> answer) {
    var taken = tasks.submit(request.getRequestId(), request.getTasksList());
    answer.onNext(
        SubmitTasksResponse.newBuilder()
            .addAllTaskIds(taken.ids())
            .setSubmittedAt(tasks.now())
            .setAlreadySubmitted(taken.already())
            .build());
    answer.onCompleted();
  }

  @Override
  public void getTask(GetTaskRequest request, StreamObserver<GetTaskResponse> answer) {
    var task = tasks.find(request.getTaskId());
    if (task == null) {
      answer.onError(unknown(request.getTaskId()));
      return;
    }
    answer.onNext(GetTaskResponse.newBuilder().setTask(task).build());
    answer.onCompleted();
  }

  @Override
  public void explain(ExplainRequest request, StreamObserver<ExplainResponse> answer) {
    var told = tasks.explanation(request.getTaskId());
    if (told == null) {
      answer.onError(unknown(request.getTaskId()));
      return;
    }
    answer.onNext(told);
    answer.onCompleted();
  }

  @Override
  public void listTasks(ListTasksRequest request, StreamObserver<ListTasksResponse> answer) {
    var from = request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
    var size = request.getPageSize() == 0 ? PAGE_SIZE_DEFAULT : request.getPageSize();
    // Reads a fixed share of the tasks whatever matches, so that pages come short as the real ones
    // do.
    var all = tasks.all();
    var until = Math.min(all.size(), from + size);
    var response = ListTasksResponse.newBuilder();
    for (var task : all.subList(from, until)) {
      if (matches(task, request)) {
        response.addTasks(request.getOmitBytes() ? withoutBytes(task) : task);
      }
    }
    if (until < all.size()) {
      response.setNextPageToken(Integer.toString(until));
    }
    answer.onNext(response.build());
    answer.onCompleted();
  }

  private static boolean matches(Task task, ListTasksRequest request) {
    var spec = task.getSpec();
    return (request.getStatesCount() == 0 || request.getStatesList().contains(task.getState()))
        && (request.getKind().isEmpty() || request.getKind().equals(spec.getKind()))
        && (request.getTenant().isEmpty() || request.getTenant().equals(spec.getTenant()))
        && (request.getQueue().isEmpty()
            || request.getQueue().equals(spec.getQueue().isEmpty() ? "default" : spec.getQueue()));
  }

  private static Task withoutBytes(Task task) {
    var bare = task.toBuilder().clearResult();
    bare.getSpecBuilder().clearPayload();
    return bare.build();
  }

  @Override
  public void watchTask(WatchTaskRequest request, StreamObserver<WatchTaskResponse> answer) {
    var id = request.getTaskId();
    if (tasks.find(id) == null) {
      answer.onError(unknown(id));
      return;
    }
    var call = (ServerCallStreamObserver<WatchTaskResponse>) answer;
    var watcher =
        new FakeTasks.Watcher() {
          @Override
          public void changed(Task task) {
            call.onNext(WatchTaskResponse.newBuilder().setTask(task).build());
            if (TaskStates.isTerminal(task.getState())) {
              tasks.unwatch(id, this);
              call.onCompleted();
            }
          }

          @Override
          public void broken() {
            call.onError(Status.UNAVAILABLE.withDescription("stopping").asRuntimeException());
          }
        };
    call.setOnCancelHandler(() -> tasks.unwatch(id, watcher));
    tasks.watch(id, watcher);
  }

  @Override
  public void cancelTask(CancelTaskRequest request, StreamObserver<CancelTaskResponse> answer) {
    var task = tasks.find(request.getTaskId());
    if (task == null) {
      answer.onError(unknown(request.getTaskId()));
    } else if (TaskStates.isTerminal(task.getState())
        && task.getState() != TaskState.TASK_STATE_CANCELLED) {
      answer.onError(
          FakeReeve.refusal(
              Status.Code.FAILED_PRECONDITION,
              "WRONG_STATE",
              "expected task " + task.getId() + " to be live, got " + task.getState(),
              0));
    } else {
      answer.onNext(
          CancelTaskResponse.newBuilder()
              .setTask(
                  tasks.change(
                      task.getId(),
                      live ->
                          live.setState(TaskState.TASK_STATE_CANCELLED)
                              .setFinishedAt(tasks.now())
                              .setCancelReason(request.getReason())))
              .build());
      answer.onCompleted();
    }
  }

  private static RuntimeException unknown(String id) {
    return FakeReeve.refusal(
        Status.Code.NOT_FOUND, "UNKNOWN_TASK", "expected a known task, got " + id, 0);
  }
}
