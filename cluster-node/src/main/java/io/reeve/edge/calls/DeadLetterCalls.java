package io.reeve.edge.calls;

import io.reeve.domain.partition.DeadFilter;
import io.reeve.domain.partition.DeadLetters;
import io.reeve.domain.task.ErrorGroup;
import io.reeve.domain.task.RetryEdits;
import io.reeve.domain.task.TaskId;
import io.reeve.edge.EdgeSettings;
import io.reeve.partition.Clients;
import io.reeve.partition.Partitions;
import io.reeve.partition.TaskView;
import io.reeve.v1.DeadLetterFilter;
import io.reeve.v1.RetryPolicy;
import io.reeve.v1.TaskSpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.pekko.actor.typed.Scheduler;

/**
 * What clients may ask of tasks that died. Like {@link TaskCalls}, it holds no state: a walk over
 * dead letters is in the token of its caller, who goes on with it at any node.
 */
public final class DeadLetterCalls {

  private static final int PAGE_DEFAULT = 100;
  private static final int PAGE_MAX = 1000;

  /** Dead letters of one step of a walk that redrives or discards: one journal row. */
  private static final int STEP_MAX = 500;

  private static final int GROUPS_MAX = 1000;
  private static final int FINGERPRINT_DIGITS = 16;

  private final PartitionAsks asks;
  private final Partitions partitions;
  private final EdgeSettings settings;
  private final Clock clock;

  public DeadLetterCalls(
      Partitions partitions, EdgeSettings settings, Scheduler scheduler, Clock clock) {
    this.asks = new PartitionAsks(partitions, settings.asks(), scheduler);
    this.partitions = partitions;
    this.settings = settings;
    this.clock = clock;
  }

  // ---- Reads ------------------------------------------------------------------------------------

  /**
   * Which page of dead letters a caller wants.
   *
   * @param pageSize 0: the default
   * @param pageToken of the page before; empty: the first page
   * @param omitBytes leave payloads out
   */
  public record Query(DeadLetterFilter filter, int pageSize, String pageToken, boolean omitBytes) {}

  /**
   * One page of the dead letters that {@code query} asks for.
   *
   * @param view puts a task into the words of the edge
   * @param size of a task in those words, by which a page ends
   */
  public <V> CompletionStage<TaskPage<V>> list(
      Caller caller, Query query, Function<TaskView, V> view, ToLongFunction<V> size) {
    Expect.between("page_size", query.pageSize(), 0, PAGE_MAX);
    var place = place(query.pageToken(), query.filter());
    var filter = filter(query.filter(), Long.MAX_VALUE);
    return new Page<>(query, filter, view, size).from(place);
  }

  /** One page in the making. It walks the partitions in order and stops at any of its bounds. */
  private final class Page<V> {

    private final Query query;
    private final DeadFilter filter;
    private final Function<TaskView, V> view;
    private final ToLongFunction<V> size;
    private final int pageSize;
    private final List<V> page = new ArrayList<>();
    private long bytes;

    Page(Query query, DeadFilter filter, Function<TaskView, V> view, ToLongFunction<V> size) {
      this.query = query;
      this.filter = filter;
      this.view = view;
      this.size = size;
      this.pageSize = query.pageSize() == 0 ? PAGE_DEFAULT : query.pageSize();
    }

    CompletionStage<TaskPage<V>> from(DeadPageToken place) {
      return asks.read(
              place.partition(),
              to ->
                  new Clients.ListDead(
                      place.after(),
                      pageSize - page.size(),
                      settings.asks().listScanMax(),
                      TaskPage.BYTES_MAX - bytes,
                      query.omitBytes(),
                      filter,
                      to))
          .thenCompose(reply -> add(place, PartitionAsks.expect(Clients.Listed.class, reply)));
    }

    private CompletionStage<TaskPage<V>> add(DeadPageToken place, Clients.Listed listed) {
      var after = place.after();
      for (var task : listed.tasks()) {
        var shown = view.apply(task);
        var more = size.applyAsLong(shown);
        if (!page.isEmpty() && bytes + more > TaskPage.BYTES_MAX) {
          return done(place.at(after).text(query.filter()));
        }
        bytes += more;
        page.add(shown);
        after = task.id().sequence();
      }
      if (listed.next() >= 0) {
        return done(place.at(listed.next()).text(query.filter()));
      }
      if (place.partition() + 1 >= partitions.count()) {
        return done("");
      }
      var next = place.nextPartition();
      return page.size() >= pageSize ? done(next.text(query.filter())) : from(next);
    }

