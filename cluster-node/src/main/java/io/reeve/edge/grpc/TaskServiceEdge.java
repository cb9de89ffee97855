package io.reeve.edge.grpc;

import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.edge.v1.ListTasksView;
import io.reeve.edge.v1.SubmitTaskView;
import io.reeve.edge.v1.SubmitTasksView;
import io.reeve.edge.v1.TaskReplyView;
import io.reeve.edge.v1.TaskServiceView;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import io.reeve.partition.TaskView;
import io.reeve.v1.CancelTaskRequest;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.ListTasksRequest;
import io.reeve.v1.SubmitTaskResponse;
import io.reeve.v1.SubmitTasksResponse;
import io.reeve.v1.WatchTaskRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What clients call. Holds no state of tasks: it checks a request, asks the partition that owns the
 * tasks, and maps the answer. When it dies with its node, the client repeats the call elsewhere.
 */
final class TaskServiceEdge implements TaskServiceView {

  private static final int PAGE_DEFAULT = 100;
  private static final int PAGE_MAX = 1000;

  /** Bytes at which a page ends. One task alone may have more, up to what every client takes. */
  static final long PAGE_BYTES = 1024 * 1024;

  private final Partitions partitions;
  private final EdgeSettings settings;
  private final Scheduler scheduler;
  private final TaskWatches watches;
  private final RequestRouting routing;

  TaskServiceEdge(
      Partitions partitions,
      RequestRouting routing,
      EdgeSettings settings,
      Scheduler scheduler,
      TaskWatches watches) {
    this.partitions = partitions;
    this.routing = routing;
    this.settings = settings;
    this.scheduler = scheduler;
    this.watches = watches;
  }

  // ---- Writes -----------------------------------------------------------------------------------

  @Override
  public CompletionStage<SubmitTaskResponse> submitTask(SubmitTaskView in) {
    return submit(in.getRequestId(), List.of(in.getTask()), i -> "task")
        .thenApply(
            done ->
                SubmitTaskResponse.newBuilder()
                    .setTaskId(new TaskId(done.partition(), done.firstSequence()).toString())
                    .setSubmittedAt(TaskReplies.instant(done.submittedAtMs()))
                    .setAlreadySubmitted(done.already())
                    .build());
  }

  @Override
  public CompletionStage<SubmitTasksResponse> submitTasks(SubmitTasksView in) {
    Expect.between("tasks", in.getTasksCount(), 1, settings.tasks().perCallMax());
    return submit(in.getRequestId(), in.getTasksList(), i -> "tasks[" + i + "]")
        .thenApply(
            done -> {
              var response =
                  SubmitTasksResponse.newBuilder()
                      .setSubmittedAt(TaskReplies.instant(done.submittedAtMs()))
                      .setAlreadySubmitted(done.already());
              var prefix = done.partition() + "-";
              for (var i = 0; i < done.count(); i++) {
                response.addTaskIds(prefix.concat(Long.toString(done.firstSequence() + i)));
              }
              return response.build();
            });
  }

  @Override
  public CompletionStage<TaskReplyView> cancelTask(CancelTaskRequest in) {
    var id = taskId(in.getTaskId());
    var reason = Expect.text("reason", in.getReason(), 1024);
    return write(
            id.partition(),
            to -> new Partition.Cancel(id.sequence(), reason, to),
            settings.asks().writeAttempts())
        .thenApply(reply -> TaskReplies.reply(expect(Partition.Found.class, reply).task()));
  }

