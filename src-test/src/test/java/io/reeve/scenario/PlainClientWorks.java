package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.reeve.client.TaskRequest;
import io.reeve.v1.Heartbeat;
import io.reeve.v1.TaskState;
import io.reeve.v1.WorkerMessage;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The protocol is enough: a worker needs no library of ours. */
class PlainClientWorks {

  private static final Duration SOON = Duration.ofSeconds(30);

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  void tasksAreCompletedOverOneStream() {
    var node = fleet.node();
    try (var worker = PlainWorker.thatCompletes("plain", node, 50);
        var client = node.client()) {
      var requests =
          IntStream.range(0, 500).mapToObj(i -> TaskRequest.of("any").payload("n" + i).build());
      var ids = client.submitAll(requests.toList()).taskIds();

      for (var i = 0; i < ids.size(); i++) {
        var task = client.awaitResult(ids.get(i), SOON);
        assertThat(task.getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
        assertThat(task.getResult().toStringUtf8()).isEqualTo("n" + i);
        assertThat(task.getWorkerId()).isEqualTo("plain");
      }
      Await.until("all settlements are acknowledged", SOON, worker::isSettled);
      assertThat(worker.refused()).isEmpty();
      assertThat(worker.completed()).isEqualTo(500);
    }
  }

  @Test
  void badBeginningsAreRefusedWithTheirReason() {
    var node = fleet.node();
    var heartbeat =
        WorkerMessage.newBuilder().setHeartbeat(Heartbeat.newBuilder().setSequence(1)).build();

    var blank = PlainWorker.refusalOf(PlainWorker.hello(" ", 1), node);
    var noCapacity = PlainWorker.refusalOf(PlainWorker.hello("plain", 0), node);
    var early = PlainWorker.refusalOf(heartbeat, node);

    assertThat(blank.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(blank.getDescription()).contains("worker_id");
    assertThat(noCapacity.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(noCapacity.getDescription()).contains("capacity");
    assertThat(early.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
  }
}
