package io.reeve.scenario;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.reeve.v1.Assignment;
import io.reeve.v1.Assignments;
import io.reeve.v1.Completed;
import io.reeve.v1.Credit;
import io.reeve.v1.Goodbye;
import io.reeve.v1.Heartbeat;
import io.reeve.v1.Hello;
import io.reeve.v1.Received;
import io.reeve.v1.RefusedSettlement;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.Settlement;
import io.reeve.v1.Settlements;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerServiceGrpc;
import io.reeve.v1.WorkerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A worker made of nothing but the generated stubs: what anyone can write who has the protocol. It
 * completes each task as it comes, with the task's own payload as the result, or keeps it until it
 * is told to settle.
 *
 * <p>State is guarded by the object; the stream's thread and the test's share it.
 */
final class PlainWorker implements AutoCloseable, StreamObserver<ServerMessage> {

  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  private final ManagedChannel channel;
  private final StreamObserver<WorkerMessage> server;
  private final int capacity;
  private final boolean keeps;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<Assignment> kept = new ArrayList<>();
  private final List<RefusedSettlement> refused = new ArrayList<>();
  private long batch;
  private long acknowledged;
  private long released;
  private long completed;
  private long heartbeats;
  private boolean welcomed;
  private boolean ended;
  private @Nullable Status failure;

  private PlainWorker(int port, int capacity, boolean keeps) {
    this.channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .directExecutor()
            .maxInboundMessageSize(64 * 1024 * 1024)
            .build();
    this.capacity = capacity;
    this.keeps = keeps;
    this.server = WorkerServiceGrpc.newStub(channel).connect(this);
  }

  /** Connects, greets, and completes all it gets. */
  static PlainWorker thatCompletes(String id, NodeProcess node, int capacity) {
    var worker = new PlainWorker(node.port(), capacity, false);
    worker.greet(id);
    return worker;
  }

  /** Connects, greets, and keeps what it gets. */
  static PlainWorker thatKeeps(String id, NodeProcess node, int capacity) {
    var worker = new PlainWorker(node.port(), capacity, true);
    worker.greet(id);
    return worker;
  }

  /** How the server ends a stream whose first message is this one. */
  static Status refusalOf(WorkerMessage first, NodeProcess node) {
    try (var worker = new PlainWorker(node.port(), 1, true)) {
      worker.say(first);
      Await.until("the server refuses", ANSWER_WITHIN, worker::isOver);
      var status = worker.failure();
      return status == null ? Status.OK : status;
    }
  }

  /** A greeting that is complete but for the name. */
  static WorkerMessage hello(String id, int capacity) {
    return WorkerMessage.newBuilder()
        .setHello(
            Hello.newBuilder()
                .setWorkerId(id)
                .setPool("plain")
                .setIncarnation("1")
                .addKinds("*")
                .setCapacity(capacity))
        .build();
  }

  private void greet(String id) {
    say(hello(id, capacity));
    Await.until("the server welcomes " + id, ANSWER_WITHIN, () -> isWelcomed() || isOver());
    if (failure() != null) {
      throw new AssertionError("expected a welcome, got " + failure());
    }
  }

  /** Settles an assignment under a fence of the caller's choice. */
  synchronized void complete(String taskId, long fence) {
    say(
        WorkerMessage.newBuilder()
            .setSettlements(
                Settlements.newBuilder()
                    .setBatch(++batch)
                    .addSettlements(
                        Settlement.newBuilder()
                            .setTaskId(taskId)
                            .setFence(fence)
                            .setCompleted(Completed.getDefaultInstance())))
            .build());
  }

  synchronized boolean isWelcomed() {
    return welcomed;
  }

  synchronized boolean isOver() {
    return ended;
  }

  private synchronized @Nullable Status failure() {
    return failure;
  }

  /** Assignments kept so far. */
  synchronized List<Assignment> kept() {
    return List.copyOf(kept);
  }

  /** Settlements that the server refused. */
  synchronized List<RefusedSettlement> refused() {
    return List.copyOf(refused);
  }

  /** Settlements sent, of batches that the server has acknowledged or not. */
  synchronized long completed() {
    return completed;
  }

  /** Whether all it sent is acknowledged. */
  synchronized boolean isSettled() {
    return acknowledged == batch;
  }

  // ---- The stream -------------------------------------------------------------------------------

  @Override
  public synchronized void onNext(ServerMessage message) {
    switch (message.getMessageCase()) {
      case WELCOME -> {
        welcomed = true;
        sayCredit();
        var interval = message.getWelcome().getHeartbeatInterval();
        var millis = interval.getSeconds() * 1000 + interval.getNanos() / 1_000_000;
        var unused = timer.scheduleAtFixedRate(this::beat, 0, millis, TimeUnit.MILLISECONDS);
      }
      case ASSIGNMENTS -> take(message.getAssignments());
      case SETTLEMENT_ACK -> {
        acknowledged = message.getSettlementAck().getBatch();
        refused.addAll(message.getSettlementAck().getRefusedList());
      }
      case CANCEL, CONTROL, PING, MESSAGE_NOT_SET -> {}
    }
  }

  private void take(Assignments assignments) {
    say(
        WorkerMessage.newBuilder()
            .setReceived(Received.newBuilder().setSequence(assignments.getSequence()))
            .build());
    if (keeps) {
      kept.addAll(assignments.getAssignmentsList());
      return;
    }
    var settlements = Settlements.newBuilder().setBatch(++batch);
    for (var assignment : assignments.getAssignmentsList()) {
      settlements.addSettlements(
          Settlement.newBuilder()
              .setTaskId(assignment.getTaskId())
              .setFence(assignment.getFence())
              .setCompleted(Completed.newBuilder().setResult(assignment.getSpec().getPayload())));
    }
    say(WorkerMessage.newBuilder().setSettlements(settlements).build());
    completed += assignments.getAssignmentsCount();
    released += assignments.getAssignmentsCount();
    sayCredit();
  }

  private void sayCredit() {
    say(
        WorkerMessage.newBuilder()
            .setCredit(Credit.newBuilder().setCapacity(capacity).setReleasedTotal(released))
            .build());
  }

  private synchronized void beat() {
    say(
        WorkerMessage.newBuilder()
            .setHeartbeat(
                Heartbeat.newBuilder()
                    .setSequence(++heartbeats)
                    .setState(WorkerState.WORKER_STATE_RUNNING))
            .build());
  }

  private synchronized void say(WorkerMessage message) {
    if (!ended) {
      server.onNext(message);
    }
  }

  @Override
  public synchronized void onError(Throwable broken) {
    failure = Status.fromThrowable(broken);
    ended = true;
  }

  @Override
  public synchronized void onCompleted() {
    ended = true;
  }

  /** Says goodbye if it was welcomed, and hangs up. */
  @Override
  public void close() {
    if (isWelcomed() && !isOver()) {
      say(WorkerMessage.newBuilder().setGoodbye(Goodbye.getDefaultInstance()).build());
      Await.until("the server ends the stream", ANSWER_WITHIN, this::isOver);
    }
    timer.shutdownNow();
    channel.shutdownNow();
  }
}
