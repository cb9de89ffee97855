package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.client.TaskRequest;
import io.reeve.grpc.health.v1.HealthCheckRequest;
import io.reeve.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.reeve.grpc.health.v1.HealthGrpc;
import io.reeve.node.NodeMain;
import io.reeve.v1.Node;
import io.reeve.v1.TaskState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * One node serves clients and workers, another one owns the tasks: a task passes through both, and
 * the death of the owner loses nothing.
 */
@Tag("slow")
class RolesAreApart {

  private static final Duration SOON = Duration.ofSeconds(90);
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
  private static final String WRITE_TIMEOUT = "reeve.grpc.write-timeout=2s";

  @RegisterExtension private final Fleet fleet = new Fleet();
  private final int ownersPort = freePort();

  @Test
  @Timeout(600)
  void anOwnerThatComesBackIsTakenInAgain() {
    // A busy machine may start the owner later than the edge would give itself up.
    var patience = "pekko.cluster.split-brain-resolver.stable-after=5m";
    try (var server = PostgresOutage.ownServer()) {
      fleet.keepTasksIn(server);
      var history = new History(fleet);
      var startedOwner = startOwner(patience);
      var edge = NodeProcess.awaitReady(startEdge(0, patience), () -> {});
      var owner = NodeProcess.awaitReady(startedOwner, () -> {});
      fleet.worker("wren", edge, 4);
      try (var client = edge.client();
          var impatient = impatient(edge);
          var ofOwner = impatient(owner)) {
        Await.until("the edge lists both", SOON, () -> listsBoth(client.nodes(), edge));
        assertThat(catchThrowableOfType(ReeveException.class, ofOwner::nodes).code())
            .as("a client of a node without an edge may go to another node")
            .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(health(owner)).isEqualTo(ServingStatus.SERVING);
        assertThat(owner.isReady()).as("an owner without an edge is ready").isTrue();
        assertThat(edge.isReady()).as("an edge with an owner is ready").isTrue();
        result(client, client.submit(TaskRequest.of("echo").payload("hello").build()).taskId());
        var running = client.submit(TaskRequest.of("sleep").payload("5s").build()).taskId();
        Await.until("it runs", SOON, () -> stateOf(client, running) == TaskState.TASK_STATE_LEASED);

        owner.process().kill();
        unavailable(impatient);
        Await.until("the edge says so", SOON, () -> health(edge).equals(ServingStatus.NOT_SERVING));
        assertThat(edge.isReady()).as("an edge without an owner is ready").isFalse();
        assertThat(edge.isLive()).as("an edge without an owner is live").isTrue();
        NodeProcess.awaitReady(startOwner(patience), () -> {});

        var again = client.submit("call-1", TaskRequest.of("echo").payload("again").build());
        assertThat(
                client.submit("call-1", TaskRequest.of("echo").payload("again").build()).taskId())
            .isEqualTo(again.taskId());
        result(client, again.taskId());
        result(client, running);
        Await.until(
            "the edge serves again", SOON, () -> health(edge).equals(ServingStatus.SERVING));
        assertThat(edge.isReady()).isTrue();
        assertThat(edge.process().isAlive()).isTrue();
      }
      judge(history);
    }
  }

  @Test
  @Timeout(600)
  void anEdgeNeedsItsOwnerAndTheOwnerNoEdge() {
    try (var server = PostgresOutage.ownServer()) {
      fleet.keepTasksIn(server);
      var history = new History(fleet);
      var startedOwner = startOwner();
      var edge = NodeProcess.awaitReady(startEdge(0), () -> {});
      var owner = NodeProcess.awaitReady(startedOwner, () -> {});

      owner.process().kill();
      Await.until("the edge ends", SOON, () -> !edge.process().isAlive());
      assertThat(edge.process().awaitExit()).isEqualTo(NodeMain.FAILED);

      var http = freePort();
      var waiting = startEdge(edge.port(), "reeve.http.port=" + http);
      Await.until("the edge answers", SOON, () -> health(edge).equals(ServingStatus.NOT_SERVING));
      assertThat(HttpAnswer.of(http, "/health/live").status()).isEqualTo(HttpAnswer.OK);
      assertThat(HttpAnswer.of(http, "/health/ready").status())
          .isEqualTo(HttpAnswer.SERVICE_UNAVAILABLE);
      try (var client = edge.client();
          var impatient = impatient(edge)) {
        unavailable(impatient);
        assertThat(waiting.said()).doesNotContain("reeve node ready");

        var back = NodeProcess.awaitReady(startOwner(), () -> {});
        NodeProcess.awaitReady(waiting, () -> {});
        fleet.worker("wren", edge, 4);
        var again = client.submit("call-1", TaskRequest.of("echo").payload("again").build());
        result(client, again.taskId());
        assertThat(health(edge)).isEqualTo(ServingStatus.SERVING);
        assertThat(HttpAnswer.of(http, "/health/ready").status()).isEqualTo(HttpAnswer.OK);

        waiting.kill();
        Await.until(
            "the owner gives the edge up",
            SOON,
            () -> back.process().said().contains("decision DownUnreachable"));
        assertThat(health(back)).isEqualTo(ServingStatus.SERVING);
      }
      judge(history);
    }
  }

