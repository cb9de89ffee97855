package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.grpc.StatusRuntimeException;
import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.partition.Clients;
import io.reeve.v1.CancelTaskRequest;
import io.reeve.v1.ClusterServiceGrpc;
import io.reeve.v1.GetDemandRequest;
import io.reeve.v1.ListTasksRequest;
import io.reeve.v1.RetryPolicy;
import io.reeve.v1.SubmitTaskRequest;
import io.reeve.v1.SubmitTasksRequest;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.TaskSpec;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every field of a request that is bounded: a value at its bound passes, and the next one beyond is
 * refused with its reason and the name of the field.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FieldBoundsTest {

  private static final long DAY = 86_400;
  private static final long DURATION_MAX = 315_576_000_000L;

  /** 9999-12-31T23:59:59. */
  private static final long LAST_SECOND = 253_402_300_799L;

  /** 0001-01-01T00:00:00. */
  private static final long FIRST_SECOND = -62_135_596_800L;

  private static final int PER_CALL = 5;
  private static final String INVALID = "INVALID_REQUEST";

  private final EdgeFixture edge = EdgeFixture.start("reeve.task.per-call-max = " + PER_CALL);
  private final TaskServiceGrpc.TaskServiceBlockingStub client =
      TaskServiceGrpc.newBlockingStub(edge.channel()).withDeadlineAfter(2, TimeUnit.MINUTES);

  @AfterAll
  void stop() {
    edge.close();
  }

  // ---- Tasks ------------------------------------------------------------------------------------

  static Stream<Bound<TaskSpec.Builder>> taskBounds() {
    return Stream.of(
        Bound.of("kind", "longest", t -> t.setKind(text(128)), t -> t.setKind(text(129))),
        Bound.of("queue", "longest", t -> t.setQueue(text(128)), t -> t.setQueue(text(129))),
        Bound.of("name", "longest", t -> t.setName(text(256)), t -> t.setName(text(257))),
        Bound.of(
            "description",
            "longest",
            t -> t.setDescription(text(4096)),
            t -> t.setDescription(text(4097))),
        Bound.of("tenant", "longest", t -> t.setTenant(text(128)), t -> t.setTenant(text(129))),
        Bound.of("labels", "most", t -> labels(t, 32), t -> labels(t, 33)),
        Bound.of(
            "labels",
            "longest name",
            t -> t.putLabels(text(128), ""),
            t -> t.putLabels(text(129), "")),
        Bound.of(
            "labels",
            "longest value",
            t -> t.putLabels("n", text(128)),
            t -> t.putLabels("n", text(129))),
        Bound.of("requires", "most", t -> requires(t, 8), t -> requires(t, 9)),
        Bound.of(
            "requires",
            "longest name",
            t -> t.putRequires(text(128), ""),
            t -> t.putRequires(text(129), "")),
        Bound.of(
            "requires",
            "longest value",
            t -> t.putRequires("n", text(128)),
            t -> t.putRequires("n", text(129))),
        Bound.of(
            "payload",
            "longest",
            t -> t.setPayload(ByteString.copyFrom(new byte[1 << 20])),
            t -> t.setPayload(ByteString.copyFrom(new byte[(1 << 20) + 1]))),
        Bound.of("delay", "shortest", t -> t.setDelay(lasts(0, 0)), t -> t.setDelay(lasts(0, -1))),
        Bound.of(
            "delay",
            "longest",
            t -> t.setDelay(lasts(3653 * DAY, 0)),
            t -> t.setDelay(lasts(3653 * DAY, 1))),
        Bound.of(
            "not_before",
            "latest",
            t -> t.setNotBefore(at(LAST_SECOND, 999_999_999)),
            t -> t.setNotBefore(at(LAST_SECOND + 1, 0))),
        Bound.of(
            "not_before",
            "earliest",
            t -> t.setNotBefore(at(FIRST_SECOND, 0)),
            t -> t.setNotBefore(at(FIRST_SECOND - 1, 999_999_999))),
        Bound.of(
            "not_before",
            "most nanoseconds",
            t -> t.setNotBefore(at(1, 999_999_999)),
            t -> t.setNotBefore(at(1, 1_000_000_000))),
        Bound.of(
            "queue_timeout",
            "shortest",
            t -> t.setQueueTimeout(lasts(0, 1)),
            t -> t.setQueueTimeout(lasts(0, 0))),
        Bound.of(
            "queue_timeout",
            "longest",
            t -> t.setQueueTimeout(lasts(DURATION_MAX, 0)),
            t -> t.setQueueTimeout(lasts(DURATION_MAX + 1, 0))),
        Bound.of(
            "execution_timeout",
            "shortest",
            t -> t.setExecutionTimeout(lasts(0, 1)),
            t -> t.setExecutionTimeout(lasts(0, 0))),
        Bound.of(
            "execution_timeout",
            "longest",
            t -> t.setExecutionTimeout(lasts(DURATION_MAX, 0)),
            t -> t.setExecutionTimeout(lasts(DURATION_MAX + 1, 0))),
        retry("attempts_max", "least", r -> r.setAttemptsMax(0), r -> r.setAttemptsMax(-1)),
        retry("attempts_max", "most", r -> r.setAttemptsMax(1000), r -> r.setAttemptsMax(1001)),
        retry(
            "backoff_initial",
            "longest",
            r -> r.setBackoffInitial(lasts(DAY, 0)),
            r -> r.setBackoffInitial(lasts(DAY, 1))),
        retry(
            "backoff_max",
            "longest",
            r -> r.setBackoffMax(lasts(7 * DAY, 0)),
            r -> r.setBackoffMax(lasts(7 * DAY, 1))),
        retry(
            "backoff_max",
            "not below the first wait",
            r -> r.setBackoffInitial(lasts(60, 0)).setBackoffMax(lasts(60, 0)),
            r -> r.setBackoffInitial(lasts(60, 0)).setBackoffMax(lasts(59, 999_000_000))),
        retry(
            "backoff_multiplier",
            "least",
            r -> r.setBackoffMultiplier(1),
            r -> r.setBackoffMultiplier(Math.nextDown(1.0))),
        retry(
            "backoff_multiplier",
            "most",
            r -> r.setBackoffMultiplier(100),
            r -> r.setBackoffMultiplier(Math.nextUp(100.0))),
        retry(
            "backoff_jitter",
            "least",
            r -> r.setBackoffJitter(0),
            r -> r.setBackoffJitter(-Double.MIN_VALUE)),
        retry(
            "backoff_jitter",
            "most",
            r -> r.setBackoffJitter(1),
            r -> r.setBackoffJitter(Math.nextUp(1.0))));
  }

  @ParameterizedTest
  @MethodSource("taskBounds")
  void ofATask(Bound<TaskSpec.Builder> bound) {
    var taken = submitted(SubmitTaskRequest.newBuilder().setTask(task(bound.at())));

    assertThat(taken.tasks()).hasSize(1);
    assertThat(taken.tasks().get(0).notBeforeMs()).isBetween(0L, TimeBounds.INSTANT_MAX_MS);
    refused(
        "task." + bound.field(),
        bound.reason(),
        () -> client.submitTask(submission(bound.beyond())));
  }

  private static TaskSpec task(Consumer<TaskSpec.Builder> change) {
    var task = Tasks.ECHO.toBuilder();
    change.accept(task);
    return task.build();
  }

  private static SubmitTaskRequest submission(Consumer<TaskSpec.Builder> change) {
    return SubmitTaskRequest.newBuilder().setTask(task(change)).build();
  }

  private Clients.Submit submitted(SubmitTaskRequest.Builder request) {
    var answer = edge.calling(() -> client.submitTask(request.build()));
    var asked = edge.asked(Clients.Submit.class);
    asked.command().replyTo().tell(new Clients.Submitted(0, 1, 1, 1, false));
    answer.join();
    return asked.command();
  }

  private static Bound<TaskSpec.Builder> retry(
      String field,
      String which,
      Consumer<RetryPolicy.Builder> at,
      Consumer<RetryPolicy.Builder> beyond) {
    return Bound.of(
        "retry." + field, which, t -> t.setRetry(policy(at)), t -> t.setRetry(policy(beyond)));
  }

  private static RetryPolicy policy(Consumer<RetryPolicy.Builder> change) {
    var policy = RetryPolicy.newBuilder();
    change.accept(policy);
    return policy.build();
  }

  // ---- Other fields of calls
  // ------------------------------------------------------------------------

  /** A call with a value at the bound and with one beyond, and what answers the first. */
  private record Call(String field, Supplier<?> at, Runnable answer, Supplier<?> beyond) {
    @Override
    public String toString() {
      return field;
    }
  }

  Stream<Call> calls() {
    return Stream.of(
        new Call(
            "request_id",
            () -> client.submitTask(named(text(128))),
            this::answerSubmission,
            () -> client.submitTask(named(text(129)))),
        new Call(
            "tasks",
            () -> client.submitTasks(several(PER_CALL)),
            this::answerSubmission,
            () -> client.submitTasks(several(PER_CALL + 1))),
        new Call(
            "tasks",
            () -> client.submitTasks(several(1)),
            this::answerSubmission,
            () -> client.submitTasks(several(0))),
        new Call(
            "reason",
            () -> client.cancelTask(cancel(text(1024))),
            this::answerCancellation,
            () -> client.cancelTask(cancel(text(1025)))),
        listing("page_size", l -> l.setPageSize(1000), l -> l.setPageSize(1001)),
        listing("page_size", l -> l.setPageSize(0), l -> l.setPageSize(-1)),
        listing("queue", l -> l.setQueue(text(128)), l -> l.setQueue(text(129))),
        listing("kind", l -> l.setKind(text(128)), l -> l.setKind(text(129))),
        listing("tenant", l -> l.setTenant(text(128)), l -> l.setTenant(text(129))));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void ofACall(Call call) {
    var answer = edge.calling(call.at());
    call.answer().run();
    assertThat(answer.join()).isNotNull();

    refused(call.field(), INVALID, call.beyond());
  }

  private void answerSubmission() {
    var asked = edge.asked(Clients.Submit.class).command();
    asked.replyTo().tell(new Clients.Submitted(0, 1, asked.tasks().size(), 1, false));
  }

  private void answerCancellation() {
    var found = new Clients.Found(Tasks.in(new TaskId(1, 5), TaskState.CANCELLED));
    edge.asked(Clients.Cancel.class).command().replyTo().tell(found);
  }

  private void answerListing() {
    for (var partition = 0; partition < 4; partition++) {
      edge.asked(Clients.ListTasks.class)
          .command()
          .replyTo()
          .tell(new Clients.Listed(List.of(), -1));
    }
  }

  private Call listing(
      String field,
      Consumer<ListTasksRequest.Builder> at,
      Consumer<ListTasksRequest.Builder> beyond) {
    return new Call(
        field,
        () -> client.listTasks(list(at)),
        this::answerListing,
        () -> client.listTasks(list(beyond)));
  }

  private static ListTasksRequest list(Consumer<ListTasksRequest.Builder> change) {
    var request = ListTasksRequest.newBuilder();
    change.accept(request);
    return request.build();
  }

  private static SubmitTaskRequest named(String requestId) {
    return SubmitTaskRequest.newBuilder().setRequestId(requestId).setTask(Tasks.ECHO).build();
  }

  private static SubmitTasksRequest several(int tasks) {
    var request = SubmitTasksRequest.newBuilder();
    for (var i = 0; i < tasks; i++) {
      request.addTasks(Tasks.ECHO);
    }
    return request.build();
  }

  private static CancelTaskRequest cancel(String reason) {
    return CancelTaskRequest.newBuilder().setTaskId("1-5").setReason(reason).build();
  }

  // ---- Demand -----------------------------------------------------------------------------------

  static Stream<Bound<GetDemandRequest.Builder>> demandBounds() {
    return Stream.of(
        Bound.of(
            "queues", "most", d -> d.addAllQueues(names(1000)), d -> d.addAllQueues(names(1001))),
        Bound.of("queues[0]", "longest", d -> d.addQueues(text(128)), d -> d.addQueues(text(129))),
        Bound.of("kinds", "most", d -> d.addAllKinds(names(1000)), d -> d.addAllKinds(names(1001))),
        Bound.of("kinds[0]", "longest", d -> d.addKinds(text(128)), d -> d.addKinds(text(129))));
  }

  @ParameterizedTest
  @MethodSource("demandBounds")
  void ofADemand(Bound<GetDemandRequest.Builder> bound) {
    var cluster = ClusterServiceGrpc.newBlockingStub(edge.channel());
    var taken =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> cluster.getDemand(demand(bound.at())));

    // The fixture has no dispatcher that could answer.
    assertThat(EdgeFixture.errorInfo(taken).getReason()).isEqualTo("NO_ANSWER");
    refused(bound.field(), bound.reason(), () -> cluster.getDemand(demand(bound.beyond())));
  }

  private static GetDemandRequest demand(Consumer<GetDemandRequest.Builder> change) {
    var request = GetDemandRequest.newBuilder();
    change.accept(request);
    return request.build();
  }

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "n" + i).toList();
  }

  private void refused(String field, String reason, Supplier<?> call) {
    var refusal = catchThrowableOfType(StatusRuntimeException.class, call::get);

    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo(reason);
    assertThat(EdgeFixture.field(refusal)).isEqualTo(field);
    edge.partitions.expectNoMessage(java.time.Duration.ZERO);
  }

  // ---- Values -----------------------------------------------------------------------------------

  private static String text(int chars) {
    return "x".repeat(chars);
  }

  private static Duration lasts(long seconds, int nanos) {
    return Duration.newBuilder().setSeconds(seconds).setNanos(nanos).build();
  }

  private static Timestamp at(long seconds, int nanos) {
    return Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
  }

  private static void requires(TaskSpec.Builder task, int count) {
    IntStream.range(0, count).forEach(i -> task.putRequires("n" + i, ""));
  }

  private static void labels(TaskSpec.Builder task, int count) {
    IntStream.range(0, count).forEach(i -> task.putLabels("n" + i, ""));
  }
}
