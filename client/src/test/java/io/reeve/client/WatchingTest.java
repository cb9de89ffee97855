package io.reeve.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.reeve.client.fake.FakeReeve;
import io.reeve.v1.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Watches and awaited results, over broken streams and restarts of the server. */
@Timeout(30)
class WatchingTest extends ClientTest {

  private final String id = client.submit(HELLO).taskId();

  @Test
  void showsEachStateAndEndsWithTheTerminalOne() {
    var states = new ArrayList<TaskState>();
    try (var watch = client.watch(id)) {
      states.add(watch.next().getState());
      server.lease(id, "worker-1");
      states.add(watch.next().getState());
      server.complete(id, "done");
      watch.forEachRemaining(task -> states.add(task.getState()));
    }
    assertThat(states)
        .containsExactly(
            TaskState.TASK_STATE_READY,
            TaskState.TASK_STATE_LEASED,
            TaskState.TASK_STATE_COMPLETED);
  }

  @Test
  void survivesABrokenStreamWithoutShowingAStateTwice() {
    var states = new ArrayList<TaskState>();
    try (var watch = client.watch(id)) {
      states.add(watch.next().getState());
      server.breakWatches();
      eventually("the watch is open again", () -> server.tasks().isWatched(id));
      server.complete(id, "done");
      watch.forEachRemaining(task -> states.add(task.getState()));
    }
    assertThat(states).containsExactly(TaskState.TASK_STATE_READY, TaskState.TASK_STATE_COMPLETED);
  }

  @Test
  void ofAnUnknownTaskIsRefused() {
    try (var watch = client.watch("t-99")) {
      assertThatThrownBy(watch::hasNext)
          .isInstanceOfSatisfying(
              ReeveException.class, e -> assertThat(e.code()).isEqualTo(Status.Code.NOT_FOUND));
    }
  }

  @Test
  void aReaderThatFailsEndsItsWatch() {
    var result =
        client.watch(
            id,
            task -> {
              throw new IllegalStateException("reader");
            });

    assertThatThrownBy(() -> result.get(5, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalStateException.class);
    eventually("the stream is gone", () -> !server.tasks().isWatched(id));
  }

  @Test
  void aClosedWatchEndsItsStream() {
    var watch = client.watch(id);
    watch.next();

    watch.close();

    assertThat(watch.hasNext()).isFalse();
    eventually("the stream is gone", () -> !server.tasks().isWatched(id));
  }

  @Test
  void awaitResultReturnsTheTerminalTask() {
    var result = client.awaitResultAsync(id, Duration.ofSeconds(10));
    server.die(id, "no such mailbox");

    var task = ReeveClient.await(result);

    assertThat(task.getState()).isEqualTo(TaskState.TASK_STATE_DEAD);
    assertThat(task.getFailure().getMessage()).isEqualTo("no such mailbox");
  }

  @Test
  void awaitResultGivesUpAfterItsTimeoutAndLeavesNoStream() {
    var failure =
        catchThrowableOfType(
            ReeveException.class, () -> client.awaitResult(id, Duration.ofMillis(50)));

    assertThat(failure.reason()).isEqualTo(ReeveException.REASON_AWAIT_TIMED_OUT);
    assertThat(failure).hasMessage("task t-1 has not ended within 0.05 s");
    eventually("the stream is gone", () -> !server.tasks().isWatched(id));
  }

  @Test
  void awaitResultGoesOnHoweverLongTheServerIsAway() throws IOException {
    var result = client.awaitResultAsync(id, Duration.ofMinutes(5));

    try (var again = afterManyFailedTries()) {
      again.complete(id, "done");

      assertThat(ReeveClient.await(result).getResult().toStringUtf8()).isEqualTo("done");
    }
  }

  @Test
  void aWatchWithATimeoutGoesOnHoweverLongTheServerIsAway() throws IOException {
    try (var watch = client.watch(id, Duration.ofMinutes(5))) {
      assertThat(watch.next().getState()).isEqualTo(TaskState.TASK_STATE_READY);

      try (var again = afterManyFailedTries()) {
        again.complete(id, "done");

        assertThat(watch.next().getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
      }
    }
  }

  @Test
  void aWatchEndsWithItsTimeout() {
    try (var watch = client.watch(id, Duration.ofMillis(50))) {
      assertThat(watch.next().getState()).isEqualTo(TaskState.TASK_STATE_READY);

      assertThatThrownBy(watch::hasNext)
          .isInstanceOfSatisfying(
              ReeveException.class,
              e -> assertThat(e.reason()).isEqualTo(ReeveException.REASON_AWAIT_TIMED_OUT));
    }
    eventually("the stream is gone", () -> !server.tasks().isWatched(id));
  }

  @Test
  void aTimeoutMayBeLongerThanTheClockCounts() {
    server.complete(id, "done");

    assertThat(client.awaitResult(id, Duration.ofDays(1_000_000)).getId()).isEqualTo(id);
  }

  /** Kills the server, lets more tries fail than a call has, and starts it with the same task. */
  private FakeReeve afterManyFailedTries() throws IOException {
    server.close();
    try (var broken = Http1.startBroken(server.port())) {
      eventually("many tries failed", () -> broken.connections() > 20);
    }
    var again = FakeReeve.start(server.port(), NOON);
    try (var other = client(again.endpoint())) {
      assertThat(other.submit(HELLO).taskId()).isEqualTo(id);
    }
    return again;
  }
}
