package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.reeve.edge.grpc.TestWorker;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.Goodbye;
import io.reeve.v1.Heartbeat;
import io.reeve.v1.ListTasksRequest;
import io.reeve.v1.SubmitTasksRequest;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.TaskState;
import io.reeve.v1.WatchTaskRequest;
import io.reeve.v1.WorkerMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
      var worker = new TestWorker(node.channel());
      worker.greet(TestWorker.hello("crane", 50));
      assertThat(worker.next().hasWelcome()).isTrue();
      ids = submit(node.tasks());
      complete(worker, TASKS);
      var last = ids.get(TASKS - 1);
      var changes = new ArrayList<TaskState>();
      node.tasks()
          .watchTask(WatchTaskRequest.newBuilder().setTaskId(last).build())
          .forEachRemaining(change -> changes.add(change.getTask().getState()));

      assertThat(changes).last().isEqualTo(TaskState.TASK_STATE_COMPLETED);
      worker.say(WorkerMessage.newBuilder().setGoodbye(Goodbye.getDefaultInstance()));
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

  /** Completes so many tasks, each with a result that names it. */
  private static void complete(TestWorker worker, int tasks) throws InterruptedException {
    worker.say(WorkerMessage.newBuilder().setHeartbeat(Heartbeat.newBuilder().setSequence(1)));
    var done = 0;
    var acknowledged = 0L;
    while (done < tasks || acknowledged < worker.batches()) {
      var message = worker.next();
      if (message.hasSettlementAck()) {
        acknowledged = message.getSettlementAck().getBatch();
        assertThat(message.getSettlementAck().getRefusedList()).isEmpty();
      }
      if (message.hasAssignments()) {
        worker.complete(
            message.getAssignments(),
            assignment -> ByteString.copyFromUtf8("done " + assignment.getTaskId()));
        done += message.getAssignments().getAssignmentsCount();
      }
    }
  }
}