  private CompletionStage<Partition.Submitted> submit(
      String requestId,
      List<com.google.protobuf.ByteString> specs,
      Function<Integer, String> fields) {
    Expect.text("request_id", requestId, 128);
    var digest = RequestDigest.of(requestId);
    var reader = new TaskSpecs(settings.tasks(), digest);
    var tasks = new ArrayList<Partition.NewTask>(specs.size());
    for (var i = 0; i < specs.size(); i++) {
      tasks.add(reader.read(fields.apply(i), specs.get(i)));
    }
    var bodyHash = digest.value();
    return submittedBefore(requestId, bodyHash, routing.earlier(requestId).iterator())
        .thenCompose(
            before ->
                before != null
                    ? CompletableFuture.completedFuture(before)
                    : write(
                        routing.home(requestId),
                        to -> new Partition.Submit(requestId, bodyHash, tasks, to),
                        requestId.isEmpty() ? 1 : settings.asks().writeAttempts()))
        .thenApply(reply -> expect(Partition.Submitted.class, reply));
  }

  /**
   * The answer of a partition that took this submission before there were more of them, or why one
   * cannot tell; null when none took it. All have to answer: a second task is worse than a refusal.
   */
  private CompletionStage<Partition.@Nullable Reply> submittedBefore(
      String requestId, long bodyHash, Iterator<Integer> places) {
    if (!places.hasNext()) {
      return CompletableFuture.completedFuture(null);
    }
    return write(
            places.next(),
            to -> new Partition.FindRequest(requestId, bodyHash, to),
            settings.asks().writeAttempts())
        .thenCompose(
            reply ->
                reply instanceof Partition.NeverSubmitted
                    ? submittedBefore(requestId, bodyHash, places)
                    : CompletableFuture.completedFuture(reply));
  }

  // ---- Reads ------------------------------------------------------------------------------------

  @Override
  public CompletionStage<TaskReplyView> getTask(GetTaskRequest in) {
    var id = taskId(in.getTaskId());
    return read(id.partition(), to -> new Partition.Get(id.sequence(), to))
        .thenApply(reply -> TaskReplies.reply(expect(Partition.Found.class, reply).task()));
  }

  /** The task now and after each change, each as an encoded answer. */
  Source<ByteString, NotUsed> watchTask(WatchTaskRequest in) {
    return watches.watch(taskId(in.getTaskId()));
  }

  @Override
  public CompletionStage<ListTasksView> listTasks(ListTasksRequest in) {
    Expect.between("page_size", in.getPageSize(), 0, PAGE_MAX);
    Expect.text("queue", in.getQueue(), 128);
    Expect.text("kind", in.getKind(), 128);
    Expect.text("tenant", in.getTenant(), 128);
    var states = EnumSet.noneOf(TaskState.class);
    in.getStatesList().forEach(state -> states.add(TaskReplies.state("states", state)));
    var pageSize = in.getPageSize() == 0 ? PAGE_DEFAULT : in.getPageSize();
    return new Page(in, states, pageSize).from(PageToken.of(in, partitions.count()));
  }

  /** One page in the making. It walks the partitions in order and stops at any of its bounds. */
  private final class Page {

    private final ListTasksRequest request;
    private final Set<TaskState> states;
    private final int pageSize;
    private final ListTasksView.Builder page = ListTasksView.newBuilder();
    private long bytes;

    Page(ListTasksRequest request, Set<TaskState> states, int pageSize) {
      this.request = request;
      this.states = states;
      this.pageSize = pageSize;
    }

    CompletionStage<ListTasksView> from(PageToken place) {
      return read(
              place.partition(),
              to ->
                  new Partition.ListTasks(
                      place.after(),
                      pageSize - page.getTasksCount(),
                      settings.asks().listScanMax(),
                      states,
                      request.getQueue(),
                      request.getKind(),
                      request.getTenant(),
                      to))
          .thenCompose(reply -> add(place, expect(Partition.Listed.class, reply)));
    }

    private CompletionStage<ListTasksView> add(PageToken place, Partition.Listed listed) {
      var after = place.after();
      for (var task : listed.tasks()) {
        var view = TaskReplies.view(task, bytes(task));
        // With tag and length in front of it.
        var size = view.getSerializedSize() + 6L;
        if (page.getTasksCount() > 0 && bytes + size > PAGE_BYTES) {
          return done(new PageToken(place.partition(), after));
        }
        bytes += size;
        page.addTasks(view);
        after = task.id().sequence();
      }
      if (listed.next() >= 0) {
        return done(new PageToken(place.partition(), listed.next()));
      }
      if (place.partition() + 1 >= partitions.count()) {
        return CompletableFuture.completedFuture(page.build());
      }
      var next = new PageToken(place.partition() + 1, 0);
      return page.getTasksCount() >= pageSize ? done(next) : from(next);
    }

