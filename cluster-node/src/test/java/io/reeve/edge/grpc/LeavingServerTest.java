package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.StatusRuntimeException;
import io.reeve.partition.Clients;
import io.reeve.session.Session;
import io.reeve.v1.Reconnect;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.WatchTaskRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What workers hear of a server that leaves. */
class LeavingServerTest {

  private final EdgeFixture edge = EdgeFixture.start();

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void everyWorkerIsToldAllOthersAndNotEachTheSameFirst() throws InterruptedException {
    var workers = List.of(listening(), listening(), listening());
    for (var i = 0; i < workers.size(); i++) {
      edge.nextSession();
    }
    assertThat(edge.server.openSessions()).isEqualTo(3);

    edge.server.leave("upgrade", List.of("crane:1", "heron:1", "ibis:1"));

    var first = new ArrayList<String>();
    for (var worker : workers) {
      var order = reconnect(worker);
      assertThat(order.getReason()).isEqualTo("upgrade");
      assertThat(order.getEndpointsList())
          .containsExactlyInAnyOrder("crane:1", "heron:1", "ibis:1");
      first.add(order.getEndpoints(0));
    }
    assertThat(first).doesNotHaveDuplicates();
  }

  @Test
  void aServerThatKnowsNoOtherNamesNone() throws InterruptedException {
    var worker = listening();
    edge.nextSession();

    edge.server.leave("upgrade", List.of());

    assertThat(reconnect(worker).getEndpointsList()).isEmpty();
  }

  @Test
  void watchesEndWithTheReasonThatTheNodeLeaves() {
    var client = TaskServiceGrpc.newBlockingStub(edge.channel());
    var watching =
        edge.calling(
            () ->
                catchThrowableOfType(
                    StatusRuntimeException.class,
                    () ->
                        client
                            .watchTask(WatchTaskRequest.newBuilder().setTaskId("0-1").build())
                            .hasNext()));
    edge.asked(Clients.Watch.class);

    edge.server.terminate().toCompletableFuture().join();

    assertThat(EdgeFixture.errorInfo(watching.join()).getReason()).isEqualTo("NODE_LEAVING");
  }

  @Test
  void sessionsThatEndedAreNotCounted() throws InterruptedException {
    listening();
    var session = edge.nextSession();
    session.ref().tell(new Session.Goodbye("done"));

    edge.kit.createTestProbe().expectTerminated(session.ref(), Duration.ofSeconds(5));
    edge.kit
        .createTestProbe()
        .awaitAssert(
            Duration.ofSeconds(5),
            () -> {
              assertThat(edge.server.openSessions()).isZero();
              return session;
            });
  }

  private StreamedWorker listening() {
    return StreamedWorker.greeting(edge, TestWorker.hello("w", 1));
  }

  private static Reconnect reconnect(StreamedWorker worker) throws InterruptedException {
    return worker.next().getControl().getReconnect();
  }
}
