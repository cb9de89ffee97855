package io.reeve.edge.calls;

import com.google.protobuf.ByteString;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.TaskId;
import io.reeve.edge.EdgeSettings;
import io.reeve.partition.Clients;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import io.reeve.partition.TaskView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * What clients may ask of tasks. Checks a request, asks the partition that owns the tasks, repeats
 * what is safe to repeat, and fails with an {@link EdgeRefusal}. It holds no state of tasks: when
 * it dies with its node, the client repeats the call elsewhere.
 */
public final class TaskCalls {

  private static final int PAGE_DEFAULT = 100;
  private static final int PAGE_MAX = 1000;

  private final Partitions partitions;
  private final RequestRouting routing;
  private final EdgeSettings.Tasks tasks;
  private final EdgeSettings.Asks asks;
  private final Scheduler scheduler;

  /**
   * @param routing of submissions to {@code partitions}
   */
  public TaskCalls(
      Partitions partitions, RequestRouting routing, EdgeSettings settings, Scheduler scheduler) {
    this.partitions = partitions;
    this.routing = routing;
    this.tasks = settings.tasks();
    this.asks = settings.asks();
    this.scheduler = scheduler;
  }

  // ---- Writes -----------------------------------------------------------------------------------

  /** Submits several tasks, all or none. */
  public CompletionStage<Clients.Submitted> submitAll(
      Caller caller, String requestId, List<ByteString> specs) {
    Expect.between("tasks", specs.size(), 1, tasks.perCallMax());
    return submit(requestId, specs, i -> "tasks[" + i + "]");
  }

  /** Submits one task. */
  public CompletionStage<Clients.Submitted> submit(
      Caller caller, String requestId, ByteString spec) {
    return submit(requestId, List.of(spec), i -> "task");
  }

  /** Cancels a task; answers with what became of it. */
  public CompletionStage<TaskView> cancel(Caller caller, String taskId, String reason) {
    var id = taskId(taskId);
    Expect.text("reason", reason, 1024);
    return write(
            id.partition(),
            to -> new Clients.Cancel(id.sequence(), reason, to),
            asks.writeAttempts())
        .thenApply(reply -> expect(Clients.Found.class, reply).task());
  }

  private CompletionStage<Clients.Submitted> submit(
      String requestId, List<ByteString> specs, IntFunction<String> fields) {
    Expect.text("request_id", requestId, 128);
    var digest = RequestDigest.of(requestId);
    var reader = new TaskSpecs(tasks, digest);
    var read = new ArrayList<Clients.NewTask>(specs.size());
    for (var i = 0; i < specs.size(); i++) {
      read.add(reader.read(fields.apply(i), specs.get(i)));
    }
    var bodyHash = digest.value();
    return submittedBefore(requestId, bodyHash, routing.earlier(requestId).iterator())
        .thenCompose(
            before ->
                before != null
                    ? CompletableFuture.completedFuture(before)
                    : write(
                        routing.home(requestId),
                        to -> new Clients.Submit(requestId, bodyHash, read, to),
                        requestId.isEmpty() ? 1 : asks.writeAttempts()))
        .thenApply(reply -> expect(Clients.Submitted.class, reply));
  }

  /**
   * The answer of a partition that took this submission before there were more of them, or why one
   * cannot tell; null when none took it. All have to answer: a second task is worse than a refusal.
   */
  private CompletionStage<Clients.@Nullable Reply> submittedBefore(
      String requestId, long bodyHash, Iterator<Integer> places) {
    if (!places.hasNext()) {
      return CompletableFuture.completedFuture(null);
    }
    return write(
            places.next(),
            to -> new Clients.FindRequest(requestId, bodyHash, to),
            asks.writeAttempts())
        .thenCompose(
            reply ->
                reply instanceof Clients.NeverSubmitted
                    ? submittedBefore(requestId, bodyHash, places)
                    : CompletableFuture.completedFuture(reply));
  }

  // ---- Reads ------------------------------------------------------------------------------------

  /** The task as it is now. */
  public CompletionStage<TaskView> get(Caller caller, String taskId) {
    var id = taskId(taskId);
    return read(id.partition(), to -> new Clients.Get(id.sequence(), to))
        .thenApply(reply -> expect(Clients.Found.class, reply).task());
  }

  /** The task that a caller wants to watch, of a partition that exists. */
  public TaskId watched(Caller caller, String taskId) {
    return taskId(taskId);
  }

