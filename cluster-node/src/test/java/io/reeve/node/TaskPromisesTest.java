package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.reeve.edge.grpc.TestWorker;
import io.reeve.v1.Assignment;
import io.reeve.v1.Assignments;
import io.reeve.v1.Completed;
import io.reeve.v1.Credit;
import io.reeve.v1.Failed;
import io.reeve.v1.Failure;
import io.reeve.v1.FailureType;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.Goodbye;
import io.reeve.v1.Heartbeat;
import io.reeve.v1.Hello;
import io.reeve.v1.Priority;
import io.reeve.v1.Progress;
import io.reeve.v1.Received;
import io.reeve.v1.Released;
import io.reeve.v1.RetryPolicy;
import io.reeve.v1.Settlement;
import io.reeve.v1.Settlements;
import io.reeve.v1.SubmitTasksRequest;
import io.reeve.v1.Task;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.TaskState;
import io.reeve.v1.WatchTaskRequest;
import io.reeve.v1.WorkerMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a whole node promises of tasks, each promise in one sentence. */
@Timeout(60)
class TaskPromisesTest {

  @TempDir private static Path directory = Path.of("");

  private static RunningNode node;

  @BeforeAll
  static void start() throws Exception {
    // The order of starts holds within a partition.
    node = new RunningNode(directory, Map.of("reeve.partition.count", 1));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  @DisplayName("Tasks of a queue never reach a worker that serves another queue only")
  void queues() throws Exception {
    var email = submit(Stream.generate(() -> task("queues").setQueue("email")).limit(5));
    var other = submit(Stream.of(task("queues")));

    var serving = worker(hello("queues", 10));
    assertThat(completed(serving, 1)).isEqualTo(other);
    var mailing = worker(hello("queues", 10).addQueues("email"));
    assertThat(completed(mailing, 5)).containsExactlyInAnyOrderElementsOf(email);

    var again = submit(Stream.of(task("queues").setQueue("email"), task("queues")));
    assertThat(completed(serving, 1)).containsExactly(again.get(1));
    leave(serving, mailing);
  }

  @Test
  @DisplayName("Within a partition the higher of four priorities starts first, then the earlier")
  void priorities() throws Exception {
    var priorities =
        List.of(
            Priority.PRIORITY_LOW,
            Priority.PRIORITY_CRITICAL,
            Priority.PRIORITY_NORMAL,
            Priority.PRIORITY_HIGH);
    var ids =
        submit(
            IntStream.range(0, 40).mapToObj(i -> task("prio").setPriority(priorities.get(i % 4))));
    var expected =
        IntStream.range(0, 40)
            .boxed()
            .sorted(Comparator.comparing(i -> -priorities.get(i % 4).getNumber()))
            .map(ids::get)
            .toList();

    var worker = worker(hello("prio", 1));

    assertThat(completed(worker, 40)).isEqualTo(expected);
    leave(worker);
  }

  @Test
  @DisplayName(
      "Within a partition tasks start in the order they came, and a hand-back keeps a place")
  void firstInFirstOut() throws Exception {
    var ids = submit(Stream.generate(() -> task("fifo")).limit(100));
    var worker = worker(hello("fifo", 1));

    var started = new ArrayList<String>();
    while (started.size() <= ids.size()) {
      var assignments = assignments(worker);
      assignments.getAssignmentsList().forEach(a -> started.add(a.getTaskId()));
      worker.settle(assignments, a -> started.size() == 10 ? released() : completed());
    }

    // The next one may have been granted before the hand-back was stored.
    var again = started.lastIndexOf(ids.get(9));
    assertThat(again).isBetween(10, 11);
    started.remove(again);
    assertThat(started).isEqualTo(ids);
    leave(worker);
  }

  @Test
  @DisplayName("The latest failure is shown with reason, time and attempt, whatever comes after it")
  void failures() throws Exception {
    var retry = RetryPolicy.newBuilder().setAttemptsMax(3).setBackoffInitial(seconds(0));
    var id = submit(Stream.of(task("fails").setRetry(retry))).get(0);
    var worker = worker(hello("fails", 1));

    worker.settle(assignments(worker), a -> failed("no luck", "E1", false));
    var second = assignments(worker);

    var running = get(id);
    assertThat(running.getState()).isEqualTo(TaskState.TASK_STATE_LEASED);
    assertThat(running.getAttempt()).isEqualTo(2);
    assertThat(running.getFailure().getMessage()).isEqualTo("no luck");
    assertThat(running.getFailure().getCode()).isEqualTo("E1");
    assertThat(running.getFailure().getType()).isEqualTo(FailureType.FAILURE_TYPE_ERROR);
    assertThat(running.getFailedAt().getSeconds()).isPositive();

    worker.settle(second, a -> failed("never", "E2", true));
    awaitAck(worker);
    var dead = get(id);
    assertThat(dead.getState()).isEqualTo(TaskState.TASK_STATE_DEAD);
    assertThat(dead.getAttempt()).isEqualTo(2);
    assertThat(dead.getFailure().getCode()).isEqualTo("E2");
    assertThat(dead.getFailedAt().getSeconds())
        .isGreaterThanOrEqualTo(running.getFailedAt().getSeconds());
    leave(worker);
  }

  @Test
  @DisplayName("Each attempt has an id of its own, of task and fence, in every message about it")
  void attempts() throws Exception {
    var retry = RetryPolicy.newBuilder().setAttemptsMax(3).setBackoffInitial(seconds(0));
    submit(Stream.of(task("attempts").setRetry(retry)));
    var worker = worker(hello("attempts", 1));

    var seen = new ArrayList<Assignment>();
    for (var attempt = 1; attempt <= 3; attempt++) {
      var assignments = assignments(worker);
      seen.addAll(assignments.getAssignmentsList());
      worker.settle(assignments, a -> failed("again", "", false));
    }

    assertThat(seen).extracting(Assignment::getAttempt).containsExactly(1, 2, 3);
    assertThat(seen).extracting(Assignment::getFence).doesNotHaveDuplicates();
    leave(worker);
  }

  @Test
  @DisplayName("Progress in steps reaches a watcher in order, with task, percent, message and time")
  void progress() throws Exception {
    var id = submit(Stream.of(task("progress"))).get(0);
    var worker = worker(hello("progress", 1));
    var assignments = assignments(worker);
    var lease = assignments.getAssignments(0);
    var changes = node.tasks().watchTask(WatchTaskRequest.newBuilder().setTaskId(id).build());
    assertThat(changes.next().getTask().getState()).isEqualTo(TaskState.TASK_STATE_LEASED);

    for (var percent = 0; percent <= 100; percent += 20) {
      worker.say(
          WorkerMessage.newBuilder()
              .setProgress(
                  Progress.newBuilder()
                      .setTaskId(id)
                      .setFence(lease.getFence())
                      .setPercent(percent)
                      .setMessage("step " + percent)));
      var task = changes.next().getTask();
      assertThat(task.getId()).isEqualTo(id);
      assertThat(task.getProgress().getPercent()).isEqualTo(percent);
      assertThat(task.getProgress().getMessage()).isEqualTo("step " + percent);
      assertThat(task.getProgress().getAt().getSeconds()).isPositive();
    }

    worker.complete(assignments, a -> ByteString.EMPTY);
    assertThat(changes.next().getTask().getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
    leave(worker);
  }

  @Test
  @DisplayName("What a worker says twice counts once")
  void repeats() throws Exception {
    var ids = submit(Stream.of(task("repeats"), task("repeats")));
    var worker = worker(hello("repeats", 1));
    var first = assignments(worker);
    for (var times = 0; times < 2; times++) {
      worker.say(
          WorkerMessage.newBuilder()
              .setReceived(Received.newBuilder().setSequence(first.getSequence())));
      worker.say(WorkerMessage.newBuilder().setHeartbeat(Heartbeat.newBuilder().setSequence(1)));
      worker.say(WorkerMessage.newBuilder().setCredit(Credit.newBuilder().setCapacity(1)));
    }

    worker.complete(first, a -> ByteString.EMPTY);
    var lease = first.getAssignments(0);
    worker.say(
        WorkerMessage.newBuilder()
            .setSettlements(
                Settlements.newBuilder()
                    .setBatch(worker.batches() + 1)
                    .addSettlements(completed().setTaskId(ids.get(0)).setFence(lease.getFence()))));
    var second = 0;
    var acknowledged = 0L;
    while (acknowledged < 2 || second == 0) {
      var message = worker.next();
      second += message.getAssignments().getAssignmentsCount();
      if (message.hasSettlementAck()) {
        assertThat(message.getSettlementAck().getRefusedList()).isEmpty();
        acknowledged = message.getSettlementAck().getBatch();
      }
    }

    assertThat(second).as("its one slot was given back once").isEqualTo(1);
    assertThat(get(ids.get(0)).getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
    assertThat(get(ids.get(0)).getAttempt()).isEqualTo(1);
    leave(worker);
  }

  // ---- Words of the story -----------------------------------------------------------------------

  private static TaskSpec.Builder task(String kind) {
    return TaskSpec.newBuilder().setKind(kind);
  }

  private static List<String> submit(Stream<TaskSpec.Builder> tasks) {
    var request = SubmitTasksRequest.newBuilder();
    tasks.forEach(request::addTasks);
    return node.tasks().submitTasks(request.build()).getTaskIdsList();
  }

  private static Task get(String id) {
    return node.tasks().getTask(GetTaskRequest.newBuilder().setTaskId(id).build()).getTask();
  }

  private static Hello.Builder hello(String kind, int capacity) {
    return TestWorker.hello(kind, capacity).clearKinds().addKinds(kind);
  }

  private static TestWorker worker(Hello.Builder hello) throws InterruptedException {
    var worker = new TestWorker(node.channel());
    worker.greet(hello);
    assertThat(worker.next().hasWelcome()).isTrue();
    return worker;
  }

  private static Assignments assignments(TestWorker worker) throws InterruptedException {
    var message = worker.next();
    while (!message.hasAssignments()) {
      message = worker.next();
    }
    return message.getAssignments();
  }

  private static void awaitAck(TestWorker worker) throws InterruptedException {
    var message = worker.next();
    while (!message.hasSettlementAck()
        || message.getSettlementAck().getBatch() < worker.batches()) {
      message = worker.next();
    }
  }

  /** Completes so many tasks; gives their ids in the order they came. */
  private static List<String> completed(TestWorker worker, int tasks) throws InterruptedException {
    var ids = new ArrayList<String>();
    while (ids.size() < tasks) {
      var assignments = assignments(worker);
      assignments.getAssignmentsList().forEach(a -> ids.add(a.getTaskId()));
      worker.complete(assignments, a -> ByteString.EMPTY);
    }
    return ids;
  }

  private static Settlement.Builder completed() {
    return Settlement.newBuilder().setCompleted(Completed.getDefaultInstance());
  }

  private static Settlement.Builder released() {
    return Settlement.newBuilder().setReleased(Released.newBuilder().setReason("not now"));
  }

  private static Settlement.Builder failed(String message, String code, boolean permanent) {
    return Settlement.newBuilder()
        .setFailed(
            Failed.newBuilder()
                .setFailure(Failure.newBuilder().setMessage(message).setCode(code))
                .setPermanent(permanent));
  }

  private static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  private static void leave(TestWorker... workers) {
    for (var worker : workers) {
      worker.say(WorkerMessage.newBuilder().setGoodbye(Goodbye.getDefaultInstance()));
      assertThat(worker.completed()).succeedsWithin(java.time.Duration.ofSeconds(20));
    }
  }
}
