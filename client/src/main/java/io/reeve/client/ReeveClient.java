package io.reeve.client;

import io.grpc.Status;
import io.reeve.v1.CancelTaskRequest;
import io.reeve.v1.CancelTaskResponse;
import io.reeve.v1.ClusterServiceGrpc;
import io.reeve.v1.ExplainRequest;
import io.reeve.v1.ExplainResponse;
import io.reeve.v1.GetDemandRequest;
import io.reeve.v1.GetDemandResponse;
import io.reeve.v1.GetQueueRequest;
import io.reeve.v1.GetQueueResponse;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.GetTaskResponse;
import io.reeve.v1.ListNodesRequest;
import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.ListQueuesRequest;
import io.reeve.v1.ListQueuesResponse;
import io.reeve.v1.ListTasksResponse;
import io.reeve.v1.ListWorkersRequest;
import io.reeve.v1.ListWorkersResponse;
import io.reeve.v1.Node;
import io.reeve.v1.PauseQueueRequest;
import io.reeve.v1.PauseQueueResponse;
import io.reeve.v1.Queue;
import io.reeve.v1.QueueServiceGrpc;
import io.reeve.v1.ResumeQueueRequest;
import io.reeve.v1.ResumeQueueResponse;
import io.reeve.v1.SetQueueRequest;
import io.reeve.v1.SetQueueResponse;
import io.reeve.v1.SubmitTaskRequest;
import io.reeve.v1.SubmitTasksRequest;
import io.reeve.v1.Task;
import io.reeve.v1.TaskServiceGrpc;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A connection to Reeve for programs that submit tasks. Safe for many threads; one per process is
 * enough.
 *
 * <pre>{@code
 * try (var reeve = ReeveClient.connect("127.0.0.1:7460")) {
 *   var id = reeve.submit(TaskRequest.of("echo").payload("hello").build()).taskId();
 *   var task = reeve.awaitResult(id, Duration.ofMinutes(1));
 *   System.out.println(task.getState() + " " + task.getResult().toStringUtf8());
 * }
 * }</pre>
 *
 * <p>Every submission carries a request id, generated when the caller gives none, so a call whose
 * answer was lost is repeated without a second effect. Methods throw {@link ReeveException}, their
 * {@code Async} variants complete with it; cancelling such a future cancels the call. Futures
 * complete on the client's executor, which must not be blocked for long.
 */
public final class ReeveClient implements AutoCloseable {

  /** The server sorts all names for each page, so few pages cost least. */
  private static final int QUEUES_PAGE = 1_000;

  private final Calls calls;
  private final ScheduledExecutorService timer;
  private final Supplier<String> requestIds;
  private final Duration closeTimeout;
  private final AtomicBoolean closed = new AtomicBoolean();

  ReeveClient(
      Calls calls,
      ScheduledExecutorService timer,
      Supplier<String> requestIds,
      Duration closeTimeout) {
    this.calls = calls;
    this.timer = timer;
    this.requestIds = requestIds;
    this.closeTimeout = closeTimeout;
  }

  public static ReeveClientBuilder builder() {
    return new ReeveClientBuilder();
  }

  /**
   * A client with default settings; {@code endpoints} is {@code host:port}, several with commas.
   */
  public static ReeveClient connect(String endpoints) {
    return builder().endpoints(endpoints).build();
  }

  // ---- Submit -------------------------------------------------------------------------------

  /**
   * Submits one task; returns when it is durable. Where another task holds its unique key, the
   * answer may be that one; see {@link Submission#returnedFirst()} and {@link
   * ReeveException#holder()}.
   */
  public Submission submit(TaskRequest task) {
    return await(submitAsync(task));
  }

  /** As {@link #submit(TaskRequest)}. A repeat with the same request id has no second effect. */
  public Submission submit(String requestId, TaskRequest task) {
    return await(submitAsync(requestId, task));
  }

  public CompletableFuture<Submission> submitAsync(TaskRequest task) {
    return submitAsync(requestIds.get(), task);
  }

  public CompletableFuture<Submission> submitAsync(String requestId, TaskRequest task) {
    var request =
        SubmitTaskRequest.newBuilder().setRequestId(requestId).setTask(task.spec()).build();
    return calls.call(
        TaskServiceGrpc.getSubmitTaskMethod(),
        request,
        requestId,
        answer ->
            new Submission(
                List.of(answer.getTaskId()),
                instant(answer.getSubmittedAt()),
                answer.getAlreadySubmitted(),
                answer.getReturnedFirst(),
                requestId));
  }

  /** Submits many tasks in one call, all or none; see {@link BulkSubmitter} for any number. */
  public Submission submitAll(List<TaskRequest> tasks) {
    return await(submitAllAsync(tasks));
  }

  public Submission submitAll(String requestId, List<TaskRequest> tasks) {
    return await(submitAllAsync(requestId, tasks));
  }