  /**
   * One page of the tasks that {@code query} asks for.
   *
   * @param view puts a task into the words of the edge
   * @param size of a task in those words, by which a page ends
   */
  public <V> CompletionStage<TaskPage<V>> list(
      Caller caller, TaskQuery query, Function<TaskView, V> view, ToLongFunction<V> size) {
    Expect.between("page_size", query.pageSize(), 0, PAGE_MAX);
    Expect.text("queue", query.queue(), 128);
    Expect.text("kind", query.kind(), 128);
    Expect.text("tenant", query.tenant(), 128);
    return new Page<>(query, view, size).from(PageToken.of(query, partitions.count()));
  }

  /** One page in the making. It walks the partitions in order and stops at any of its bounds. */
  private final class Page<V> {

    private final TaskQuery query;
    private final Function<TaskView, V> view;
    private final ToLongFunction<V> size;
    private final int pageSize;
    private final List<V> page = new ArrayList<>();
    private long bytes;

    Page(TaskQuery query, Function<TaskView, V> view, ToLongFunction<V> size) {
      this.query = query;
      this.view = view;
      this.size = size;
      this.pageSize = query.pageSize() == 0 ? PAGE_DEFAULT : query.pageSize();
    }

    CompletionStage<TaskPage<V>> from(PageToken place) {
      return read(
              place.partition(),
              to ->
                  new Clients.ListTasks(
                      place.after(),
                      pageSize - page.size(),
                      asks.listScanMax(),
                      TaskPage.BYTES_MAX - bytes,
                      query.omitBytes(),
                      query.states(),
                      query.queue(),
                      query.kind(),
                      query.tenant(),
                      to))
          .thenCompose(reply -> add(place, expect(Clients.Listed.class, reply)));
    }

    private CompletionStage<TaskPage<V>> add(PageToken place, Clients.Listed listed) {
      var after = place.after();
      for (var task : listed.tasks()) {
        var shown = view.apply(task);
        var more = size.applyAsLong(shown);
        if (!page.isEmpty() && bytes + more > TaskPage.BYTES_MAX) {
          return done(new PageToken(place.partition(), after).text(query));
        }
        bytes += more;
        page.add(shown);
        after = task.id().sequence();
      }
      if (listed.next() >= 0) {
        return done(new PageToken(place.partition(), listed.next()).text(query));
      }
      if (place.partition() + 1 >= partitions.count()) {
        return done("");
      }
      var next = new PageToken(place.partition() + 1, 0);
      return page.size() >= pageSize ? done(next.text(query)) : from(next);
    }

    private CompletionStage<TaskPage<V>> done(String nextPageToken) {
      return CompletableFuture.completedFuture(new TaskPage<>(page, nextPageToken));
    }
  }

  // ---- Asking -----------------------------------------------------------------------------------

  /**
   * Sends a write to its partition and waits for the answer. A write that is safe to repeat is sent
   * again, because a partition that is moving drops messages.
   *
   * @param attempts in all; each waits for its share of the timeout. 1 for a write that is not safe
   *     to repeat
   */
  private CompletionStage<Clients.Reply> write(
      int partition, Function<ActorRef<Clients.Reply>, Partition.Command> command, int attempts) {
    return writeAgain(partition, command, asks.write().dividedBy(attempts), attempts);
  }

  private CompletionStage<Clients.Reply> writeAgain(
      int partition,
      Function<ActorRef<Clients.Reply>, Partition.Command> command,
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
                  : CompletableFuture.failedFuture(outcomeUnknown(partition, asks.write()));
            });
  }

  private CompletionStage<Clients.Reply> read(
      int partition, Function<ActorRef<Clients.Reply>, Partition.Command> command) {
    return read(partition, command, asks.readAttempts());
  }

  private CompletionStage<Clients.Reply> read(
      int partition,
      Function<ActorRef<Clients.Reply>, Partition.Command> command,
      int attemptsLeft) {
    return partitions
        .ask(partition, command, asks.read(), scheduler)
        .exceptionallyCompose(
            failure ->
                attemptsLeft > 1 && timedOut(failure)
                    ? read(partition, command, attemptsLeft - 1)
                    : CompletableFuture.failedFuture(failure));
  }

  private static boolean timedOut(Throwable failure) {
    return EdgeRefusal.unwrap(failure) instanceof TimeoutException;
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

  private static <T extends Clients.Reply> T expect(Class<T> type, Clients.Reply reply) {
    if (reply instanceof Clients.Refused refused) {
      throw EdgeRefusal.of(refused.rejection());
    }
    return type.cast(reply);
  }
}
