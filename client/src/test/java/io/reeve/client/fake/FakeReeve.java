package io.reeve.client.fake;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.reeve.v1.ExplainResponse;
import io.reeve.v1.Failure;
import io.reeve.v1.FailureType;
import io.reeve.v1.GetDemandRequest;
import io.reeve.v1.GetDemandResponse;
import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.ListWorkersResponse;
import io.reeve.v1.Node;
import io.reeve.v1.Queue;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The fake server: started on a free loopback port, told by its test what to answer. */
public final class FakeReeve implements AutoCloseable {

  private static final java.time.Duration REBINDS_WITHIN = java.time.Duration.ofSeconds(10);

  private final FakeTasks tasks;
  private final FakeSchedules schedules = new FakeSchedules();
  private final FakeClusterService cluster = new FakeClusterService();
  private final FakeQueueService queues = new FakeQueueService();
  private final Server server;
  private final int port;
  private final Deque<StatusRuntimeException> refusals = new ArrayDeque<>();
  private int letThrough;
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final List<java.time.Duration> deadlines = new CopyOnWriteArrayList<>();
  private boolean silent;

  private FakeReeve(int port, FakeTasks tasks) {
    this.tasks = tasks;
    server = listening(port);
    this.port = server.getPort();
  }

  /**
   * A port that was in use a moment ago may be taken for another, by a client that connects to it:
   * the system may give it the same port as its own.
   */
  private Server listening(int port) {
    var until = System.nanoTime() + REBINDS_WITHIN.toNanos();
    while (true) {
      try {
        return NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .addService(new FakeTaskService(tasks))
            .addService(new FakeWorkerService(tasks))
            .addService(new FakeScheduleService(schedules))
            .addService(cluster)
            .addService(queues)
            .intercept(new Script())
            .maxInboundMessageSize(64 * 1024 * 1024)
            .build()
            .start();
      } catch (IOException cannotBind) {
        if (port == 0 || System.nanoTime() > until) {
          throw new UncheckedIOException(cannotBind);
        }
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  /** Starts on a free port of the loopback address, with this clock for its timestamps. */
  public static FakeReeve start(Clock clock) {
    return new FakeReeve(0, new FakeTasks(clock));
  }

  /** Starts on this port; 0 takes a free one. */
  public static FakeReeve start(int port, Clock clock) {
    return new FakeReeve(port, new FakeTasks(clock));
  }

  public int port() {
    return port;
  }

  public String endpoint() {
    return "127.0.0.1:" + port();
  }

  public FakeTasks tasks() {
    return tasks;
  }

  /** Says from now on so of the task that the answer names. */
  public FakeReeve explain(ExplainResponse explanation) {
    tasks.explain(explanation);
    return this;
  }

  /** What it knows of schedules. */
  public FakeSchedules schedules() {
    return schedules;
  }

  /** Bare names of the methods that were called so far, refused calls included. */
  public List<String> calls() {
    return calls;
  }

  /** How long each call that had a deadline was to take when it arrived. */
  public List<java.time.Duration> deadlines() {
    return deadlines;
  }

  /** Refuses the next call, before it has an effect. Refusals queue up. */
  public synchronized FakeReeve refuseNext(StatusRuntimeException refusal) {
    refusals.add(refusal);
    return this;
  }

  /** Lets so many calls through before {@link #refuseNext} takes effect. */
  public synchronized FakeReeve letThrough(int count) {
    letThrough = count;
    return this;
  }

  /** From now on calls are taken and never answered. */
  public synchronized void fallSilent() {
    silent = true;
  }

  /** A refusal as the server words it; a delay of 0 ms gives no RetryInfo. */
  public static StatusRuntimeException refusal(
      Status.Code code, String reason, String message, long retryDelayMillis) {
    var status =
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(message)
            .addDetails(
                Any.pack(ErrorInfo.newBuilder().setDomain("reeve.io").setReason(reason).build()));
    if (retryDelayMillis > 0) {
      var delay =
          Duration.newBuilder()
              .setSeconds(retryDelayMillis / 1000)
              .setNanos((int) (retryDelayMillis % 1000) * 1_000_000);
      status.addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  /** Ends the task as completed. */
  public void complete(String taskId, String result) {
    tasks.change(
        taskId,
        task ->
            task.setState(TaskState.TASK_STATE_COMPLETED)
                .setFinishedAt(tasks.now())
                .setResult(ByteString.copyFromUtf8(result)));
  }

  /** Ends the task as dead. */
  public void die(String taskId, String message) {
    tasks.change(
        taskId,
        task ->
            task.setState(TaskState.TASK_STATE_DEAD)
                .setFinishedAt(tasks.now())
                .setFailure(
                    Failure.newBuilder()
                        .setType(FailureType.FAILURE_TYPE_ERROR)
                        .setMessage(message)));
  }

  /** Shows the task as running. */
  public void lease(String taskId, String workerId) {
    tasks.change(taskId, task -> FakeTasks.lease(task, workerId, tasks.now()));
  }

  public Task task(String taskId) {
    return tasks.get(taskId);
  }

  /** From now on these are the nodes. */
  public void nodes(Node... nodes) {
    cluster.nodes(ListNodesResponse.newBuilder().addAllNodes(List.of(nodes)).build());
  }

  /** From now on this is what the work asks for. */
  public void demand(GetDemandResponse demand) {
    cluster.demand(demand);
  }

  /** For which workers it was last asked. */
  public GetDemandRequest demandAsked() {
    return cluster.demandAsked();
  }

  /** From now on this is the answer to who asks for workers. */
  public void workers(ListWorkersResponse workers) {
    cluster.workers(workers);
  }

  /** From now on there is this queue. */
  public void queue(Queue queue) {
    queues.put(queue);
  }

  /** From now on these partitions do not answer those who pause and resume queues. */
  public void owing(Integer... partitions) {
    queues.owing(List.of(partitions));
  }

  /** Breaks every open watch as a stopping server does. */
  public void breakWatches() {
    tasks.breakWatches();
  }

  /** Stops at once, as a killed process does, and starts again at the same port with its tasks. */
  public FakeReeve restart() {
    close();
    return new FakeReeve(port, tasks);
  }

  /** Stops at once, as a killed process does. */
  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Script implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      calls.add(String.valueOf(call.getMethodDescriptor().getBareMethodName()));
      var deadline = Context.current().getDeadline();
      if (deadline != null) {
        deadlines.add(java.time.Duration.ofNanos(deadline.timeRemaining(TimeUnit.NANOSECONDS)));
      }
      synchronized (FakeReeve.this) {
        if (silent) {
          return new ServerCall.Listener<>() {};
        }
        var refusal = letThrough > 0 ? null : refusals.poll();
        letThrough = Math.max(0, letThrough - 1);
        if (refusal != null) {
          var trailers = refusal.getTrailers();
          call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
          return new ServerCall.Listener<>() {};
        }
      }
      return next.startCall(call, headers);
    }
  }
}