  public CompletableFuture<Submission> submitAllAsync(List<TaskRequest> tasks) {
    return submitAllAsync(requestIds.get(), tasks);
  }

  public CompletableFuture<Submission> submitAllAsync(String requestId, List<TaskRequest> tasks) {
    var request = SubmitTasksRequest.newBuilder().setRequestId(requestId);
    tasks.forEach(task -> request.addTasks(task.spec()));
    return calls.call(
        TaskServiceGrpc.getSubmitTasksMethod(),
        request.build(),
        requestId,
        answer ->
            new Submission(
                answer.getTaskIdsList(),
                instant(answer.getSubmittedAt()),
                answer.getAlreadySubmitted(),
                false,
                requestId));
  }

  /** A submitter of any number of tasks, several calls at a time, with back-pressure. */
  public BulkSubmitter.Builder bulk() {
    return new BulkSubmitter.Builder(this, requestIds.get());
  }

  // ---- Read ---------------------------------------------------------------------------------

  /** The task as it is now; a client reads its own writes. */
  public Task get(String taskId) {
    return await(getAsync(taskId));
  }

  public CompletableFuture<Task> getAsync(String taskId) {
    return calls.call(
        TaskServiceGrpc.getGetTaskMethod(),
        GetTaskRequest.newBuilder().setTaskId(taskId).build(),
        "",
        GetTaskResponse::getTask);
  }

  /**
   * What keeps the task from starting just now, with an estimate of the start where one can be
   * given. For a running task, who runs it; for one that has ended, what ended it.
   */
  public ExplainResponse explain(String taskId) {
    return await(explainAsync(taskId));
  }

  public CompletableFuture<ExplainResponse> explainAsync(String taskId) {
    return calls.call(
        TaskServiceGrpc.getExplainMethod(),
        ExplainRequest.newBuilder().setTaskId(taskId).build(),
        "",
        Function.identity());
  }

  /** The tasks that match, fetched page by page while they are walked; each walk starts anew. */
  public Iterable<Task> list(TaskQuery query) {
    return () ->
        new Pages<>(
            token -> {
              var page = await(listPageAsync(query, token));
              return new Pages.Page<>(page.getTasksList(), page.getNextPageToken());
            });
  }

  /** One page; {@code token} is from the page before, empty for the first. */
  public CompletableFuture<ListTasksResponse> listPageAsync(TaskQuery query, String token) {
    return calls.call(TaskServiceGrpc.getListTasksMethod(), query.page(token), "", page -> page);
  }

  /**
   * The states of the task from now on, to be walked and closed. Fails when the server stays away
   * for as many tries as a call has.
   */
  public TaskWatch watch(String taskId) {
    return new TaskWatch(calls, taskId, null);
  }

  /**
   * As {@link #watch(String)}, for {@code timeout} in all: until then the watch goes on however
   * long the server is away, and then it fails with {@link ReeveException#REASON_AWAIT_TIMED_OUT}.
   */
  public TaskWatch watch(String taskId, Duration timeout) {
    return new TaskWatch(calls, taskId, timeout);
  }

  /**
   * Shows the task to {@code onChange} now and after each change, one call at a time; the future
   * completes with the terminal task. A reader that is slow misses steps in between, never the
   * last.
   */
  public CompletableFuture<Task> watch(String taskId, Consumer<Task> onChange) {
    return new PushedWatch(calls, taskId, WatchLoop.GivesUp.AFTER_TRIES, onChange).begin();
  }

  /**
   * Waits until the task is terminal, in whatever way, and returns it. Goes on while the server is
   * away or restarts. After {@code timeout} it throws with {@link
   * ReeveException#REASON_AWAIT_TIMED_OUT}; the task itself goes on.
   */
  public Task awaitResult(String taskId, Duration timeout) {
    return await(awaitResultAsync(taskId, timeout));
  }

  public CompletableFuture<Task> awaitResultAsync(String taskId, Duration timeout) {
    var result = new PushedWatch(calls, taskId, WatchLoop.GivesUp.WHEN_CLOSED, task -> {}).begin();
    var timer =
        calls.after(
            timeout, () -> result.completeExceptionally(ReeveException.timedOut(taskId, timeout)));
    var unused = result.whenComplete((task, failure) -> timer.cancel(false));
    return result;
  }

  // ---- Cancel -------------------------------------------------------------------------------

  /** Ends the task if it is not terminal; {@code reason} is for people and may be empty. */
  public Task cancel(String taskId, String reason) {
    return await(cancelAsync(taskId, reason));
  }

  public CompletableFuture<Task> cancelAsync(String taskId, String reason) {
    return calls.call(
        TaskServiceGrpc.getCancelTaskMethod(),
        CancelTaskRequest.newBuilder().setTaskId(taskId).setReason(reason).build(),
        "",
        CancelTaskResponse::getTask);
  }

  /** Tasks that died and that a person has to decide about. */
  public DeadLetters deadLetters() {
    return new DeadLetters(calls);
  }

