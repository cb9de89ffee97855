package io.reeve.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.reeve.v1.Assignment;
import io.reeve.v1.Assignments;
import io.reeve.v1.CancelLeases;
import io.reeve.v1.CancelReason;
import io.reeve.v1.CancelledLease;
import io.reeve.v1.Control;
import io.reeve.v1.Credit;
import io.reeve.v1.Heartbeat;
import io.reeve.v1.Hello;
import io.reeve.v1.Lane;
import io.reeve.v1.LeaseRef;
import io.reeve.v1.Ping;
import io.reeve.v1.Progress;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.Settlement;
import io.reeve.v1.SettlementAck;
import io.reeve.v1.Settlements;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.Welcome;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A server of worker streams on a free loopback port that does what a test tells it to: it
 * welcomes, acknowledges and answers heartbeats by itself unless told not to, and keeps all it
 * hears.
 */
public final class FakeServer implements AutoCloseable {

  private final Server server;
  private final List<Session> sessions = new CopyOnWriteArrayList<>();
  private volatile Function<Hello, Welcome> welcome = hello -> welcome().build();
  private volatile @Nullable Status refusal;
  private volatile boolean acknowledges = true;
  private volatile boolean answers = true;

  public FakeServer() {
    this(0);
  }

  public FakeServer(int port) {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .directExecutor()
            .addService(new Service())
            .build();
    try {
      server.start();
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }

  public static Welcome.Builder welcome() {
    return Welcome.newBuilder()
        .setSessionId("session")
        .setResumeToken("token")
        .setHeartbeatInterval(millis(100))
        .setSilenceMax(millis(5000))
        .setLeaseDuration(millis(10_000))
        .setReceivedWithin(millis(1000))
        .setResumeWithin(millis(2000))
        .setResultBytesMax(256 * 1024)
        .setMessageBytesMax(4 * 1024 * 1024)
        .setNode("fake");
  }

  public static Duration millis(long millis) {
    return Duration.newBuilder()
        .setSeconds(millis / 1000)
        .setNanos((int) (millis % 1000) * 1_000_000)
        .build();
  }

  public static Assignment task(String id, String kind, String payload) {
    return task(id, kind, payload, Lane.LANE_NORMAL);
  }

  public static Assignment task(String id, String kind, String payload, Lane lane) {
    return Assignment.newBuilder()
        .setTaskId(id)
        .setFence(1)
        .setAttempt(1)
        .setExecutionTimeoutMs(60_000)
        .setSpec(
            TaskSpec.newBuilder()
                .setKind(kind)
                .setLane(lane)
                .setPayload(ByteString.copyFromUtf8(payload)))
        .build();
  }

  public int port() {
    return server.getPort();
  }

  public String endpoint() {
    return "127.0.0.1:" + port();
  }

  public FakeServer welcomes(Function<Hello, Welcome> welcome) {
    this.welcome = welcome;
    return this;
  }

  /** Refuses every hello; null: welcomes again. */
  public void refuses(@Nullable Status status) {
    refusal = status;
  }

  public void acknowledges(boolean on) {
    acknowledges = on;
  }

  /** Whether it says anything at all after the welcome, by itself. */
  public void answers(boolean on) {
    answers = on;
  }

  public int sessions() {
    return sessions.size();
  }

  /** The session with this number from 1, once it has got its welcome and its first credit. */
  public Session session(int number) {
    Await.until("session " + number, () -> sessions.size() >= number);
    var session = sessions.get(number - 1);
    Await.until("credit in session " + number, () -> !session.credits.isEmpty());
    return session;
  }

  /** All sessions, welcomed or not. */
  public List<Session> allSessions() {
    return List.copyOf(sessions);
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** One stream of one pool. */
  public final class Session implements StreamObserver<WorkerMessage> {
    private final StreamObserver<ServerMessage> toWorker;
    final List<WorkerMessage> heard = new CopyOnWriteArrayList<>();
    final List<Credit> credits = new CopyOnWriteArrayList<>();
    final List<Settlements> batches = new CopyOnWriteArrayList<>();
    final List<Heartbeat> heartbeats = new CopyOnWriteArrayList<>();
    final List<Progress> progress = new CopyOnWriteArrayList<>();
    volatile @Nullable Hello hello;
    volatile @Nullable String goodbye;
    volatile long received;
    volatile boolean ended;
    private long sequence;

    Session(StreamObserver<ServerMessage> toWorker) {
      this.toWorker = toWorker;
    }

    public synchronized void send(ServerMessage message) {
      if (!ended) {
        toWorker.onNext(message);
      }
    }

    public synchronized void assign(Assignment... assignments) {
      sequence++;
      resend(sequence, assignments);
    }

    public void resend(long number, Assignment... assignments) {
      send(
          ServerMessage.newBuilder()
              .setAssignments(
                  Assignments.newBuilder()
                      .setSequence(number)
                      .addAllAssignments(List.of(assignments)))
              .build());
    }

    public void acknowledge(long batch) {
      send(
          ServerMessage.newBuilder()
              .setSettlementAck(SettlementAck.newBuilder().setBatch(batch))
              .build());
    }

    public void cancel(String taskId, CancelReason reason) {
      send(
          ServerMessage.newBuilder()
              .setCancel(
                  CancelLeases.newBuilder()
                      .addLeases(
                          CancelledLease.newBuilder()
                              .setTaskId(taskId)
                              .setFence(1)
                              .setReason(reason)))
              .build());
    }

    public void order(Control order) {
      send(ServerMessage.newBuilder().setControl(order).build());
    }

    /** Ends the stream as a lost connection or a refusal does. */
    public void end(Status status) {
      end(status.asRuntimeException());
    }

    /** Ends the stream with a status and its details. */
    public synchronized void end(StatusRuntimeException status) {
      if (!ended) {
        ended = true;
        toWorker.onError(status);
      }
    }

    public Hello hello() {
      var first = hello;
      assertThat(first).as("hello").isNotNull();
      return Objects.requireNonNull(first);
    }

    public List<Settlement> settlements() {
      var all = new ArrayList<Settlement>();
      batches.forEach(batch -> all.addAll(batch.getSettlementsList()));
      return all;
    }

    /** The settlements, once there are this many. */
    public List<Settlement> settlements(int count) {
      Await.until(count + " settlements", () -> settlements().size() >= count);
      return settlements();
    }

    public Settlement settlementOf(String taskId) {
      Await.until(
          "settlement of " + taskId,
          () -> settlements().stream().anyMatch(one -> one.getTaskId().equals(taskId)));
      return settlements().stream()
          .filter(one -> one.getTaskId().equals(taskId))
          .findFirst()
          .orElseThrow();
    }

    public long released() {
      return credits.isEmpty() ? 0 : credits.get(credits.size() - 1).getReleasedTotal();
    }

    public void awaitReleased(long total) {
      Await.until("credit for " + total + " released", () -> released() == total);
    }

    public Credit lastCredit() {
      return credits.get(credits.size() - 1);
    }

    @Override
    public void onNext(WorkerMessage message) {
      heard.add(message);
      switch (message.getMessageCase()) {
        case HELLO -> {
          hello = message.getHello();
          var refused = refusal;
          if (refused != null) {
            end(refused);
          } else if (answers) {
            send(ServerMessage.newBuilder().setWelcome(welcome.apply(message.getHello())).build());
          }
        }
        case CREDIT -> credits.add(message.getCredit());
        case RECEIVED -> received = message.getReceived().getSequence();
        case SETTLEMENTS -> {
          batches.add(message.getSettlements());
          if (acknowledges && answers) {
            acknowledge(message.getSettlements().getBatch());
          }
        }
        case PROGRESS -> progress.add(message.getProgress());
        case HEARTBEAT -> {
          heartbeats.add(message.getHeartbeat());
          if (answers) {
            send(
                ServerMessage.newBuilder()
                    .setPing(Ping.newBuilder().setHeartbeat(message.getHeartbeat().getSequence()))
                    .build());
          }
        }
        case GOODBYE -> goodbye = message.getGoodbye().getReason();
        case MESSAGE_NOT_SET -> throw new AssertionError("a message of no sort");
      }
    }

    @Override
    public void onError(Throwable failure) {
      ended = true;
    }

    @Override
    public synchronized void onCompleted() {
      if (!ended) {
        ended = true;
        toWorker.onCompleted();
      }
    }
  }

  private final class Service extends WorkerServiceGrpc.WorkerServiceImplBase {
    @Override
    public StreamObserver<WorkerMessage> connect(StreamObserver<ServerMessage> toWorker) {
      var session = new Session(toWorker);
      sessions.add(session);
      return session;
    }
  }

  static LeaseRef lease(String taskId) {
    return LeaseRef.newBuilder().setTaskId(taskId).setFence(1).build();
  }
}
