package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.reeve.partition.Clients;
import io.reeve.session.Session;
import io.reeve.v1.Hello;
import io.reeve.v1.Reconnect;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.WatchTaskRequest;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerServiceGrpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
    var workers = List.of(new Listening(), new Listening(), new Listening());
    for (var i = 0; i < workers.size(); i++) {
      edge.nextSession();
    }
    assertThat(edge.server.openSessions()).isEqualTo(3);

    edge.server.leave("upgrade", List.of("crane:1", "heron:1", "ibis:1"));

    var first = new ArrayList<String>();
    for (var worker : workers) {
      var order = worker.reconnect();
      assertThat(order.getReason()).isEqualTo("upgrade");
      assertThat(order.getEndpointsList())
          .containsExactlyInAnyOrder("crane:1", "heron:1", "ibis:1");
      first.add(order.getEndpoints(0));
    }
    assertThat(first).doesNotHaveDuplicates();
  }

  @Test
  void aServerThatKnowsNoOtherNamesNone() throws InterruptedException {
    var worker = new Listening();
    edge.nextSession();

    edge.server.leave("upgrade", List.of());

    assertThat(worker.reconnect().getEndpointsList()).isEmpty();
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
    new Listening();
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

  /** A worker that only listens. */
  private final class Listening implements StreamObserver<ServerMessage> {

    private final LinkedBlockingQueue<ServerMessage> heard = new LinkedBlockingQueue<>();

    Listening() {
      WorkerServiceGrpc.newStub(edge.channel())
          .connect(this)
          .onNext(
              WorkerMessage.newBuilder()
                  .setHello(
                      Hello.newBuilder()
                          .setWorkerId("w")
                          .setPool("pool-1")
                          .setIncarnation("i")
                          .addKinds("echo")
                          .setCapacity(1))
                  .build());
    }

    Reconnect reconnect() throws InterruptedException {
      var message =
          Objects.requireNonNull(heard.poll(5, TimeUnit.SECONDS), "expected a message in 5 s");
      return message.getControl().getReconnect();
    }

    @Override
    public void onNext(ServerMessage message) {
      heard.add(message);
    }

    @Override
    public void onError(Throwable failure) {
      // The test ends its server as it likes.
    }

    @Override
    public void onCompleted() {
      // As above.
    }
  }
}