    private CompletionStage<TaskPage<V>> done(String nextPageToken) {
      return CompletableFuture.completedFuture(new TaskPage<>(page, nextPageToken));
    }
  }

  /**
   * Dead letters whose errors are alike.
   *
   * @param sample one of them
   */
  public record Group(
      ErrorGroup error, long count, long firstDiedAtMs, long lastDiedAtMs, TaskId sample) {

    private Group with(Group other) {
      return new Group(
          error,
          count + other.count,
          Math.min(firstDiedAtMs, other.firstDiedAtMs),
          Math.max(lastDiedAtMs, other.lastDiedAtMs),
          sample);
    }
  }

  /**
   * The groups, the largest first.
   *
   * @param others dead letters in groups that did not fit
   */
  public record Groups(List<Group> groups, long others) {}

  /** The groups of errors of the dead letters that match. */
  public CompletionStage<Groups> groups(Caller caller, DeadLetterFilter filter) {
    return new Grouping(filter(filter, Long.MAX_VALUE)).from(0, 0);
  }

  /** Groups in the making; a new group finds no place once there are as many as may be. */
  private final class Grouping {

    private final DeadFilter filter;
    private final Map<ErrorGroup, Group> groups = new HashMap<>();
    private long others;

    Grouping(DeadFilter filter) {
      this.filter = filter;
    }

    CompletionStage<Groups> from(int partition, long after) {
      return asks.read(
              partition,
              to -> new Clients.GroupDead(after, settings.asks().listScanMax(), filter, to))
          .thenCompose(
              reply -> add(partition, PartitionAsks.expect(Clients.DeadGroups.class, reply)));
    }

    private CompletionStage<Groups> add(int partition, Clients.DeadGroups step) {
      for (var group : step.groups()) {
        var one =
            new Group(
                group.error(),
                group.count(),
                group.firstDiedAtMs(),
                group.lastDiedAtMs(),
                new TaskId(partition, group.sample()));
        if (groups.size() < GROUPS_MAX || groups.containsKey(one.error())) {
          groups.merge(one.error(), one, Group::with);
        } else {
          others += one.count();
        }
      }
      if (step.next() >= 0) {
        return from(partition, step.next());
      }
      return partition + 1 < partitions.count()
          ? from(partition + 1, 0)
          : CompletableFuture.completedFuture(new Groups(sorted(), others));
    }

    private List<Group> sorted() {
      return groups.values().stream()
          .sorted(
              Comparator.comparingLong((Group group) -> -group.count())
                  .thenComparing(group -> group.error().kind())
                  .thenComparing(group -> group.error().message()))
          .toList();
    }
  }

  // ---- Writes -----------------------------------------------------------------------------------

  /**
   * A dead letter is redriven.
   *
   * @param task the new task
   * @param already an earlier call had done it
   */
  public record Redriven(TaskId task, boolean already) {}

  /** Repeats a dead letter as a new task. */
  public CompletionStage<Redriven> redrive(Caller caller, String taskId, RetryPolicy retry) {
    var id = TaskCalls.taskId(taskId, partitions);
    var edits = edits(retry);
    return asks.write(
            id.partition(),
            to -> new Clients.Redrive(id.sequence(), edits, caller.name(), to),
            true)
        .thenApply(
            reply -> {
              var done = PartitionAsks.expect(Clients.Disposed.class, reply);
              return new Redriven(new TaskId(done.partition(), done.redrivenAs()), done.already());
            });
  }

  /** Settles a dead letter without another task; whether an earlier call had done it. */
  public CompletionStage<Boolean> discard(Caller caller, String taskId) {
    var id = TaskCalls.taskId(taskId, partitions);
    return asks.write(
            id.partition(), to -> new Clients.Discard(id.sequence(), caller.name(), to), true)
        .thenApply(reply -> PartitionAsks.expect(Clients.Disposed.class, reply).already());
  }

  /**
   * One step of a walk that redrives or discards.
   *
   * @param count dead letters of this step
   * @param nextPageToken empty: there are no more
   */
  public record Step(int count, String nextPageToken) {}

  /** Redrives the next dead letters that match. */
  public CompletionStage<Step> redriveNext(
      Caller caller, DeadLetterFilter filter, RetryPolicy retry, String pageToken, int pageSize) {
    return new Walk(caller, filter, true, edits(retry), pageSize).from(place(pageToken, filter));
  }

