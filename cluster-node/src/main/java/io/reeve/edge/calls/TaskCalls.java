package io.reeve.edge.calls;

import com.google.protobuf.ByteString;
import io.reeve.domain.task.OnCollision;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.UniqueClaim;
import io.reeve.edge.EdgeSettings;
import io.reeve.partition.Clients;
import io.reeve.partition.Partitions;
import io.reeve.partition.TaskView;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.ToLongFunction;
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
  private final PartitionAsks asks;
  private final int scanMax;

  /**
   * @param routing of submissions to {@code partitions}
   */
  public TaskCalls(
      Partitions partitions, RequestRouting routing, EdgeSettings settings, Scheduler scheduler) {
    this.partitions = partitions;
    this.routing = routing;
    this.tasks = settings.tasks();
    this.asks = new PartitionAsks(partitions, settings.asks(), scheduler);
    this.scanMax = settings.asks().listScanMax();
  }

  // ---- Writes -----------------------------------------------------------------------------------

  /** Submits several tasks, all or none. */
  public CompletionStage<Clients.Submitted> submitAll(
      Caller caller, String requestId, List<ByteString> specs) {
    Expect.between("tasks", specs.size(), 1, tasks.perCallMax());
    Expect.text("request_id", requestId, 128);
    var digest = RequestDigest.of(requestId);
    var reader = new TaskSpecs(tasks, digest);
    var read = new ArrayList<Clients.NewTask>(specs.size());
    for (var i = 0; i < specs.size(); i++) {
      try {
        read.add(reader.read(specs.get(i)));
        if (reader.claim() != null) {
          throw TaskSpecs.unwanted(
              "unique", "each key belongs to a partition of its own; submit each such task alone");
        }
      } catch (EdgeRefusal refusal) {
        throw refusal.within("tasks[" + i + "]");
      }
    }
    return submit(requestId, digest.value(), read);
  }

  /**
   * Submits one task. Where another one holds its unique key and is to be returned, the answer is
   * of no tasks and names that one.
   */
  public CompletionStage<Clients.Submitted> submit(
      Caller caller, String requestId, ByteString spec) {
    Expect.text("request_id", requestId, 128);
    var digest = RequestDigest.of(requestId);
    var reader = new TaskSpecs(tasks, digest);
    List<Clients.NewTask> task;
    try {
      task = List.of(reader.read(spec));
    } catch (EdgeRefusal refusal) {
      throw refusal.within("task");
    }
    var claim = reader.claim();
    return claim == null
        ? submit(requestId, digest.value(), task)
        : submitUnique(requestId, digest.value(), task, claim);
  }

  /** Cancels a task; answers with what became of it. */
  public CompletionStage<TaskView> cancel(Caller caller, String taskId, String reason) {
    var id = taskId(taskId);
    Expect.text("reason", reason, 1024);
    return asks.write(id.partition(), to -> new Clients.Cancel(id.sequence(), reason, to), true)
        .thenApply(reply -> PartitionAsks.expect(Clients.Found.class, reply).task());
  }

  private CompletionStage<Clients.Submitted> submit(
      String requestId, long bodyHash, List<Clients.NewTask> read) {
    return submittedBefore(requestId, bodyHash, routing.earlier(requestId).iterator())
        .thenCompose(
            before ->
                before != null
                    ? CompletableFuture.completedFuture(before)
                    : asks.write(
                        routing.home(requestId),
                        to -> new Clients.Submit(requestId, bodyHash, read, to),
                        !requestId.isEmpty()))
        .thenApply(reply -> PartitionAsks.expect(Clients.Submitted.class, reply));
  }

  /**
   * The request id is remembered where the key has its home, so a repeat meets the memory of the
   * first call.
   */
  private CompletionStage<Clients.Submitted> submitUnique(
      String requestId, long bodyHash, List<Clients.NewTask> task, UniqueClaim claim) {
    var name = claim.key().name();
    var scattered = requestId.isEmpty() ? List.<Integer>of() : routing.scatteredOfName(name);
    UniqueAsk ask =
        (place, mayAdd) ->
            asks.write(
                place,
                to ->
                    new Clients.SubmitUnique(
                        new Clients.Submit(requestId, bodyHash, task, to), claim, mayAdd),
                !requestId.isEmpty());
    return submittedBefore(requestId, bodyHash, scattered.iterator())
        .thenCompose(
            before ->
                before != null
                    ? CompletableFuture.completedFuture(before)
                    : firstThatHolds(
                        routing.earlierOfName(name).iterator(), routing.homeOfName(name), ask))
        .thenApply(
            reply -> {
              var done = PartitionAsks.expect(Clients.Submitted.class, reply);
              if (done.metAnother() && claim.onCollision() != OnCollision.RETURN_FIRST) {
                throw EdgeRefusal.held(done.firstId());
              }
              return done;
            });
  }

  /** Asks a partition for a task with a unique key; told whether it may add one. */
  private interface UniqueAsk {
    CompletionStage<Clients.Reply> ask(int partition, boolean mayAdd);
  }

  /**
   * The answer of the first of the earlier homes where a task holds the key, or that of its home.
   * No key is given away at an earlier home any more, so once none holds it there, none ever will.
   */
  private static CompletionStage<Clients.Reply> firstThatHolds(
      Iterator<Integer> earlier, int home, UniqueAsk ask) {
    if (!earlier.hasNext()) {
      return ask.ask(home, true);
    }
    return ask.ask(earlier.next(), false)
        .thenCompose(
            reply ->
                reply instanceof Clients.NeverSubmitted
                    ? firstThatHolds(earlier, home, ask)
                    : CompletableFuture.completedFuture(reply));
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
    return asks.write(places.next(), to -> new Clients.FindRequest(requestId, bodyHash, to), true)
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
    return asks.read(id.partition(), to -> new Clients.Get(id.sequence(), to))
        .thenApply(reply -> PartitionAsks.expect(Clients.Found.class, reply).task());
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
      return asks.read(
              place.partition(),
              to ->
                  new Clients.ListTasks(
                      place.after(),
                      pageSize - page.size(),
                      scanMax,
                      TaskPage.BYTES_MAX - bytes,
                      query.omitBytes(),
                      query.states(),
                      query.queue(),
                      query.kind(),
                      query.tenant(),
                      to))
          .thenCompose(reply -> add(place, PartitionAsks.expect(Clients.Listed.class, reply)));
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

  private TaskId taskId(String text) {
    return taskId(text, partitions);
  }

  /** The id, of a partition that exists. */
  static TaskId taskId(String text, Partitions partitions) {
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
}