  private Member startEdge(int port, String... settings) {
    return fleet.startNode("edge", port, with(settings, "reeve.node.roles=edge", WRITE_TIMEOUT));
  }

  private Member startOwner(String... settings) {
    return fleet.startNode(
        "owner", 0, with(settings, "reeve.node.roles=tasks", "reeve.cluster.port=" + ownersPort));
  }

  private static String[] with(String[] settings, String... more) {
    return java.util.stream.Stream.of(settings, more)
        .flatMap(java.util.Arrays::stream)
        .toArray(String[]::new);
  }

  private static ReeveClient impatient(NodeProcess edge) {
    return ReeveClient.builder()
        .endpoints(edge.endpoint())
        .callTimeout(ANSWER_WITHIN)
        .tryTimeout(ANSWER_WITHIN)
        .triesMax(1)
        .build();
  }

  /** Submits without anybody there to take it. */
  private static void unavailable(ReeveClient client) {
    var began = System.nanoTime();
    var refusal =
        catchThrowableOfType(
            ReeveException.class,
            () -> client.submit("call-1", TaskRequest.of("echo").payload("again").build()));
    var took = Duration.ofNanos(System.nanoTime() - began);

    assertThat(refusal.code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(took).isLessThan(ANSWER_WITHIN);
    System.out.printf("UNAVAILABLE (%s) after %d ms%n", refusal.reason(), took.toMillis());
  }

  private static boolean listsBoth(List<Node> nodes, NodeProcess edge) {
    return nodes.stream()
            .anyMatch(
                node ->
                    node.getRolesList().equals(List.of("edge"))
                        && node.getReport().getEndpoint().equals(edge.endpoint())
                        && node.getReport().getPartitionsCount() == 0
                        && !node.getDispatcher())
        && nodes.stream()
            .anyMatch(
                node ->
                    node.getRolesList().equals(List.of("tasks"))
                        && node.hasReport()
                        && node.getReport().getEndpoint().isEmpty()
                        && node.getReport().getPartitionsCount() == 16
                        && node.getDispatcher());
  }

  private static TaskState stateOf(ReeveClient client, String task) {
    return client.get(task).getState();
  }

  private static void result(ReeveClient client, String task) {
    assertThat(client.awaitResult(task, SOON).getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
  }

  /** Unknown where nobody listens. */
  private static ServingStatus health(NodeProcess node) {
    var channel = NettyChannelBuilder.forAddress("127.0.0.1", node.port()).usePlaintext().build();
    try {
      return HealthGrpc.newBlockingStub(channel)
          .withDeadlineAfter(10, TimeUnit.SECONDS)
          .check(HealthCheckRequest.getDefaultInstance())
          .getStatus();
    } catch (io.grpc.StatusRuntimeException nobody) {
      return ServingStatus.UNKNOWN;
    } finally {
      channel.shutdownNow();
    }
  }

  private static void judge(History history) {
    Await.until(
        "every task has ended",
        SOON,
        () -> {
          history.readOn();
          return history.checker().unfinished().isEmpty();
        });
    System.out.println(history.checker().summary());
    assertThat(history.checker().violations()).isEmpty();
  }

  /** The owner keeps its address, as the only one should: then nobody waits for its end. */
  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
