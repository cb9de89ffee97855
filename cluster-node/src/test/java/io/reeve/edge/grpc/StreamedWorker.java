package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.reeve.session.Session;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerServiceGrpc;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker's stream to the fixture's server, as a test drives it. */
final class StreamedWorker implements ClientResponseObserver<WorkerMessage, ServerMessage> {

  private final EdgeFixture edge;
  private final LinkedBlockingQueue<ServerMessage> heard = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  final StreamObserver<WorkerMessage> server;
  private @Nullable ClientCallStreamObserver<WorkerMessage> call;
  private volatile boolean reading = true;
  EdgeFixture.@Nullable OpenSession session;

  StreamedWorker(EdgeFixture edge) {
    this.edge = edge;
    server = WorkerServiceGrpc.newStub(edge.channel()).connect(this);
  }

  EdgeFixture.OpenSession session() {
    return Objects.requireNonNull(session);
  }

  void say(WorkerMessage.Builder message) {
    server.onNext(message.build());
  }

  ServerMessage next() throws InterruptedException {
    return Objects.requireNonNull(heard.poll(5, TimeUnit.SECONDS), "expected a message in 5 s");
  }

  CompletableFuture<Void> completed() {
    return end;
  }

  StatusRuntimeException refusal() {
    assertThat(end).failsWithin(Duration.ofSeconds(10));
    return (StatusRuntimeException) end.handle((ok, failure) -> failure).join();
  }

  void cancel() {
    Objects.requireNonNull(call).cancel("the worker dies", null);
  }

  void stopReading() {
    reading = false;
  }

  /** Frees the place of the session. */
  void end(EdgeFixture.OpenSession open) {
    open.ref().tell(new Session.Goodbye("end of test"));
    edge.kit.createTestProbe().expectTerminated(open.ref(), Duration.ofSeconds(5));
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<WorkerMessage> requestStream) {
    call = requestStream;
    requestStream.disableAutoRequestWithInitial(1);
  }

  @Override
  public void onNext(ServerMessage message) {
    heard.add(message);
    if (reading) {
      Objects.requireNonNull(call).request(1);
    }
  }

  @Override
  public void onError(Throwable failure) {
    end.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {
    end.complete(null);
  }
}
