package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import io.reeve.v1.Assignment;
import io.reeve.v1.Assignments;
import io.reeve.v1.Completed;
import io.reeve.v1.Credit;
import io.reeve.v1.Hello;
import io.reeve.v1.Received;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.Settlement;
import io.reeve.v1.Settlements;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerServiceGrpc;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One stream of the worker protocol, by the generated stubs alone, as a test drives it. */
public class TestWorker implements ClientResponseObserver<WorkerMessage, ServerMessage> {

  private static final int ANSWER_SECONDS = 20;

  private final LinkedBlockingQueue<ServerMessage> heard = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final StreamObserver<WorkerMessage> server;
  private @Nullable ClientCallStreamObserver<WorkerMessage> call;
  private volatile boolean reading = true;
  private int capacity;
  private long batch;
  private long released;

  /** Opens the stream, and says nothing yet. */
  @SuppressWarnings("this-escape") // the stubs call back once the stream is open
  public TestWorker(ManagedChannel channel) {
    server = WorkerServiceGrpc.newStub(channel).connect(this);
  }

  /** A greeting that is complete, of a worker that takes tasks of any kind. */
  public static Hello.Builder hello(String workerId, int capacity) {
    return Hello.newBuilder()
        .setWorkerId(workerId)
        .setPool("main")
        .setIncarnation("run-1")
        .addKinds("*")
        .setCapacity(capacity);
  }

  public final void greet(Hello.Builder hello) {
    capacity = hello.getCapacity();
    say(WorkerMessage.newBuilder().setHello(hello));
  }

  public final void say(WorkerMessage.Builder message) {
    server.onNext(message.build());
  }

  /** Ends its own side of the stream, without a goodbye. */
  public final void halfClose() {
    server.onCompleted();
  }

  /** The next message of the server. */
  public final ServerMessage next() throws InterruptedException {
    return Objects.requireNonNull(
        heard.poll(ANSWER_SECONDS, TimeUnit.SECONDS),
        () -> "expected a message in " + ANSWER_SECONDS + " s");
  }

  /** Acknowledges the assignments and completes each with a result; states its credit anew. */
  public final void complete(Assignments assignments, Function<Assignment, ByteString> result) {
    settle(
        assignments,
        assignment ->
            Settlement.newBuilder()
                .setCompleted(Completed.newBuilder().setResult(result.apply(assignment))));
  }

  /**
   * Acknowledges the assignments and settles each; states its credit anew.
   *
   * @param outcome gives a settlement that names no lease yet
   */
  public final void settle(
      Assignments assignments, Function<Assignment, Settlement.Builder> outcome) {
    say(
        WorkerMessage.newBuilder()
            .setReceived(Received.newBuilder().setSequence(assignments.getSequence())));
    var settlements = Settlements.newBuilder().setBatch(++batch);
    for (var assignment : assignments.getAssignmentsList()) {
      settlements.addSettlements(
          outcome
              .apply(assignment)
              .setTaskId(assignment.getTaskId())
              .setFence(assignment.getFence()));
    }
    say(WorkerMessage.newBuilder().setSettlements(settlements));
    released += assignments.getAssignmentsCount();
    say(
        WorkerMessage.newBuilder()
            .setCredit(Credit.newBuilder().setCapacity(capacity).setReleasedTotal(released)));
  }

  /** Batches of settlements sent so far. */
  public final long batches() {
    return batch;
  }

  /** Completed when the server ends the stream. */
  public final CompletableFuture<Void> completed() {
    return end;
  }

  /** How the server refused the stream. */
  public final StatusRuntimeException refusal() {
    assertThat(end).failsWithin(Duration.ofSeconds(ANSWER_SECONDS));
    return (StatusRuntimeException) end.handle((ok, failure) -> failure).join();
  }

  public final void cancel() {
    Objects.requireNonNull(call).cancel("the worker dies", null);
  }

  public final void stopReading() {
    reading = false;
  }

  @Override
  public final void beforeStart(ClientCallStreamObserver<WorkerMessage> requestStream) {
    call = requestStream;
    requestStream.disableAutoRequestWithInitial(1);
  }

  @Override
  public final void onNext(ServerMessage message) {
    heard.add(message);
    if (reading) {
      Objects.requireNonNull(call).request(1);
    }
  }

  @Override
  public final void onError(Throwable failure) {
    end.completeExceptionally(failure);
  }

  @Override
  public final void onCompleted() {
    end.complete(null);
  }
}
