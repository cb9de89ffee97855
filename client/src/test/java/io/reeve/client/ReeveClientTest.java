package io.reeve.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.reeve.client.fake.FakeReeve;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReeveClientTest extends ClientTest {

  @Nested
  class Submitting {

    @Test
    void answersWithTheIdAndTheInstantOfTheServer() {
      var submission = client.submit(HELLO);

      assertThat(submission)
          .isEqualTo(new Submission(List.of("t-1"), NOON.instant(), false, false, "request-1"));
      assertThat(server.task("t-1").getSpec()).isEqualTo(HELLO.spec());
    }

    @Test
    void isRepeatedWithTheSameRequestIdWhenTheServerIsAway() {
      server.refuseNext(refusal(Status.Code.UNAVAILABLE, "STORE_AWAY", 0));
      server.refuseNext(refusal(Status.Code.UNAVAILABLE, "STORE_AWAY", 0));

      var submission = client.submit(HELLO);

      assertThat(submission.requestId()).isEqualTo("request-1");
      assertThat(server.calls()).containsExactly("SubmitTask", "SubmitTask", "SubmitTask");
      assertThat(server.tasks().count()).isEqualTo(1);
    }

    @Test
    void theSameRequestIdAgainGivesTheSameTask() {
      var first = client.submit("order-7", HELLO);
      var second = client.submit("order-7", HELLO);

      assertThat(second.taskId()).isEqualTo(first.taskId());
      assertThat(second.alreadySubmitted()).isTrue();
      assertThat(server.tasks().count()).isEqualTo(1);
    }

    @Test
    void waitsAsLongAsTheServerAsksWhenItIsFull() {
      server.refuseNext(refusal(Status.Code.RESOURCE_EXHAUSTED, "QUEUE_FULL", 300));
      var before = System.nanoTime();

      client.submit(HELLO);

      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThan(Duration.ofMillis(299));
    }

    @Test
    void aRefusalCarriesReasonCodeDelayAndRequestId() {
      server.refuseNext(refusal(Status.Code.INVALID_ARGUMENT, "KIND_MISSING", 0));

      var failure =
          catchThrowableOfType(ReeveException.class, () -> client.submit("order-8", HELLO));

      assertThat(failure.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(failure.reason()).isEqualTo("KIND_MISSING");
      assertThat(failure).hasMessage("no");
      assertThat(failure.requestId()).isEqualTo("order-8");
      assertThat(failure.retryDelay()).isEmpty();
      assertThat(failure.isOutcomeUnknown()).isFalse();
      assertThat(server.calls()).hasSize(1);
    }

    @Test
    void manyTasksGoInOneCallInOrder() {
      var submission =
          client.submitAll(
              List.of(HELLO, TaskRequest.of("b").build(), TaskRequest.of("c").build()));

      assertThat(submission.taskIds()).containsExactly("t-1", "t-2", "t-3");
      assertThat(server.task("t-3").getSpec().getKind()).isEqualTo("c");
    }

    @Test
    void bulkPacksCallsAndCountsWhatWasAcknowledged() {
      var accepted = new ArrayList<Submission>();
      try (var bulk =
          client
              .bulk()
              .runId("import-7")
              .tasksPerCall(10)
              .callsInFlightMax(1)
              .onAccepted(accepted::add)
              .start()) {
        for (var i = 0; i < 25; i++) {
          bulk.add(HELLO);
        }
        bulk.flush();

        assertThat(bulk.accepted()).isEqualTo(25);
      }
      assertThat(accepted)
          .extracting(Submission::requestId)
          .containsExactly("import-7-1", "import-7-2", "import-7-3");
      assertThat(server.tasks().count()).isEqualTo(25);
    }

    @Test
    void bulkThatFailsKeepsItsCauseWhenItIsClosed() {
      server.refuseNext(refusal(Status.Code.INVALID_ARGUMENT, "KIND_MISSING", 0));

      assertThatThrownBy(
              () -> {
                try (var bulk = client.bulk().tasksPerCall(1).callsInFlightMax(1).start()) {
                  for (var i = 0; i < 10; i++) {
                    bulk.add(HELLO);
                  }
                }
              })
          .isInstanceOfSatisfying(
              ReeveException.class, e -> assertThat(e.reason()).isEqualTo("KIND_MISSING"));
      assertThat(server.calls()).as("calls until the failure was seen").hasSizeLessThan(10);
    }

    @Test
    void bulkTellsOfARefusedCall() {
      server.refuseNext(refusal(Status.Code.INVALID_ARGUMENT, "KIND_MISSING", 0));
      var bulk = client.bulk().start();
      bulk.add(HELLO);

      assertThatThrownBy(bulk::flush)
          .isInstanceOfSatisfying(
              ReeveException.class, e -> assertThat(e.reason()).isEqualTo("KIND_MISSING"));
    }
  }

  @Nested
  class WhenAServerIsLost {

    @Test
    void theNextEndpointIsTaken() {
      var gone = FakeReeve.start(NOON);
      var dead = gone.endpoint();
      gone.close();
      try (var rotating = client(dead + "," + server.endpoint())) {
        assertThat(rotating.submit(HELLO).taskId()).isEqualTo("t-1");
        assertThat(rotating.get("t-1").getId()).isEqualTo("t-1");
      }
    }

    @Test
    void aServerThatHangsDoesNotUseUpTheTimeOfTheCall() {
      try (var hanging = FakeReeve.start(NOON);
          var rotating = client(hanging.endpoint() + "," + server.endpoint())) {
        hanging.fallSilent();

        assertThat(rotating.submit(HELLO).taskId()).isEqualTo("t-1");
      }
    }

    @Test
    void theFailureNamesTheEndpointAndTheOutcomeIsUnknown() {
      server.close();

      var failure = catchThrowableOfType(ReeveException.class, () -> client.submit(HELLO));

      assertThat(failure.code()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(failure.getMessage()).startsWith(server.endpoint() + ": ");
      assertThat(failure.isOutcomeUnknown()).isTrue();
    }

    @Test
    void anUnknownHostIsToldInOneSentence() {
      try (var lost = client("nohost.invalid:1")) {
        var failure = catchThrowableOfType(ReeveException.class, () -> lost.get("t-1"));

        assertThat(failure).hasMessage("nohost.invalid:1: no such host is known");
        assertThat(failure.code()).isEqualTo(Status.Code.UNAVAILABLE);
      }
    }

    @Test
    void aServerThatSpeaksHttp1IsNamedAsSuchAndNotAskedAgain() throws IOException {
      try (var http = Http1.start();
          var wrong = client("127.0.0.1:" + http.port())) {
        var failure = catchThrowableOfType(ReeveException.class, () -> wrong.get("t-1"));

        assertThat(failure.reason()).isEqualTo(ReeveException.REASON_NOT_GRPC);
        assertThat(failure.getMessage())
            .isEqualTo(
                "127.0.0.1:" + http.port() + ": an HTTP/1.1 server answered, which is no gRPC");
      }
    }

    @Test
    void aDeadlineIsToldWithoutTheWordsOfTheTransport() {
      server.fallSilent();
      try (var hasty =
          ReeveClient.builder()
              .endpoints(server.endpoint())
              .tryTimeout(Duration.ofMillis(200))
              .triesMax(1)
              .build()) {
        assertThatThrownBy(() -> hasty.get("t-1"))
            .hasMessage(server.endpoint() + ": no answer within 0.2 s");
      }
    }

    @Test
    void aTryOutlastsTheServersOwnBoundOfAWrite() {
      // reeve.grpc.write-timeout is 10 s by default; its answer says why, a deadline does not.
      try (var patient = ReeveClient.connect(server.endpoint())) {
        patient.submit(HELLO);
      }

      assertThat(server.deadlines())
          .singleElement()
          .satisfies(left -> assertThat(left).isGreaterThan(Duration.ofSeconds(12)));
    }

    @Test
    void cancellingTheFutureEndsTheCall() {
      server.fallSilent();
      var future = client.submitAsync(HELLO);

      future.cancel(true);

      assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
    }
  }

  @Nested
  class Reading {

    @Test
    void anUnknownIdIsNotFound() {
      var failure = catchThrowableOfType(ReeveException.class, () -> client.get("t-99"));

      assertThat(failure.code()).isEqualTo(Status.Code.NOT_FOUND);
      assertThat(failure.reason()).isEqualTo("UNKNOWN_TASK");
    }

    @Test
    void aListIsFetchedPageByPageAndEmptyPagesDoNotEndIt() {
      for (var i = 0; i < 7; i++) {
        client.submit(TaskRequest.of(i == 6 ? "rare" : "common").build());
      }
      var rare = client.list(TaskQuery.all().kind("rare").pageSize(2));

      assertThat(rare).extracting(Task::getId).containsExactly("t-7");
      assertThat(server.calls()).filteredOn("ListTasks"::equals).hasSize(4);
    }

    @Test
    void aListFetchesNoPageAhead() {
      for (var i = 0; i < 6; i++) {
        client.submit(HELLO);
      }
      var walk = client.list(TaskQuery.all().pageSize(2)).iterator();

      walk.next();
      walk.next();

      assertThat(server.calls()).filteredOn("ListTasks"::equals).hasSize(1);
    }

    @Test
    void aQueryFiltersByStateQueueAndTenant() {
      client.submit(TaskRequest.of("a").queue("mail").tenant("acme").build());
      client.submit(TaskRequest.of("b").queue("mail").tenant("other").build());
      client.submit(TaskRequest.of("c").queue("mail").tenant("acme").build());
      server.complete("t-3", "");

      assertThat(
              client.list(
                  TaskQuery.all().queue("mail").tenant("acme").states(TaskState.TASK_STATE_READY)))
          .extracting(Task::getId)
          .containsExactly("t-1");
    }

    @Test
    void bytesComeOnlyWhenAskedFor() {
      client.submit(HELLO);

      assertThat(client.list(TaskQuery.all())).allMatch(t -> t.getSpec().getPayload().isEmpty());
      assertThat(client.list(TaskQuery.all().withBytes()))
          .allMatch(t -> t.getSpec().getPayload().toStringUtf8().equals("hello"));
    }
  }

  @Nested
  class Cancelling {

    @Test
    void endsALiveTaskWithTheReason() {
      var id = client.submit(HELLO).taskId();

      var task = client.cancel(id, "ordered twice");

      assertThat(task.getState()).isEqualTo(TaskState.TASK_STATE_CANCELLED);
      assertThat(task.getCancelReason()).isEqualTo("ordered twice");
    }

    @Test
    void ofATaskThatEndedOtherwiseIsRefused() {
      var id = client.submit(HELLO).taskId();
      server.complete(id, "done");

      var failure = catchThrowableOfType(ReeveException.class, () -> client.cancel(id, ""));

      assertThat(failure.code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    }
  }

  @Test
  void closingTwiceIsClosingOnceAndCallsAfterwardsFail() {
    client.close();
    client.close();

    assertThatThrownBy(() -> client.submit(HELLO)).isInstanceOf(ReeveException.class);
  }
}
