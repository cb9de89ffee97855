package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.reeve.v1.Completed;
import io.reeve.v1.Credit;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.Goodbye;
import io.reeve.v1.Heartbeat;
import io.reeve.v1.Hello;
import io.reeve.v1.ListTasksRequest;
import io.reeve.v1.Received;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.Settlement;
import io.reeve.v1.Settlements;
import io.reeve.v1.SubmitTasksRequest;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.TaskState;
import io.reeve.v1.WatchTaskRequest;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerServiceGrpc;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way of a task, through every part of a node, by plain gRPC. */
class WholeNodeTest {

  private static final int TASKS = 200;

  @TempDir private Path directory = Path.of("");

  @Test
  void tasksReachAWorkerAndTheirResultsSurviveARestart() throws Exception {
    List<String> ids;
    try (var node = new RunningNode(directory)) {
      var worker = new Worker(node.channel());
      ids = submit(node.tasks());
      worker.complete(TASKS);
      var last = ids.get(TASKS - 1);
      var changes = new ArrayList<TaskState>();
      node.tasks()
          .watchTask(WatchTaskRequest.newBuilder().setTaskId(last).build())
          .forEachRemaining(change -> changes.add(change.getTask().getState()));

      assertThat(changes).last().isEqualTo(TaskState.TASK_STATE_COMPLETED);
      worker.leave();
    }

    try (var node = new RunningNode(directory)) {
      for (var id : ids) {
        var task =
            node.tasks().getTask(GetTaskRequest.newBuilder().setTaskId(id).build()).getTask();
        assertThat(task.getState()).as(id).isEqualTo(TaskState.TASK_STATE_COMPLETED);
        assertThat(task.getResult().toStringUtf8()).isEqualTo("done " + id);
      }
      assertThat(submit(node.tasks())).isEqualTo(ids);
      assertThat(listed(node.tasks())).containsExactlyInAnyOrderElementsOf(ids);
    }
  }

  private static List<String> submit(TaskServiceGrpc.TaskServiceBlockingStub tasks) {
    var request = SubmitTasksRequest.newBuilder().setRequestId("import-7");
    for (var i = 0; i < TASKS; i++) {
      request.addTasks(
          TaskSpec.newBuilder().setKind("echo").setPayload(ByteString.copyFromUtf8("n" + i)));
    }
    return tasks.submitTasks(request.build()).getTaskIdsList();
  }

  private static List<String> listed(TaskServiceGrpc.TaskServiceBlockingStub tasks) {
    var ids = new ArrayList<String>();
    var token = "";
    do {
      var page =
          tasks.listTasks(
              ListTasksRequest.newBuilder()
                  .setPageSize(64)
                  .setPageToken(token)
                  .addStates(TaskState.TASK_STATE_COMPLETED)
                  .setOmitBytes(true)
                  .build());
      page.getTasksList().forEach(task -> ids.add(task.getId()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return ids;
  }

  /** A worker without the worker library. */
  private static final class Worker implements StreamObserver<ServerMessage> {

    private final LinkedBlockingQueue<ServerMessage> heard = new LinkedBlockingQueue<>();
    private final StreamObserver<WorkerMessage> server;
    private long batch;
    private long released;

    Worker(ManagedChannel channel) throws InterruptedException {
      server = WorkerServiceGrpc.newStub(channel).connect(this);
      say(
          WorkerMessage.newBuilder()
              .setHello(
                  Hello.newBuilder()
                      .setWorkerId("crane")
                      .setPool("main")
                      .setIncarnation("run-1")
                      .addKinds("*")
                      .setCapacity(50)));
      assertThat(next().hasWelcome()).isTrue();
    }

    /** Completes so many tasks, each with a result that names it. */
    void complete(int tasks) throws InterruptedException {
      say(WorkerMessage.newBuilder().setHeartbeat(Heartbeat.newBuilder().setSequence(1)));
      var done = 0;
      var acknowledged = 0L;
      while (done < tasks || acknowledged < batch) {
        var message = next();
        if (message.hasSettlementAck()) {
          acknowledged = message.getSettlementAck().getBatch();
          assertThat(message.getSettlementAck().getRefusedList()).isEmpty();
        }
        if (message.hasAssignments()) {
          done += settle(message);
        }
      }
    }

    private int settle(ServerMessage message) {
      var assignments = message.getAssignments();
      say(
          WorkerMessage.newBuilder()
              .setReceived(Received.newBuilder().setSequence(assignments.getSequence())));
      var settlements = Settlements.newBuilder().setBatch(++batch);
      for (var assignment : assignments.getAssignmentsList()) {
        settlements.addSettlements(
            Settlement.newBuilder()
                .setTaskId(assignment.getTaskId())
                .setFence(assignment.getFence())
                .setCompleted(
                    Completed.newBuilder()
                        .setResult(ByteString.copyFromUtf8("done " + assignment.getTaskId()))));
      }
      say(WorkerMessage.newBuilder().setSettlements(settlements));
      released += assignments.getAssignmentsCount();
      say(
          WorkerMessage.newBuilder()
              .setCredit(Credit.newBuilder().setCapacity(50).setReleasedTotal(released)));
      return assignments.getAssignmentsCount();
    }

    void leave() {
      say(WorkerMessage.newBuilder().setGoodbye(Goodbye.getDefaultInstance()));
    }

    private void say(WorkerMessage.Builder message) {
      server.onNext(message.build());
    }

    private ServerMessage next() throws InterruptedException {
      return Objects.requireNonNull(heard.poll(20, TimeUnit.SECONDS), "expected a message in 20 s");
    }

    @Override
    public void onNext(ServerMessage message) {
      heard.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      // The queue stays empty, and whoever waits says so.
    }

    @Override
    public void onCompleted() {
      // As above.
    }
  }
}