  /** Discards the next dead letters that match. */
  public CompletionStage<Step> discardNext(
      Caller caller, DeadLetterFilter filter, String pageToken, int pageSize) {
    return new Walk(caller, filter, false, DeadLetters.Edits.NONE, pageSize)
        .from(place(pageToken, filter));
  }

  /**
   * A step in the making. It passes over partitions that have none, and ends after the first that
   * has some. A repeated step is harmless, because those that are done are no open dead letters.
   */
  private final class Walk {

    private final Caller caller;
    private final DeadLetterFilter filter;
    private final boolean redrive;
    private final DeadLetters.Edits edits;
    private final int max;

    Walk(
        Caller caller,
        DeadLetterFilter filter,
        boolean redrive,
        DeadLetters.Edits edits,
        int pageSize) {
      this.caller = caller;
      this.filter = filter;
      this.redrive = redrive;
      this.edits = edits;
      Expect.between("page_size", pageSize, 0, STEP_MAX);
      this.max = pageSize == 0 ? STEP_MAX : pageSize;
    }

    CompletionStage<Step> from(DeadPageToken place) {
      var meant = filter(filter, place.asOfMs());
      return asks.write(
              place.partition(),
              to ->
                  new Clients.DisposeDead(
                      place.after(),
                      max,
                      settings.asks().listScanMax(),
                      meant,
                      redrive,
                      edits,
                      caller.name(),
                      to),
              true)
          .thenCompose(
              reply -> add(place, PartitionAsks.expect(Clients.DisposedSlice.class, reply)));
    }

    private CompletionStage<Step> add(DeadPageToken place, Clients.DisposedSlice slice) {
      var last = place.partition() + 1 >= partitions.count();
      if (slice.next() < 0 && last) {
        return CompletableFuture.completedFuture(new Step(slice.count(), ""));
      }
      var next = slice.next() >= 0 ? place.at(slice.next()) : place.nextPartition();
      return slice.next() < 0 && slice.count() == 0
          ? from(next)
          : CompletableFuture.completedFuture(new Step(slice.count(), next.text(filter)));
    }
  }

  // ---- Checks -----------------------------------------------------------------------------------

  private DeadPageToken place(String pageToken, DeadLetterFilter filter) {
    return DeadPageToken.of(pageToken, filter, partitions.count(), clock.millis());
  }

  private static DeadFilter filter(DeadLetterFilter filter, long asOfMs) {
    var until =
        filter.hasDiedUntil()
            ? Expect.epochMillis("filter.died_until", filter.getDiedUntil())
            : Long.MAX_VALUE;
    return new DeadFilter(
        Expect.text("filter.queue", filter.getQueue(), 128),
        Expect.text("filter.kind", filter.getKind(), 128),
        Expect.text("filter.tenant", filter.getTenant(), 128),
        fingerprint(filter.getFingerprint()),
        filter.hasDiedFrom() ? Expect.epochMillis("filter.died_from", filter.getDiedFrom()) : 0,
        Math.min(until, asOfMs));
  }

  private static long fingerprint(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    if (text.length() != FINGERPRINT_DIGITS || !text.matches("[0-9a-f]+")) {
      throw EdgeRefusal.invalid(
          "filter.fingerprint",
          "expected " + FINGERPRINT_DIGITS + " hexadecimal digits, got " + Expect.quoted(text));
    }
    var fingerprint = Long.parseUnsignedLong(text, 16);
    // Between nodes 0 means any group, and that is never what this caller meant.
    if (fingerprint == 0) {
      throw EdgeRefusal.invalid(
          "filter.fingerprint", "expected the fingerprint of a group, got " + Expect.quoted(text));
    }
    return fingerprint;
  }

  /** The changes, which are checked as the policy of a new task. */
  private DeadLetters.Edits edits(RetryPolicy retry) {
    if (retry.equals(RetryPolicy.getDefaultInstance())) {
      return DeadLetters.Edits.NONE;
    }
    var checked = new TaskSpecs(settings.tasks(), RequestDigest.of("")).retry(retry);
    return new DeadLetters.Edits(
        new RetryEdits(
            retry.getAttemptsMax(),
            retry.hasBackoffInitial() ? checked.backoffInitial() : null,
            retry.hasBackoffMax() ? checked.backoffMax() : null,
            retry.getBackoffMultiplier(),
            retry.hasBackoffJitter() ? retry.getBackoffJitter() : null,
            checked.neverRetryCodes()),
        // Fields behind those of a specification change them.
        TaskSpec.newBuilder().setRetry(retry).build().toByteArray());
  }
}
