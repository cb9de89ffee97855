package io.reeve.edge.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.edge.bounds.Room;
import io.reeve.edge.grpc.EdgeFixture;
import io.reeve.edge.grpc.Tasks;
import io.reeve.partition.Clients;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Watches of tasks as server-sent events, and nodes that serve nobody or have no room. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiWatchTest {

  private final ApiFixture api = ApiFixture.start("");

  @AfterAll
  void stop() {
    api.close();
  }

  @Test
  void aWatchShowsEachChangeAndEndsWithTheTask() throws Exception {
    var watching = api.streaming("/tasks/0-5/watch");
    var watcher = api.asked(Clients.Watch.class).command().watcher();
    watcher.tell(new Clients.Found(Tasks.ready(new TaskId(0, 5))));
    var stream = watching.get(5, TimeUnit.SECONDS);
    var lines = stream.body().iterator();

    assertThat(stream.statusCode()).isEqualTo(200);
    assertThat(stream.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    assertThat(lines.next()).isEqualTo("event: task");
    assertThat(lines.next()).startsWith("data: {\"task\":{\"id\":\"0-5\"").contains("READY");
    assertThat(lines.next()).isEmpty();
    assertThat(api.api.openStreams()).isEqualTo(1);

    watcher.tell(new Clients.Found(Tasks.in(new TaskId(0, 5), TaskState.CANCELLED)));

    assertThat(lines.next()).isEqualTo("event: task");
    assertThat(lines.next()).contains("TASK_STATE_CANCELLED");
    assertThat(lines.next()).isEmpty();
    assertThat(lines.next()).isEqualTo("event: end");
    assertThat(lines.next()).isEqualTo("data: {}");
    assertThat(lines.next()).isEmpty();
    assertThat(lines.hasNext()).isFalse();
    api.edge.kit.createTestProbe().expectTerminated(watcher, Duration.ofSeconds(5));
    assertThat(api.api.openStreams()).isZero();
  }

  @Test
  void aWatchThatIsRefusedAtOnceHasTheStatusForThat() {
    var watching = api.sending("GET", "/tasks/0-8/watch", "");
    api.asked(Clients.Watch.class)
        .command()
        .watcher()
        .tell(new Clients.Refused(new Rejection(Rejection.Code.UNKNOWN_TASK, "expected a task")));

    assertThat(watching.join().status()).isEqualTo(404);
    assertThat(watching.join().reason()).isEqualTo("UNKNOWN_TASK");
  }

  @Test
  void watchesAreBounded() throws Exception {
    try (var small = ApiFixture.start("reeve.http.api.streams-max = 1")) {
      var first = small.streaming("/tasks/0-5/watch");
      var watcher = small.asked(Clients.Watch.class).command().watcher();
      watcher.tell(new Clients.Found(Tasks.ready(new TaskId(0, 5))));
      var lines = Objects.requireNonNull(first.get(5, TimeUnit.SECONDS)).body();

      var second = small.get("/tasks/0-6/watch");
      assertThat(second.status()).isEqualTo(429);
      assertThat(second.reason()).isEqualTo("TOO_MANY_WATCHES");
      lines.close();
    }
  }

  @Test
  void aNodeThatStartsOrServesNobodySaysSo() {
    try (var other = new ApiFixture(EdgeFixture.withoutEdge(), "")) {
      assertThat(other.get("/nodes").status()).isEqualTo(503);
      assertThat(other.get("/nodes").reason()).isEqualTo("NOT_READY");

      other.api.open(other.edge.server.services());

      assertThat(other.get("/nodes").status()).isEqualTo(503);
      assertThat(other.get("/nodes").reason()).isEqualTo("NO_EDGE");
    }
  }

  @Test
  void theApiCanBeOff() {
    try (var other = ApiFixture.start("reeve.http.api.enabled = off")) {
      assertThat(other.get("/nodes").status()).isEqualTo(404);
      assertThat(other.get("/nodes").text()).startsWith("not found");
    }
  }

  @Test
  void aNodeWithoutRoomAsksNobody() {
    try (var other = new ApiFixture(EdgeFixture.start(), "", new Room(1_000, 400))) {
      other.api.open(other.edge.server.services());

      assertThat(other.get("/tasks").status()).isEqualTo(429);
      assertThat(other.get("/dead-letters").reason()).isEqualTo("NO_ROOM");
      assertThat(other.post("/tasks", "{\"requestId\":\"" + "r".repeat(300) + "\"}").reason())
          .isEqualTo("NO_ROOM");
      other.edge.partitions.expectNoMessage(Duration.ZERO);

      assertThat(other.get("/nodes").status()).isEqualTo(200);
    }
  }
}
