package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.ReeveClient;
import io.reeve.client.TaskRequest;
import io.reeve.v1.Node;
import io.reeve.v1.TaskState;
import io.reeve.v1.WorkerStatus;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A worker knows one node of two. That node, on which the dispatcher works, is told to end: the
 * worker goes to the other one, of which it never heard, and works what is submitted there.
 */
@Tag("slow")
class LeavingNodeNamesTheOthers {

  private static final Duration SOON = Duration.ofSeconds(60);

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  @Timeout(300)
  void aWorkerOfOneNodeIsSentToAnother() {
    try (var server = PostgresOutage.ownServer()) {
      fleet.keepTasksIn(server);
      var crane = fleet.namedNode("crane");
      var worker = fleet.worker("wren", crane, 4);
      Await.until(
          "the worker is at crane",
          SOON,
          () -> worker.said().contains("registered at " + crane.endpoint()));
      var heron = fleet.namedNode("heron");
      try (var atCrane = crane.client();
          var atHeron = heron.client()) {
        Await.until("crane knows of heron", SOON, () -> knows(atCrane, heron));
        Await.until(
            "heron says where the dispatcher is",
            SOON,
            () ->
                dispatcher(atHeron).equals("crane")
                    && heron.process().said().contains("the dispatcher is on crane ("));
        assertThat(crane.metric("reeve_dispatcher_here")).isEqualTo(1);
        assertThat(crane.metric("reeve_worker_sessions")).isEqualTo(1);
        assertThat(heron.metric("reeve_dispatcher_here")).isZero();
        assertThat(heron.metric("reeve_dispatcher_changes_total")).isZero();
        var epoch = crane.metric("reeve_dispatcher_epoch");
        assertThat(heron.metric("reeve_dispatcher_epoch")).isEqualTo(epoch);
        assertThat(atCrane.nodes().stream().mapToInt(node -> node.getReport().getSessions()).sum())
            .isEqualTo(1);
        Await.until("heron lists it at crane", SOON, () -> isListed(atHeron, "wren", "crane"));
        result(atCrane);

        crane.process().askToEnd();
        var moved =
            Await.until(
                "the worker is at heron",
                SOON,
                () -> worker.said().contains(" at " + heron.endpoint()));
        Await.until("heron lists it as its own", SOON, () -> isListed(atHeron, "wren", "heron"));
        Await.until("crane has ended", SOON, () -> !crane.process().isAlive());
        assertThat(crane.process().awaitExit()).isZero();

        var worked = Await.until("heron's tasks are worked", SOON, () -> result(atHeron));
        Await.until(
            "heron lists itself alone, with the dispatcher",
            SOON,
            () -> atHeron.nodes().size() == 1 && dispatcher(atHeron).equals("heron"));
        Await.until(
            "heron says where the dispatcher went",
            SOON,
            () -> heron.process().said().contains("the dispatcher moved from crane ("));
        assertThat(heron.metric("reeve_dispatcher_here")).isEqualTo(1);
        assertThat(heron.metric("reeve_dispatcher_changes_total")).isEqualTo(1);
        assertThat(heron.metric("reeve_dispatcher_epoch")).isGreaterThan(epoch);
        assertThat(heron.process().said())
            .containsOnlyOnce("the dispatcher is on ")
            .containsOnlyOnce("the dispatcher moved ");
        System.out.printf(
            "the worker was at the other node %d ms after SIGTERM; the task there took %d ms%n",
            moved.toMillis(), worked.toMillis());
      }
    }
  }

  private static boolean knows(ReeveClient client, NodeProcess other) {
    return client.nodes().stream()
        .filter(Node::getAnswered)
        .anyMatch(node -> node.getReport().getEndpoint().equals(other.endpoint()));
  }

  /** Whether exactly this worker is listed, as connected to this node. */
  private static boolean isListed(ReeveClient client, String worker, String node) {
    var workers = client.workers().getWorkersList();
    return workers.size() == 1
        && workers.get(0).getWorkerId().equals(worker)
        && workers.get(0).getNodeName().equals(node)
        && workers.get(0).getStatus() == WorkerStatus.WORKER_STATUS_ONLINE;
  }

  private static String dispatcher(ReeveClient client) {
    List<Node> on = client.nodes().stream().filter(Node::getDispatcher).toList();
    return on.isEmpty() ? "" : on.get(0).getReport().getName();
  }

  private static boolean result(ReeveClient client) {
    var id = client.submit(TaskRequest.of("echo").payload("hello").build()).taskId();
    var task = client.awaitResult(id, SOON);
    assertThat(task.getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
    return true;
  }
}