    private CompletionStage<ListTasksView> done(PageToken next) {
      return CompletableFuture.completedFuture(page.setNextPageToken(next.text(request)).build());
    }

    private TaskReplies.Bytes bytes(TaskView task) {
      if (request.getOmitBytes()) {
        return TaskReplies.Bytes.UNWANTED;
      }
      return TaskReplies.fits(task) ? TaskReplies.Bytes.ALL : TaskReplies.Bytes.TOO_MANY;
    }
  }

  // ---- Asking -----------------------------------------------------------------------------------

  /**
   * Makes a write durable. What may be said twice is: a partition that moves to another node loses
   * what reaches it on the way.
   *
   * @param attempts in all; each waits for its share of the time-out. 1 for what may be said once
   */
  private CompletionStage<Partition.Reply> write(
      int partition, Function<ActorRef<Partition.Reply>, Partition.Command> command, int attempts) {
    return writeAgain(partition, command, settings.asks().write().dividedBy(attempts), attempts);
  }

  private CompletionStage<Partition.Reply> writeAgain(
      int partition,
      Function<ActorRef<Partition.Reply>, Partition.Command> command,
      Duration within,
      int attemptsLeft) {
    return partitions
        .ask(partition, command, within, scheduler)
        .exceptionallyCompose(
            failure -> {
              if (!timedOut(failure)) {
                return CompletableFuture.failedFuture(failure);
              }
              return attemptsLeft > 1
                  ? writeAgain(partition, command, within, attemptsLeft - 1)
                  : CompletableFuture.failedFuture(
                      outcomeUnknown(partition, settings.asks().write()));
            });
  }

  private CompletionStage<Partition.Reply> read(
      int partition, Function<ActorRef<Partition.Reply>, Partition.Command> command) {
    return read(partition, command, settings.asks().readAttempts());
  }

  private CompletionStage<Partition.Reply> read(
      int partition,
      Function<ActorRef<Partition.Reply>, Partition.Command> command,
      int attemptsLeft) {
    return partitions
        .ask(partition, command, settings.asks().read(), scheduler)
        .exceptionallyCompose(
            failure ->
                attemptsLeft > 1 && timedOut(failure)
                    ? read(partition, command, attemptsLeft - 1)
                    : CompletableFuture.failedFuture(failure));
  }

  private static boolean timedOut(Throwable failure) {
    return GrpcStatuses.unwrap(failure) instanceof TimeoutException;
  }

  private static EdgeRefusal outcomeUnknown(int partition, Duration timeout) {
    return new EdgeRefusal(
        Reason.OUTCOME_UNKNOWN,
        "expected an answer of partition "
            + partition
            + " within "
            + timeout.toMillis()
            + " ms, got none; the same request id may be sent again");
  }

  /** The id, of a partition that exists. */
  private TaskId taskId(String text) {
    var id =
        TaskId.parse(text)
            .orElseThrow(
                () ->
                    EdgeRefusal.invalid(
                        "task_id", "expected the id of a task, got " + Expect.quoted(text)));
    if (id.partition() >= partitions.count()) {
      throw EdgeRefusal.of(
          new Rejection(Rejection.Code.UNKNOWN_TASK, "expected the id of a known task, got " + id));
    }
    return id;
  }

  private static <T extends Partition.Reply> T expect(Class<T> type, Partition.Reply reply) {
    if (reply instanceof Partition.Refused refused) {
      throw EdgeRefusal.of(refused.rejection());
    }
    return type.cast(reply);
  }
}
