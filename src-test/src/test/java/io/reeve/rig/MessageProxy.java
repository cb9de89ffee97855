package io.reeve.rig;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerServiceGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Between workers and a node: passes whole messages of their streams on, and plays {@link Trick}s
 * on those of the workers as long as it is told to. Notes what was settled and answered.
 *
 * <p>One thread does everything; each stream has a seed of its own, made of the proxy's.
 */
final class MessageProxy extends WorkerServiceGrpc.WorkerServiceImplBase implements AutoCloseable {

  private static final int MESSAGE_BYTES_MAX = 64 * 1024 * 1024;
  private static final int REMEMBERED_MAX = 2_000;

  /** A message, and the number of the stream that it came by. */
  record Said(int stream, String workerId, WorkerMessage message) {}

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var made = new Thread(task, "message-proxy");
            made.setDaemon(true);
            return made;
          });
  private final ManagedChannel channel;
  private final Server server;
  private final long seed;
  private final SettlementLog settlements = new SettlementLog();
  private final List<Said> remembered = new ArrayList<>();
  private final Map<Trick, Integer> tricks = new TreeMap<>();
  private final Map<String, Integer> ends = new TreeMap<>();
  private final Map<Integer, Boolean> welcomed = new HashMap<>();
  private int streams;
  private boolean honest;

  /**
   * Listens on a free port.
   *
   * @param node the port of the node, on the loopback address
   */
  MessageProxy(int node, long seed, boolean honest) {
    this.seed = seed;
    this.honest = honest;
    this.channel =
        NettyChannelBuilder.forAddress("127.0.0.1", node)
            .usePlaintext()
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .build();
    try {
      this.server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .maxInboundMessageSize(MESSAGE_BYTES_MAX)
              .addService(this)
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("expected a free port", e);
    }
  }

  String endpoint() {
    return "127.0.0.1:" + server.getPort();
  }

  /** From now on everything goes on as it is. */
  void beHonest() {
    ask(() -> honest = true);
  }

  /** Streams on which a worker has a session. */
  int sessions() {
    return ask(() -> (int) welcomed.values().stream().filter(it -> it).count());
  }

  /** How often each trick was played. */
  Map<Trick, Integer> tricks() {
    return ask(() -> new TreeMap<>(tricks));
  }

  /** Streams that the node ended, by its reason. */
  Map<String, Integer> ends() {
    return ask(() -> new TreeMap<>(ends));
  }

  /** What was settled. For looking at when nothing flows any more. */
  SettlementLog settlements() {
    return ask(() -> settlements);
  }

  private <T> T ask(Supplier<T> question) {
    try {
      return thread.submit(question::get).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  // ---- For its streams, on its thread -----------------------------------------------------------

  ScheduledExecutorService thread() {
    return thread;
  }

  boolean isHonest() {
    return honest;
  }

  SettlementLog log() {
    return settlements;
  }

  void played(Trick trick) {
    tricks.merge(trick, 1, Integer::sum);
  }

  void welcomed(int stream) {
    welcomed.put(stream, true);
  }

  void ended(int stream) {
    welcomed.remove(stream);
  }

  void endedByNode(String reason) {
    ends.merge(reason, 1, Integer::sum);
  }

  void remember(Said said, Random random) {
    if (remembered.size() < REMEMBERED_MAX) {
      remembered.add(said);
    } else {
      remembered.set(random.nextInt(REMEMBERED_MAX), said);
    }
  }

  /** Says it on a stream of its own after this time, and nothing else ever. */
  void haunt(WorkerMessage hello, Duration later) {
    var unused =
        thread.schedule(
            () -> WorkerServiceGrpc.newStub(channel).connect(new Ghost()).onNext(hello),
            later.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private final class Ghost implements StreamObserver<ServerMessage> {
    @Override
    public void onNext(ServerMessage ignored) {}

    @Override
    public void onError(Throwable broken) {
      if (!thread.isShutdown()) {
        thread.execute(() -> endedByNode(ProxiedStream.reason(broken)));
      }
    }

    @Override
    public void onCompleted() {}
  }

  /** Messages of earlier, of any stream. */
  List<Said> remembered() {
    return remembered;
  }

  @Override
  public StreamObserver<WorkerMessage> connect(StreamObserver<ServerMessage> worker) {
    var stream =
        ask(
            () -> {
              streams++;
              return new ProxiedStream(
                  this, streams, worker, new Random(seed * 1_000_003 + streams));
            });
    // Otherwise it would be a fault to say something to a worker that has just hung up.
    ((ServerCallStreamObserver<ServerMessage>) worker).setOnCancelHandler(() -> {});
    stream.open(WorkerServiceGrpc.newStub(channel));
    return stream.fromWorker();
  }

  @Override
  public void close() {
    server.shutdownNow();
    channel.shutdownNow();
    thread.shutdownNow();
  }
}