  // ---- Schedules ----------------------------------------------------------------------------

  /** The schedules of the server: what makes tasks at instants to come. */
  public Schedules schedules() {
    return new Schedules(calls, requestIds);
  }

  // ---- The cluster --------------------------------------------------------------------------

  /**
   * The nodes of the cluster as the asked one sees them, the oldest first. A program that was given
   * one endpoint finds the others in {@link io.reeve.v1.NodeReport#getEndpoint()}.
   */
  public List<Node> nodes() {
    return await(nodesAsync());
  }

  public CompletableFuture<List<Node>> nodesAsync() {
    return calls.call(
        ClusterServiceGrpc.getListNodesMethod(),
        ListNodesRequest.getDefaultInstance(),
        "",
        ListNodesResponse::getNodesList);
  }

  /**
   * How many workers the work asks for, for a program that starts and stops them.
   *
   * @param queues that such workers serve, just these; empty: whatever they serve
   * @param kinds that they run, just these; empty: whatever they run
   * @throws ReeveException while no dispatcher works; the workers should stay as they are then
   */
  public GetDemandResponse demand(List<String> queues, List<String> kinds) {
    return await(demandAsync(queues, kinds));
  }

  public CompletableFuture<GetDemandResponse> demandAsync(List<String> queues, List<String> kinds) {
    return calls.call(
        ClusterServiceGrpc.getGetDemandMethod(),
        GetDemandRequest.newBuilder().addAllQueues(queues).addAllKinds(kinds).build(),
        "",
        Function.identity());
  }

  /**
   * The workers that are connected to any node of the cluster, and those that were until a while
   * ago. Also tells how many workers did not fit into the answer, and which nodes did not answer.
   */
  public ListWorkersResponse workers() {
    return await(workersAsync());
  }

  public CompletableFuture<ListWorkersResponse> workersAsync() {
    return calls.call(
        ClusterServiceGrpc.getListWorkersMethod(),
        ListWorkersRequest.getDefaultInstance(),
        "",
        Function.identity());
  }

  // ---- Queues -------------------------------------------------------------------------------

  /** The queue as it is; every name is a queue. */
  public Queue queue(String name) {
    return await(queueAsync(name));
  }

  public CompletableFuture<Queue> queueAsync(String name) {
    return calls.call(
        QueueServiceGrpc.getGetQueueMethod(),
        GetQueueRequest.newBuilder().setName(name).build(),
        "",
        GetQueueResponse::getQueue);
  }

  /**
   * A page of the queues that have settings or ready tasks, by name.
   *
   * @param token from the page before, empty for the first
   */
  public ListQueuesResponse queues(String token) {
    return await(queuesAsync(token));
  }

  public CompletableFuture<ListQueuesResponse> queuesAsync(String token) {
    return calls.call(
        QueueServiceGrpc.getListQueuesMethod(),
        ListQueuesRequest.newBuilder().setPageSize(QUEUES_PAGE).setPageToken(token).build(),
        "",
        Function.identity());
  }

  /** Sets all settings of a queue but its pause. The same again changes nothing. */
  public Queue setQueue(SetQueueRequest request) {
    return await(setQueueAsync(request));
  }

  public CompletableFuture<Queue> setQueueAsync(SetQueueRequest request) {
    return calls.call(
        QueueServiceGrpc.getSetQueueMethod(), request, "", SetQueueResponse::getQueue);
  }

  /**
   * Lets no task of the queue start until it is resumed, or until an instant. Returns when every
   * partition keeps the pause, or names those that did not answer in time.
   */
  public PauseQueueResponse pauseQueue(PauseQueueRequest request) {
    return await(pauseQueueAsync(request));
  }

  public CompletableFuture<PauseQueueResponse> pauseQueueAsync(PauseQueueRequest request) {
    return calls.call(QueueServiceGrpc.getPauseQueueMethod(), request, "", Function.identity());
  }

  /** Ends the pause of a queue; does nothing if it is not paused. */
  public ResumeQueueResponse resumeQueue(ResumeQueueRequest request) {
    return await(resumeQueueAsync(request));
  }

  public CompletableFuture<ResumeQueueResponse> resumeQueueAsync(ResumeQueueRequest request) {
    return calls.call(QueueServiceGrpc.getResumeQueueMethod(), request, "", Function.identity());
  }

  // ---- Close --------------------------------------------------------------------------------

  /**
   * Ends the connections; calls in progress get a short time to finish. The second time: nothing.
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      timer.shutdownNow();
      try {
        calls.endpoints().close(closeTimeout.toMillis());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get();
    } catch (InterruptedException interrupted) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw ReeveException.local(
          Status.Code.CANCELLED,
          ReeveException.REASON_INTERRUPTED,
          "the thread was interrupted while it waited for an answer");
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof ReeveException failure) {
        throw failure;
      }
      throw new IllegalStateException(failed.getCause());
    }
  }

  private static Instant instant(com.google.protobuf.Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }
}
