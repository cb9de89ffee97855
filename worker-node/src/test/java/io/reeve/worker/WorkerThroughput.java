package io.reeve.worker;

import com.google.protobuf.ByteString;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.reeve.v1.Assignment;
import io.reeve.v1.Assignments;
import io.reeve.v1.Lane;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.SettlementAck;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a worker process can do and what it costs: this process plays a server that has
 * endless work and settles in memory, another one runs a worker with a handler that does nothing.
 * Not a test; run {@code main} with {@code <slots> <prefetch> <seconds>}. With 0 seconds it
 * measures an idle worker instead: one task at a time, from its sending to the begin of its
 * handler, both on this machine's monotonic clock.
 */
public final class WorkerThroughput {

  private static final int BATCH = 500;
  private static final ByteString PAYLOAD = ByteString.copyFrom(new byte[100]);

  private WorkerThroughput() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("worker")) {
      worker(arguments);
      return;
    }
    var slots = Integer.parseInt(arguments[0]);
    var prefetch = Integer.parseInt(arguments[1]);
    var seconds = Integer.parseInt(arguments[2]);
    var service = new Service(seconds == 0);
    var server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(service)
            .build()
            .start();
    var worker = spawn(server.getPort(), slots, prefetch);
    try {
      if (seconds == 0) {
        idleLatency(service);
      } else {
        throughput(service, worker, seconds);
      }
    } finally {
      worker.destroy();
      worker.waitFor();
      server.shutdownNow();
    }
  }

  private static Process spawn(int port, int slots, int prefetch) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-Xmx1g",
            "-XX:+UseParallelGC",
            "-cp",
            System.getProperty("java.class.path"),
            WorkerThroughput.class.getName(),
            "worker",
            "127.0.0.1:" + port,
            String.valueOf(slots),
            String.valueOf(prefetch))
        .inheritIO()
        .start();
  }

  private static void worker(String[] arguments) {
    var worker =
        Worker.builder()
            .environment(Map.of())
            .endpoints(arguments[1])
            .slots(Integer.parseInt(arguments[2]))
            .prefetch(Integer.parseInt(arguments[3]))
            .urgentPercentage(0)
            .handler("noop", task -> null)
            .handler(
                "clock",
                task -> {
                  return String.valueOf(System.nanoTime());
                })
            .build();
    System.exit(WorkerMain.run(worker, System.out));
  }

  private static void throughput(Service service, Process worker, int seconds) throws Exception {
    long done = service.settled.get();
    var cpu = cpuMillis(worker);
    for (int second = 1; second <= seconds; second++) {
      LockSupport.parkNanos(1_000_000_000L);
      var now = service.settled.get();
      var cpuNow = cpuMillis(worker);
      var tasks = now - done;
      System.out.printf(
          "%2d s: %,9d tasks/s, worker %.2f us a task, %d %% of a core, %.0f tasks a batch%n",
          second,
          tasks,
          tasks == 0 ? 0 : (cpuNow - cpu) * 1000.0 / tasks,
          (cpuNow - cpu) / 10,
          service.batches.get() == 0 ? 0 : now / (double) service.batches.get());
      done = now;
      cpu = cpuNow;
    }
  }

  private static void idleLatency(Service service) {
    var waits = new ArrayList<Long>();
    for (int i = 0; i < 3000; i++) {
      LockSupport.parkNanos(5_000_000L);
      var wait = service.oneTask();
      if (i >= 1000) {
        waits.add(wait);
      }
    }
    var sorted = waits.stream().mapToLong(Long::longValue).sorted().toArray();
    System.out.printf(
        "sent -> handler: p50 %d us, p90 %d us, p99 %d us, max %d us%n",
        sorted[sorted.length / 2] / 1000,
        sorted[sorted.length * 9 / 10] / 1000,
        sorted[sorted.length * 99 / 100] / 1000,
        sorted[sorted.length - 1] / 1000);
  }

  private static long cpuMillis(Process process) throws IOException {
    var stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10;
  }

  private static final class Service extends WorkerServiceGrpc.WorkerServiceImplBase {
    private final boolean onDemand;
    private final AtomicLong settled = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();
    private volatile @Nullable StreamObserver<ServerMessage> toWorker;
    private volatile long answer;
    private long sent;
    private long sequence;

    Service(boolean onDemand) {
      this.onDemand = onDemand;
    }

    long oneTask() {
      while (toWorker == null) {
        LockSupport.parkNanos(1_000_000L);
      }
      answer = 0;
      var start = System.nanoTime();
      send(List.of(assignment("clock")));
      while (answer == 0) {
        LockSupport.parkNanos(100_000L);
      }
      return answer - start;
    }

    private Assignment assignment(String kind) {
      sent++;
      return Assignment.newBuilder()
          .setTaskId("p1-" + sent + "-0123456789abcdef")
          .setFence(1)
          .setAttempt(1)
          .setLeaseExpiresAtMs(1_800_000_000_000L)
          .setExecutionTimeoutMs(300_000)
          .setSubmittedAtMs(1_800_000_000_000L)
          .setSpec(
              TaskSpec.newBuilder()
                  .setKind(kind)
                  .setQueue("default")
                  .setLane(Lane.LANE_NORMAL)
                  .setPayload(PAYLOAD))
          .build();
    }

    private synchronized void send(List<Assignment> assignments) {
      var worker = toWorker;
      if (worker == null) {
        return;
      }
      worker.onNext(
          ServerMessage.newBuilder()
              .setAssignments(
                  Assignments.newBuilder().setSequence(++sequence).addAllAssignments(assignments))
              .build());
    }

    @Override
    public StreamObserver<WorkerMessage> connect(StreamObserver<ServerMessage> responses) {
      return new StreamObserver<>() {
        @Override
        public void onNext(WorkerMessage message) {
          switch (message.getMessageCase()) {
            case HELLO -> {
              responses.onNext(ServerMessage.newBuilder().setWelcome(FakeServer.welcome()).build());
              toWorker = responses;
            }
            case CREDIT -> {
              var credit = message.getCredit();
              while (!onDemand && sent - credit.getReleasedTotal() < credit.getCapacity()) {
                var room = credit.getCapacity() - (sent - credit.getReleasedTotal());
                var batch = new Assignment[(int) Math.min(BATCH, room)];
                Arrays.setAll(batch, index -> assignment("noop"));
                send(Arrays.asList(batch));
              }
            }
            case SETTLEMENTS -> {
              var settlements = message.getSettlements();
              if (onDemand) {
                answer =
                    Long.parseLong(
                        settlements.getSettlements(0).getCompleted().getResult().toStringUtf8());
              }
              // What a worker that ends hands back is no task done.
              for (var settlement : settlements.getSettlementsList()) {
                if (settlement.hasCompleted()) {
                  settled.incrementAndGet();
                }
              }
              batches.incrementAndGet();
              synchronized (Service.this) {
                responses.onNext(
                    ServerMessage.newBuilder()
                        .setSettlementAck(
                            SettlementAck.newBuilder().setBatch(settlements.getBatch()))
                        .build());
              }
            }
            default -> {
              // Heartbeats and acknowledgements of receipt need no answer here.
            }
          }
        }

        @Override
        public void onError(Throwable failure) {
          toWorker = null;
        }

        @Override
        public void onCompleted() {
          responses.onCompleted();
        }
      };
    }
  }
}
