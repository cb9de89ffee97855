package io.reeve.bench.worker;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.reeve.v1.Assignments;
import io.reeve.v1.Completed;
import io.reeve.v1.Credit;
import io.reeve.v1.Goodbye;
import io.reeve.v1.Heartbeat;
import io.reeve.v1.Hello;
import io.reeve.v1.Received;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.Settlement;
import io.reeve.v1.Settlements;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerServiceGrpc;
import io.reeve.v1.WorkerState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The worker protocol by hand, one stream, no library: the least that a worker can cost.
 *
 * <p>Tasks run on the stream's own thread as they arrive. A few batches of settlements are under
 * way at once; what ends meanwhile makes up the next one.
 */
public final class RawLink implements Link {

  private static final int BATCHES_UNACKNOWLEDGED_MAX = 2;
  private static final int BATCH_MAX = 5000;
  private static final int MESSAGE_BYTES_MAX = 64 * 1024 * 1024;
  private static final int WAIT_SECONDS = 60;

  private final ManagedChannel channel;
  private final String workerId;
  private final String incarnation;
  private final int capacity;
  private final NoOp handler;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "raw-link-heartbeat");
            thread.setDaemon(true);
            return thread;
          });
  private @Nullable Session session;

  RawLink(String host, int port, String workerId, String incarnation, int capacity, NoOp handler) {
    this.channel =
        NettyChannelBuilder.forAddress(host, port)
            .usePlaintext()
            .directExecutor()
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .build();
    this.workerId = workerId;
    this.incarnation = incarnation;
    this.capacity = capacity;
    this.handler = handler;
  }

  @Override
  public void connect() {
    var opened = new Session();
    session = opened;
    opened.begin();
  }

  @Override
  public void disconnect() {
    var open = session;
    session = null;
    if (open != null) {
      open.end();
    }
  }

  @Override
  public void close() {
    disconnect();
    timer.shutdownNow();
    channel.shutdownNow();
  }

  /** One stream. All state is guarded by the session. */
  private final class Session implements StreamObserver<ServerMessage> {
    private final CountDownLatch welcomed = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Deque<Settlement> toSettle = new ArrayDeque<>();
    private @Nullable StreamObserver<WorkerMessage> toServer;
    private @Nullable Throwable failure;
    private long released;
    private long batchSent;
    private long batchAcknowledged;
    private long heartbeats;
    private boolean leaving;
    private boolean left;

    void begin() {
      synchronized (this) {
        toServer = WorkerServiceGrpc.newStub(channel).connect(this);
        send(
            WorkerMessage.newBuilder()
                .setHello(
                    Hello.newBuilder()
                        .setWorkerId(workerId)
                        .setPool("bench")
                        .setIncarnation(incarnation)
                        .addKinds("bench")
                        .addQueues("default")
                        .setCapacity(capacity)
                        .setClient("reeve-bench raw"))
                .build());
      }
      await(welcomed, "be welcomed");
      if (failure != null) {
        throw new IllegalStateException("the worker was refused", failure);
      }
    }

    void end() {
      synchronized (this) {
        leaving = true;
        leaveWhenSettled();
      }
      await(ended, "leave");
    }

    /** Whoever leaves with reports unsent or unacknowledged has its tasks run again. */
    private void leaveWhenSettled() {
      if (leaving && !left && toSettle.isEmpty() && batchAcknowledged == batchSent) {
        send(
            WorkerMessage.newBuilder().setGoodbye(Goodbye.newBuilder().setReason("pause")).build());
        if (toServer != null && failure == null) {
          toServer.onCompleted();
        }
        left = true;
      }
    }

    private void await(CountDownLatch latch, String what) {
      try {
        if (!latch.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
          throw new IllegalStateException(
              "expected to " + what + " within " + WAIT_SECONDS + " s, and was not answered");
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting to " + what, interrupted);
      }
    }

    @Override
    public synchronized void onNext(ServerMessage message) {
      switch (message.getMessageCase()) {
        case WELCOME -> {
          welcomed.countDown();
          sendCredit();
          var interval = message.getWelcome().getHeartbeatInterval();
          var millis =
              Math.max(100, interval.getSeconds() * 1000 + interval.getNanos() / 1_000_000);
          var unused = timer.schedule(() -> beat(millis), millis, TimeUnit.MILLISECONDS);
        }
        case ASSIGNMENTS -> run(message.getAssignments());
        case SETTLEMENT_ACK -> {
          batchAcknowledged = Math.max(batchAcknowledged, message.getSettlementAck().getBatch());
          settle();
          leaveWhenSettled();
        }
        case CANCEL, CONTROL, PING, MESSAGE_NOT_SET -> {}
      }
    }

    private void run(Assignments assignments) {
      for (var assignment : assignments.getAssignmentsList()) {
        handler.handle(assignment.getSpec().getPayload());
        toSettle.add(
            Settlement.newBuilder()
                .setTaskId(assignment.getTaskId())
                .setFence(assignment.getFence())
                .setCompleted(Completed.getDefaultInstance())
                .build());
      }
      send(
          WorkerMessage.newBuilder()
              .setReceived(Received.newBuilder().setSequence(assignments.getSequence()))
              .build());
      settle();
    }

    private void settle() {
      while (!toSettle.isEmpty() && batchSent - batchAcknowledged < BATCHES_UNACKNOWLEDGED_MAX) {
        var batch = Settlements.newBuilder().setBatch(++batchSent);
        while (!toSettle.isEmpty() && batch.getSettlementsCount() < BATCH_MAX) {
          batch.addSettlements(toSettle.remove());
        }
        released += batch.getSettlementsCount();
        send(WorkerMessage.newBuilder().setSettlements(batch).build());
        sendCredit();
      }
    }

    private void sendCredit() {
      send(
          WorkerMessage.newBuilder()
              .setCredit(Credit.newBuilder().setCapacity(capacity).setReleasedTotal(released))
              .build());
    }

    private synchronized void beat(long millis) {
      if (!left && ended.getCount() > 0) {
        send(
            WorkerMessage.newBuilder()
                .setHeartbeat(
                    Heartbeat.newBuilder()
                        .setSequence(++heartbeats)
                        .setState(WorkerState.WORKER_STATE_RUNNING))
                .build());
        var unused = timer.schedule(() -> beat(millis), millis, TimeUnit.MILLISECONDS);
      }
    }

    private void send(WorkerMessage message) {
      if (toServer != null && failure == null && !left) {
        toServer.onNext(message);
      }
    }

    @Override
    public synchronized void onError(Throwable broken) {
      failure = broken;
      welcomed.countDown();
      ended.countDown();
    }

    @Override
    public synchronized void onCompleted() {
      welcomed.countDown();
      ended.countDown();
    }
  }
}
