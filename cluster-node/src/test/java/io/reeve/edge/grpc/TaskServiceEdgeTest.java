package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.edge.calls.Reason;
import io.reeve.edge.grpc.status.GrpcStatuses;
import io.reeve.partition.Clients;
import io.reeve.partition.TaskView;
import io.reeve.v1.CancelTaskRequest;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.ListTasksRequest;
import io.reeve.v1.RetryPolicy;
import io.reeve.v1.SubmitTaskRequest;
import io.reeve.v1.SubmitTasksRequest;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.WatchTaskRequest;
import io.reeve.v1.WatchTaskResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TaskServiceEdgeTest {

  private static final TaskSpec ECHO = Tasks.ECHO;

  private final EdgeFixture edge =
      EdgeFixture.start("reeve.grpc.watch-refresh = 1h, reeve.task.per-call-max = 5");
  private final TaskServiceGrpc.TaskServiceBlockingStub client =
      TaskServiceGrpc.newBlockingStub(edge.channel()).withDeadlineAfter(2, TimeUnit.MINUTES);

  @AfterAll
  void stop() {
    edge.close();
  }

  // ---- Submitting -------------------------------------------------------------------------------

  @Test
  void aSubmissionReachesOnePartitionWithItsBytesUntouchedAndTheDefaultsFilledIn() {
    var spec = ECHO.toBuilder().setPayload(ByteString.copyFromUtf8("hello")).build();
    var answer = edge.calling(() -> client.submitTask(submit(spec).build()));

    var asked = edge.asked(Clients.Submit.class);
    asked.command().replyTo().tell(new Clients.Submitted(asked.partition(), 7, 1, 1_500, false));

    var task = asked.command().tasks().get(0);
    assertThat(task.spec()).isEqualTo(spec.toByteArray());
    assertThat(task.profile().taskClass().queue()).isEqualTo("default");
    assertThat(task.profile().taskClass().lane()).isEqualTo(Lane.NORMAL);
    assertThat(task.profile().priority()).isEqualTo(Priority.NORMAL);
    assertThat(task.profile().executionTimeoutMs()).isEqualTo(300_000);
    assertThat(task.profile().queueTimeoutMs()).isZero();
    assertThat(task.profile().retry()).isEqualTo(edge.settings.tasks().retry());
    assertThat(asked.command().bodyHash()).isZero();
    var response = answer.join();
    assertThat(response.getTaskId()).isEqualTo(asked.partition() + "-7");
    assertThat(response.getSubmittedAt())
        .isEqualTo(Timestamp.newBuilder().setSeconds(1).setNanos(500_000_000).build());
  }

  @Test
  void aBulkSubmissionStaysInOnePartitionAndIsAnsweredInOrder() {
    var request = SubmitTasksRequest.newBuilder().addTasks(ECHO).addTasks(ECHO).addTasks(ECHO);
    var answer = edge.calling(() -> client.submitTasks(request.build()));

    var asked = edge.asked(Clients.Submit.class);
    asked.command().replyTo().tell(new Clients.Submitted(2, 10, 3, 1, true));

    assertThat(asked.command().tasks()).hasSize(3);
    assertThat(asked.command().tasks().get(2).profile())
        .isSameAs(asked.command().tasks().get(0).profile());
    assertThat(answer.join().getTaskIdsList()).containsExactly("2-10", "2-11", "2-12");
    assertThat(answer.join().getAlreadySubmitted()).isTrue();
  }

  @Test
  void aRepeatMeetsTheSamePartitionWithTheSameHashWhateverTheOrderOfItsLabels() {
    var oneWay = submitted(labelled("a", "b"));
    var otherWay = submitted(labelled("b", "a"));

    assertThat(otherWay.partition()).isEqualTo(oneWay.partition());
    assertThat(otherWay.command().bodyHash()).isEqualTo(oneWay.command().bodyHash()).isNotZero();
    assertThat(submitted(ECHO).command().bodyHash()).isNotEqualTo(oneWay.command().bodyHash());
  }

  @Test
  void submissionsWithoutARequestIdGoRoundThePartitions() {
    var met = new ArrayList<Integer>();
    for (var i = 0; i < 4; i++) {
      var answer = edge.calling(() -> client.submitTask(submit(ECHO).build()));
      var asked = edge.asked(Clients.Submit.class);
      asked.command().replyTo().tell(new Clients.Submitted(0, 1, 1, 1, false));
      answer.join();
      met.add(asked.partition());
    }

    assertThat(met).containsExactlyInAnyOrder(0, 1, 2, 3);
  }

  @Test
  void aSubmissionThatIsLostOnItsWayIsMadeAgainUnderItsRequestId() {
    var answer = edge.calling(() -> client.submitTask(submit(ECHO).setRequestId("r7").build()));
    var lost = edge.asked(Clients.Submit.class);
    var again = edge.asked(Clients.Submit.class);
    again.command().replyTo().tell(new Clients.Submitted(0, 1, 1, 1, false));

    assertThat(answer.join().getTaskId()).isEqualTo("0-1");
    assertThat(again.partition()).isEqualTo(lost.partition());
    assertThat(again.command().requestId()).isEqualTo("r7");
    assertThat(again.command().bodyHash()).isEqualTo(lost.command().bodyHash());
  }

  @Test
  void aWriteWithoutAnAnswerSaysThatItsOutcomeIsUnknown() {
    var refusal = refusalOf(() -> client.submitTask(submit(ECHO).build()));
    edge.asked(Clients.Submit.class);

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("OUTCOME_UNKNOWN");
    assertThat(EdgeFixture.retryInfo(refusal)).isPresent();
  }

  @Test
  void aPayloadAtTheLimitIsTakenAndOneByteMoreIsNot() {
    var most = edge.settings.tasks().payloadBytesMax();
    var answer = edge.calling(() -> client.submitTask(submit(payload(most)).build()));
    var asked = edge.asked(Clients.Submit.class);
    asked.command().replyTo().tell(new Clients.Submitted(0, 1, 1, 1, false));
    answer.join();

    var refusal = refusalOf(() -> client.submitTask(submit(payload(most + 1)).build()));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(EdgeFixture.field(refusal)).isEqualTo("task.payload");
  }

  // ---- Validation -------------------------------------------------------------------------------

  static List<Arguments> wrongSpecs() {
    return List.of(
        Arguments.of("task.kind", TaskSpec.newBuilder()),
        Arguments.of("task.kind", ECHO.toBuilder().setKind("a b")),
        Arguments.of("task.kind", ECHO.toBuilder().setKind("k".repeat(129))),
        Arguments.of("task.queue", ECHO.toBuilder().setQueue("a\r\nb")),
        Arguments.of("task.lane", ECHO.toBuilder().setLaneValue(9)),
        Arguments.of("task.priority", ECHO.toBuilder().setPriorityValue(9)),
        Arguments.of("task.delay", ECHO.toBuilder().setDelay(seconds(-1))),
        Arguments.of("task.delay", ECHO.toBuilder().setDelay(seconds(4_000L * 86_400))),
        Arguments.of("task.delay", ECHO.toBuilder().setDelay(Duration.newBuilder().setNanos(-1))),
        Arguments.of(
            "task.not_before", ECHO.toBuilder().setNotBefore(Timestamp.newBuilder().setNanos(-1))),
        Arguments.of("task.queue_timeout", ECHO.toBuilder().setQueueTimeout(seconds(0))),
        Arguments.of("task.execution_timeout", ECHO.toBuilder().setExecutionTimeout(seconds(0))),
        Arguments.of(
            "task.execution_timeout",
            ECHO.toBuilder().setExecutionTimeout(seconds(Long.MAX_VALUE))),
        Arguments.of("task.retry.attempts_max", retry(RetryPolicy.newBuilder().setAttemptsMax(-1))),
        Arguments.of(
            "task.retry.attempts_max", retry(RetryPolicy.newBuilder().setAttemptsMax(1001))),
        Arguments.of(
            "task.retry.backoff_initial",
            retry(RetryPolicy.newBuilder().setBackoffInitial(seconds(86_401)))),
        Arguments.of(
            "task.retry.backoff_max",
            retry(RetryPolicy.newBuilder().setBackoffMax(seconds(7 * 86_400 + 1)))),
        Arguments.of(
            "task.retry.backoff_multiplier",
            retry(RetryPolicy.newBuilder().setBackoffMultiplier(0.5))),
        Arguments.of(
            "task.retry.backoff_multiplier",
            retry(RetryPolicy.newBuilder().setBackoffMultiplier(Double.NaN))),
        Arguments.of(
            "task.retry.backoff_jitter", retry(RetryPolicy.newBuilder().setBackoffJitter(1.1))),
        Arguments.of("task.name", ECHO.toBuilder().setName("n".repeat(257))),
        Arguments.of("task.description", ECHO.toBuilder().setDescription("d".repeat(4097))),
        Arguments.of("task.tenant", ECHO.toBuilder().setTenant("t".repeat(129))),
        Arguments.of("task.labels", ECHO.toBuilder().putLabels("n".repeat(129), "")),
        Arguments.of("task.labels", ECHO.toBuilder().putLabels("n", "v".repeat(129))),
        Arguments.of("task.labels", ECHO.toBuilder().putAllLabels(labels(33))));
  }

  @ParameterizedTest
  @MethodSource("wrongSpecs")
  void aWrongFieldIsRefusedByName(String field, TaskSpec.Builder spec) {
    var refusal = refusalOf(() -> client.submitTask(submit(spec.build()).build()));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal.getStatus().getDescription()).startsWith(field + ": expected ");
    assertThat(EdgeFixture.field(refusal)).isEqualTo(field);
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("INVALID_REQUEST");
    assertThat(EdgeFixture.errorInfo(refusal).getDomain()).isEqualTo("reeve.io");
    edge.partitions.expectNoMessage(java.time.Duration.ZERO);
  }

  @Test
  void fieldsAtTheirBoundsAreTaken() {
    var spec =
        TaskSpec.newBuilder()
            .setKind("A-z_0.9:/" + "k".repeat(119))
            .setDelay(seconds(3650L * 86_400))
            .setExecutionTimeout(Duration.newBuilder().setNanos(1))
            .setRetry(
                RetryPolicy.newBuilder()
                    .setAttemptsMax(1000)
                    .setBackoffInitial(seconds(0))
                    .setBackoffMax(seconds(7 * 86_400))
                    .setBackoffMultiplier(100)
                    .setBackoffJitter(0))
            .putAllLabels(labels(32))
            .build();
    var answer = edge.calling(() -> client.submitTask(submit(spec).build()));

    var asked = edge.asked(Clients.Submit.class);
    asked.command().replyTo().tell(new Clients.Submitted(0, 1, 1, 1, false));

    answer.join();
    var profile = asked.command().tasks().get(0).profile();
    assertThat(profile.executionTimeoutMs()).isEqualTo(1);
    assertThat(profile.retry().backoffJitter()).isZero();
    assertThat(profile.retry().backoffInitial()).isZero();
  }

  @Test
  void bulkCallsNameTheTaskAtFault() {
    var request =
        SubmitTasksRequest.newBuilder().addTasks(ECHO).addTasks(TaskSpec.getDefaultInstance());

    var refusal = refusalOf(() -> client.submitTasks(request.build()));

    assertThat(EdgeFixture.field(refusal)).isEqualTo("tasks[1].kind");
  }

  @Test
  void bulkCallsAreBounded() {
    var none = refusalOf(() -> client.submitTasks(SubmitTasksRequest.getDefaultInstance()));
    var six = SubmitTasksRequest.newBuilder();
    for (var i = 0; i < 6; i++) {
      six.addTasks(ECHO);
    }
    var tooMany = refusalOf(() -> client.submitTasks(six.build()));

    assertThat(none.getStatus().getDescription()).isEqualTo("tasks: expected 1 to 5, got 0");
    assertThat(tooMany.getStatus().getDescription()).isEqualTo("tasks: expected 1 to 5, got 6");
  }

  @Test
  void whatACallerSentIsQuotedHarmlessly() {
    var refusal = refusalOf(() -> client.getTask(get("x\r\ngrpc-status: 0\u001b[2J\u202e")));

    assertThat(refusal.getStatus().getDescription())
        .isEqualTo("task_id: expected the id of a task, got \"x??grpc-status: 0?[2J?\"");
  }

  // ---- Refusals of the rules --------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(Rejection.Code.class)
  void everyRefusalOfTheRulesArrivesWithItsReason(Rejection.Code code) {
    var answer =
        edge.calling(
            () ->
                refusalOf(
                    () ->
                        client.cancelTask(
                            CancelTaskRequest.newBuilder().setTaskId("1-5").build())));
    var asked = edge.asked(Clients.Cancel.class);
    asked.command().replyTo().tell(new Clients.Refused(new Rejection(code, "expected X, got Y")));

    var refusal = answer.join();
    assertThat(asked.partition()).isEqualTo(1);
    assertThat(refusal.getStatus().getCode()).isEqualTo(GrpcStatuses.code(Reason.of(code)));
    assertThat(refusal.getStatus().getDescription()).isEqualTo("expected X, got Y");
    assertThat(EdgeFixture.status(refusal).getCode())
        .isEqualTo(GrpcStatuses.code(Reason.of(code)).value());
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo(code.name());
    assertThat(EdgeFixture.retryInfo(refusal).isPresent())
        .isEqualTo(!Reason.of(code).retryAfter().isZero());
  }

  @Test
  void aFaultTellsTheCallerNothingOfItsCause() {
    var answer = edge.calling(() -> refusalOf(() -> client.getTask(get("0-1"))));
    var asked = edge.asked(Clients.Get.class);
    // An answer of a wrong type is a bug of ours.
    asked.command().replyTo().tell(new Clients.Listed(List.of(), -1));

    var refusal = answer.join();
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
    assertThat(refusal.getStatus().getDescription())
        .isEqualTo("unexpected failure; the log of the server has the details");
  }

  // ---- Reading ----------------------------------------------------------------------------------

  @Test
  void aReadThatIsNotAnsweredIsAskedAgain() {
    var answer = edge.calling(() -> client.getTask(get("3-9")));

    edge.asked(Clients.Get.class);
    var second = edge.asked(Clients.Get.class);
    second.command().replyTo().tell(new Clients.Found(task(9, TaskState.READY)));

    assertThat(answer.join().getTask().getId()).isEqualTo("3-9");
    assertThat(answer.join().getTask().getSpec()).isEqualTo(ECHO);
  }

  @Test
  void aReadThatIsNeverAnsweredIsUnavailable() {
    var refusal = refusalOf(() -> client.getTask(get("3-9")));
    edge.asked(Clients.Get.class);
    edge.asked(Clients.Get.class);

    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("NO_ANSWER");
  }

  @Test
  void anIdOfAPartitionThatIsNotThereIsUnknown() {
    var refusal = refusalOf(() -> client.getTask(get("4-1")));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("UNKNOWN_TASK");
  }

  @Test
  void aListingWalksThePartitionsAndGoesOnWhereItStopped() {
    var request = ListTasksRequest.newBuilder().setPageSize(2).setOmitBytes(true);
    var first = edge.calling(() -> client.listTasks(request.build()));
    var zero = edge.asked(Clients.ListTasks.class);
    zero.command().replyTo().tell(new Clients.Listed(List.of(task(1, TaskState.READY)), -1));
    var one = edge.asked(Clients.ListTasks.class);
    one.command().replyTo().tell(new Clients.Listed(List.of(task(4, TaskState.READY)), 4));
    var token = first.join().getNextPageToken();

    var second = edge.calling(() -> client.listTasks(request.setPageToken(token).build()));
    var again = edge.asked(Clients.ListTasks.class);
    again.command().replyTo().tell(new Clients.Listed(List.of(), -1));
    for (var partition = 2; partition < 4; partition++) {
      var asked = edge.asked(Clients.ListTasks.class);
      assertThat(asked.partition()).isEqualTo(partition);
      asked.command().replyTo().tell(new Clients.Listed(List.of(), -1));
    }

    assertThat(zero.partition()).isZero();
    assertThat(one.partition()).isEqualTo(1);
    assertThat(one.command().pageSize()).isEqualTo(1);
    assertThat(again.partition()).isEqualTo(1);
    assertThat(again.command().after()).isEqualTo(4);
    assertThat(second.join().getNextPageToken()).isEmpty();
    assertThat(first.join().getTasksCount()).isEqualTo(2);
  }

  @Test
  void aPageTokenThatIsNoneIsRefused() {
    var garbage = ListTasksRequest.newBuilder().setPageToken("garbage").build();

    assertThat(EdgeFixture.field(refusalOf(() -> client.listTasks(garbage))))
        .isEqualTo("page_token");
  }

  // ---- Watching ---------------------------------------------------------------------------------

  @Test
  void aWatchShowsEachChangeAndEndsWithTheTask() throws InterruptedException {
    var seen = new LinkedBlockingQueue<WatchTaskResponse>();
    var watching =
        edge.calling(
            () -> {
              client.watchTask(watch("0-5")).forEachRemaining(seen::add);
              return true;
            });
    var watcher = edge.asked(Clients.Watch.class).command().watcher();
    watcher.tell(new Clients.Found(task(5, TaskState.READY)));
    watcher.tell(new Clients.Found(task(5, TaskState.READY)));
    // A reader that is slower than its task loses the steps in between.
    assertThat(Objects.requireNonNull(seen.poll(5, TimeUnit.SECONDS)).getTask().getState())
        .isEqualTo(io.reeve.v1.TaskState.TASK_STATE_READY);
    watcher.tell(new Clients.Found(task(5, TaskState.COMPLETED)));

    watching.join();
    assertThat(seen)
        .extracting(response -> response.getTask().getState())
        .containsExactly(io.reeve.v1.TaskState.TASK_STATE_COMPLETED);
    edge.kit.createTestProbe().expectTerminated(watcher, java.time.Duration.ofSeconds(5));
  }

  @Test
  void aWatchThatItsReaderLeavesIsTakenOffTheList() {
    var context = io.grpc.Context.current().withCancellation();
    var watching =
        edge.calling(
            () -> {
              context.run(() -> client.watchTask(watch("0-6")).forEachRemaining(change -> {}));
              return true;
            });
    var watcher = edge.asked(Clients.Watch.class).command().watcher();
    context.cancel(null);

    edge.kit.createTestProbe().expectTerminated(watcher, java.time.Duration.ofSeconds(5));
    assertThat(watching).failsWithin(java.time.Duration.ofSeconds(5));
  }

  @Test
  void aWatchOfAnUnknownTaskIsRefused() {
    var answer = edge.calling(() -> refusalOf(() -> client.watchTask(watch("0-8")).hasNext()));
    edge.asked(Clients.Watch.class)
        .command()
        .watcher()
        .tell(
            new Clients.Refused(
                new Rejection(Rejection.Code.UNKNOWN_TASK, "expected a known task, got 0-8")));

    assertThat(answer.join().getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  // ---- Making requests --------------------------------------------------------------------------

  private static StatusRuntimeException refusalOf(Supplier<?> call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::get);
  }

  private EdgeFixture.Asked<Clients.Submit> submitted(TaskSpec spec) {
    var answer =
        edge.calling(() -> client.submitTask(submit(spec).setRequestId("invoice-7").build()));
    var asked = edge.asked(Clients.Submit.class);
    asked.command().replyTo().tell(new Clients.Submitted(0, 1, 1, 1, false));
    answer.join();
    return asked;
  }

  private static SubmitTaskRequest.Builder submit(TaskSpec spec) {
    return SubmitTaskRequest.newBuilder().setTask(spec);
  }

  private static GetTaskRequest get(String id) {
    return GetTaskRequest.newBuilder().setTaskId(id).build();
  }

  private static WatchTaskRequest watch(String id) {
    return WatchTaskRequest.newBuilder().setTaskId(id).build();
  }

  private static TaskSpec labelled(String first, String second) {
    return ECHO.toBuilder().putLabels(first, "1").putLabels(second, "1").build();
  }

  private static TaskSpec payload(int bytes) {
    return ECHO.toBuilder().setPayload(ByteString.copyFrom(new byte[bytes])).build();
  }

  private static TaskSpec.Builder retry(RetryPolicy.Builder retry) {
    return ECHO.toBuilder().setRetry(retry);
  }

  private static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  private static Map<String, String> labels(int count) {
    var labels = new java.util.HashMap<String, String>();
    for (var i = 0; i < count; i++) {
      labels.put("n" + i, "v");
    }
    return labels;
  }

  private static TaskView task(long sequence, TaskState state) {
    return Tasks.in(new TaskId(3, sequence), state);
  }
}
