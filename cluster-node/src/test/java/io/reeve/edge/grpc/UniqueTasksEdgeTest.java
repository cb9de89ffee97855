package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Duration;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.domain.partition.PartitionCounts.Line;
import io.reeve.domain.task.OnCollision;
import io.reeve.domain.task.UniqueClaim;
import io.reeve.domain.task.UniqueKey;
import io.reeve.domain.task.UniqueScope;
import io.reeve.partition.Clients;
import io.reeve.v1.SubmitTaskRequest;
import io.reeve.v1.SubmitTaskResponse;
import io.reeve.v1.SubmitTasksRequest;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.Unique;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Submissions of tasks with a unique key, after four partitions became eight. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UniqueTasksEdgeTest {

  private static final PartitionCounts FOUR = PartitionCounts.always(4);

  /** So long ago that no request id of that time is remembered. */
  private static final PartitionCounts EIGHT =
      new PartitionCounts(List.of(new Line(4, 0), new Line(8, 1)));

  private static final String MOVED = keys().filter(UniqueTasksEdgeTest::moved).findFirst().get();
  private static final String STAYED = keys().filter(key -> !moved(key)).findFirst().get();

  private final EdgeFixture edge = EdgeFixture.grown(EIGHT);
  private final TaskServiceGrpc.TaskServiceBlockingStub client =
      TaskServiceGrpc.newBlockingStub(edge.channel()).withDeadlineAfter(2, TimeUnit.MINUTES);

  @AfterAll
  void stop() {
    edge.close();
  }

  private static Stream<String> keys() {
    return IntStream.range(0, 100).mapToObj(i -> "order-" + i);
  }

  private static boolean moved(String key) {
    return FOUR.home(name(key)) != EIGHT.home(name(key));
  }

  private static String name(String key) {
    return new UniqueKey("shop", key).name();
  }

  // ---- Homes

  @Test
  void aTaskGoesToTheHomeOfItsKeyWhateverItsRequestId() {
    var answer = submit("r-1", u -> u.setKey(STAYED));

    var asked = edge.asked(Clients.SubmitUnique.class);
    asked.command().replyTo().tell(new Clients.Submitted(asked.partition(), 7, 1, 1_500, false));

    assertThat(asked.partition()).isEqualTo(EIGHT.home(name(STAYED)));
    assertThat(asked.command().mayAdd()).isTrue();
    assertThat(asked.command().claim())
        .isEqualTo(
            new UniqueClaim(
                new UniqueKey("shop", STAYED),
                UniqueScope.UNTIL_ENDED,
                0,
                OnCollision.RETURN_FIRST));
    assertThat(asked.command().submit().requestId()).isEqualTo("r-1");
    assertThat(asked.command().submit().bodyHash()).isNotZero();
    assertThat(answer.join().getTaskId()).isEqualTo(asked.partition() + "-7");
    assertThat(answer.join().getReturnedFirst()).isFalse();
  }

  @Test
  void anEarlierHomeIsAskedFirstHoweverLongAgo() {
    var answer = submit("", u -> u.setKey(MOVED));

    var earlier = edge.asked(Clients.SubmitUnique.class);
    earlier.command().replyTo().tell(new Clients.NeverSubmitted(""));
    var home = edge.asked(Clients.SubmitUnique.class);
    home.command().replyTo().tell(new Clients.Submitted(6, 1, 1, 1_500, false));

    assertThat(earlier.partition()).isEqualTo(FOUR.home(name(MOVED)));
    assertThat(earlier.command().mayAdd()).isFalse();
    assertThat(home.partition()).isEqualTo(EIGHT.home(name(MOVED)));
    assertThat(home.command().mayAdd()).isTrue();
    assertThat(answer.join().getTaskId()).isEqualTo("6-1");
  }

  @Test
  void whatAnEarlierHomeHoldsCounts() {
    var answer = submit("", u -> u.setKey(MOVED));

    var earlier = edge.asked(Clients.SubmitUnique.class);
    earlier
        .command()
        .replyTo()
        .tell(new Clients.Submitted(earlier.partition(), 3, 0, 1_500, false));

    assertThat(answer.join().getTaskId()).isEqualTo(earlier.partition() + "-3");
    assertThat(answer.join().getReturnedFirst()).isTrue();
  }

  /** At four and at eight partitions the key has another home than at six. */
  @Test
  void whereAHomeCameBackTheRequestIdIsLookedForFirst() {
    var counts = new PartitionCounts(List.of(new Line(4, 0), new Line(6, 1), new Line(8, 2)));
    var key = keys().filter(k -> counts.homeCameBack(name(k))).findFirst().orElseThrow();
    var home = counts.home(name(key));
    try (var scattered = EdgeFixture.grown(counts)) {
      var caller = TaskServiceGrpc.newBlockingStub(scattered.channel());
      var request =
          SubmitTaskRequest.newBuilder().setRequestId("r-1").setTask(task(u -> u.setKey(key)));
      var answer = scattered.calling(() -> caller.submitTask(request.build()));

      var first = scattered.asked(Clients.FindRequest.class);
      first.command().replyTo().tell(new Clients.NeverSubmitted("r-1"));
      var second = scattered.asked(Clients.FindRequest.class);
      second.command().replyTo().tell(new Clients.Submitted(home, 7, 1, 1_500, true));

      assertThat(first.partition()).isNotEqualTo(home);
      assertThat(second.partition()).isEqualTo(home);
      assertThat(answer.join().getTaskId()).isEqualTo(home + "-7");
      assertThat(answer.join().getAlreadySubmitted()).isTrue();
    }
  }

  // ---- Collisions

  @ParameterizedTest
  @EnumSource(names = {"ON_COLLISION_REPLACE", "ON_COLLISION_REFUSE"})
  void aRefusalNamesTheTaskThatHoldsTheKey(io.reeve.v1.OnCollision onCollision) {
    var answer = submit("", u -> u.setKey(STAYED).setOnCollision(onCollision));

    var asked = edge.asked(Clients.SubmitUnique.class);
    asked.command().replyTo().tell(new Clients.Submitted(5, 3, 0, 1_500, false));

    var refusal = refusalOf(answer);
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("ALREADY_EXISTS");
    assertThat(EdgeFixture.errorInfo(refusal).getMetadataMap()).containsEntry("task_id", "5-3");
    assertThat(refusal).hasMessageContaining("task 5-3 holds");
  }

  // ---- Fields

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("key", u -> u.setKey("")),
        mistake("key", u -> u.setKey(" ")),
        mistake("key", u -> u.setKey("a\nb")),
        mistake("key", u -> u.setKey("x".repeat(257))),
        mistake("scope", u -> u.setScopeValue(99)),
        mistake("on_collision", u -> u.setOnCollisionValue(99)),
        mistake("period", u -> u.setPeriod(seconds(1))),
        mistake("period", u -> u.setScope(PERIOD)),
        mistake("period", u -> u.setScope(PERIOD).setPeriod(seconds(366 * 86_400 + 1))));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aMistakeIsRefusedWithTheNameOfItsField(String field, Consumer<Unique.Builder> change) {
    var refusal = refusalOf(submit("", u -> change.accept(u.setKey(STAYED))));

    assertThat(EdgeFixture.errorInfo(refusal).getReason()).isEqualTo("INVALID_REQUEST");
    assertThat(EdgeFixture.field(refusal)).isEqualTo("task.unique." + field);
  }

  @Test
  void theLongestKeyAndPeriodPass() {
    var answer =
        submit(
            "",
            u -> u.setKey("\u00fc".repeat(256)).setScope(PERIOD).setPeriod(seconds(366 * 86_400)));

    var asked = edge.asked(Clients.SubmitUnique.class);
    if (!asked.command().mayAdd()) {
      asked.command().replyTo().tell(new Clients.NeverSubmitted(""));
      asked = edge.asked(Clients.SubmitUnique.class);
    }
    asked.command().replyTo().tell(new Clients.Submitted(5, 3, 1, 1_500, false));

    assertThat(asked.command().claim().scope()).isEqualTo(UniqueScope.FOR_PERIOD);
    assertThat(asked.command().claim().periodMs()).isEqualTo(366L * 86_400_000);
    answer.join();
  }

  @Test
  void aCallWithManyTasksTakesNone() {
    var tasks =
        SubmitTasksRequest.newBuilder().addTasks(Tasks.ECHO).addTasks(task(u -> u.setKey("k")));

    var refusal = refusalOf(edge.calling(() -> client.submitTasks(tasks.build())));

    assertThat(EdgeFixture.field(refusal)).isEqualTo("tasks[1].unique");
  }

  private static final io.reeve.v1.UniqueScope PERIOD =
      io.reeve.v1.UniqueScope.UNIQUE_SCOPE_FOR_PERIOD;

  private static Arguments mistake(String field, Consumer<Unique.Builder> change) {
    return Arguments.of(field, change);
  }

  private static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  private static TaskSpec task(Consumer<Unique.Builder> unique) {
    var task = Tasks.ECHO.toBuilder().setTenant("shop");
    unique.accept(task.getUniqueBuilder());
    return task.build();
  }

  private CompletableFuture<SubmitTaskResponse> submit(
      String requestId, Consumer<Unique.Builder> unique) {
    var request = SubmitTaskRequest.newBuilder().setRequestId(requestId).setTask(task(unique));
    return edge.calling(() -> client.submitTask(request.build()));
  }

  private static StatusRuntimeException refusalOf(CompletableFuture<?> answer) {
    var failure = catchThrowableOfType(CompletionException.class, answer::join);
    return (StatusRuntimeException) Objects.requireNonNull(failure.getCause());
  }
}
