package io.reeve.edge.calls;

import io.reeve.domain.task.Rejection;
import io.reeve.edge.EdgeSettings;
import io.reeve.partition.Clients;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import io.reeve.partition.ScheduleView;
import io.reeve.partition.Schedules;
import io.reeve.v1.ScheduleDefinition;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Scheduler;

/**
 * What clients may ask of schedules. Checks a request, finds the partition that has the schedule,
 * asks it, and fails with an {@link EdgeRefusal}. It holds no state of schedules: when it dies with
 * its node, the client repeats the call elsewhere.
 */
public final class ScheduleCalls {

  private static final int PAGE_DEFAULT = 100;
  private static final int PAGE_MAX = 1000;
  private static final int RUNS_DEFAULT = 5;
  private static final int RUNS_MAX = 1000;

  private final Partitions partitions;
  private final RequestRouting routing;
  private final ScheduleDefinitions definitions;
  private final PartitionAsks asks;
  private final Clock clock;

  /**
   * A planned instant that is still to come, and when its run is due; in milliseconds since the
   * epoch.
   */
  public record Upcoming(long plannedMs, long dueMs) {}

  /**
   * @param routing of names to {@code partitions}
   * @param clock of the next runs
   */
  public ScheduleCalls(
      Partitions partitions,
      RequestRouting routing,
      EdgeSettings settings,
      Scheduler scheduler,
      Clock clock) {
    this.partitions = partitions;
    this.routing = routing;
    this.definitions = new ScheduleDefinitions(settings.tasks());
    this.asks = new PartitionAsks(partitions, settings.asks(), scheduler);
    this.clock = clock;
  }

  // ---- Writes -----------------------------------------------------------------------------------

  /**
   * Makes the schedule of this name, or changes its definition.
   *
   * @param expectedVersion 0: any
   */
  public CompletionStage<Schedules.WasSet> set(
      Caller caller, String name, ScheduleDefinition definition, long expectedVersion) {
    var read = definitions.read(name, definition);
    Expect.between("expected_version", expectedVersion, 0, Long.MAX_VALUE);
    // A repeat undoes what others set in between, unless it says what it expects to find.
    var repeatable = expectedVersion != 0;
    var home = routing.homeOfName(name);
    // First where it may be from before the partitions became more: nothing new is made there.
    return firstThatKnows(
            placesOf(name, false),
            place ->
                asks.write(
                    place,
                    to -> new Schedules.Set(read, expectedVersion, place == home, to),
                    repeatable))
        .thenApply(reply -> PartitionAsks.expect(Schedules.WasSet.class, reply));
  }

  /** Stops the schedule from making tasks by its rule. */
  public CompletionStage<ScheduleView> pause(Caller caller, String name, String reason) {
    Expect.text("reason", reason, 1024);
    return change(name, to -> new Schedules.Pause(name, reason, caller.name(), to));
  }

  /** Ends the pause of the schedule. */
  public CompletionStage<ScheduleView> resume(Caller caller, String name) {
    return change(name, to -> new Schedules.Resume(name, to));
  }

  /** Removes the schedule; answers with what it was. */
  public CompletionStage<ScheduleView> delete(Caller caller, String name) {
    return change(name, to -> new Schedules.Delete(name, to));
  }

  /** Makes one task of the schedule now. */
  public CompletionStage<Schedules.Triggered> trigger(
      Caller caller, String name, String requestId) {
    Expect.text("request_id", requestId, 128);
    return write(name, to -> new Schedules.Trigger(name, requestId, to), !requestId.isEmpty())
        .thenApply(reply -> PartitionAsks.expect(Schedules.Triggered.class, reply));
  }

  /** Makes the tasks of a range of the past, in milliseconds since the epoch. */
  public CompletionStage<ScheduleView> backfill(
      Caller caller, String name, String requestId, long fromMs, long toMs) {
    Expect.text("request_id", requestId, 128);
    if (toMs < fromMs) {
      throw EdgeRefusal.invalid(
          "to", "expected from (" + fromMs + " ms) or later, got " + toMs + " ms");
    }
    Expect.between("to", toMs, 0, clock.millis());
    return write(
            name,
            to -> new Schedules.Backfill(name, requestId, fromMs, toMs, to),
            !requestId.isEmpty())
        .thenApply(ScheduleCalls::schedule);
  }

  /** Ends the backfill in progress. */
  public CompletionStage<ScheduleView> stopBackfill(Caller caller, String name) {
    return change(name, to -> new Schedules.StopBackfill(name, to));
  }

  /**
   * A change that names a schedule and nothing of its state. It is asked once: a repeat after a
   * lost answer would undo what others did in between.
   */
  private CompletionStage<ScheduleView> change(
      String name, Function<ActorRef<Clients.Reply>, Partition.Command> command) {
    return write(name, command, false).thenApply(ScheduleCalls::schedule);
  }

  private CompletionStage<Clients.Reply> write(
      String name,
      Function<ActorRef<Clients.Reply>, Partition.Command> command,
      boolean repeatable) {
    Expect.name("name", name);
    return firstThatKnows(placesOf(name, true), place -> asks.write(place, command, repeatable));
  }

  // ---- Reads ------------------------------------------------------------------------------------

  /** The schedule as it is now. */
  public CompletionStage<ScheduleView> get(Caller caller, String name) {
    Expect.name("name", name);
    return firstThatKnows(
            placesOf(name, true), place -> asks.read(place, to -> new Schedules.Get(name, to)))
        .thenApply(ScheduleCalls::schedule);
  }

  /**
   * The next runs of a schedule.
   *
   * @param afterMs they come after it; now at the earliest
   * @param count of them, at most; 0: the default
   */
  public CompletionStage<List<Upcoming>> next(Caller caller, String name, long afterMs, int count) {
    var most = count(count);
    return get(caller, name)
        .thenApply(
            view -> {
              var schedule = view.schedule();
              var timing = schedule.definition().timing();
              return schedule.nextRuns(most, Math.max(afterMs, clock.millis())).stream()
                  .map(at -> new Upcoming(at, timing.dueAtMs(name, at)))
                  .toList();
            });
  }

  /**
   * The next runs of a definition that need not be stored.
   *
   * @param name that the schedule would have; empty: the jitter is left out
   * @param afterMs they come after it
   * @param count of them, at most; 0: the default
   */
  public List<Upcoming> next(
      Caller caller, String name, ScheduleDefinition definition, long afterMs, int count) {
    if (!name.isEmpty()) {
      Expect.name("name", name);
    }
    var timing = definitions.timing(definition);
    var most = count(count);
    var bound = timing.runsMax() == 0 ? most : (int) Math.min(most, timing.runsMax());
    return timing.upcoming(afterMs, bound).stream()
        .map(at -> new Upcoming(at, name.isEmpty() ? at : timing.dueAtMs(name, at)))
        .toList();
  }

  /** What the clock of this node shows, in milliseconds since the epoch. */
  public long nowMs() {
    return clock.millis();
  }

  private static int count(int asked) {
    return Expect.between("count", asked, 0, RUNS_MAX) == 0 ? RUNS_DEFAULT : asked;
  }

  /**
   * One page of the schedules, without payloads.
   *
   * @param prefix of their names; empty: all
   * @param view puts a schedule into the words of the edge
   * @param size of a schedule in those words, by which a page ends
   */
  public <V> CompletionStage<SchedulePage<V>> list(
      Caller caller,
      String prefix,
      int pageSize,
      String pageToken,
      Function<ScheduleView, V> view,
      ToLongFunction<V> size) {
    Expect.between("page_size", pageSize, 0, PAGE_MAX);
    Expect.text("name_prefix", prefix, 128);
    return new Page<>(prefix, pageSize == 0 ? PAGE_DEFAULT : pageSize, view, size)
        .from(ScheduleToken.of(pageToken, prefix, partitions.count()));
  }

  /** One page in the making. It walks the partitions in order and stops at any of its bounds. */
  private final class Page<V> {

    private final String prefix;
    private final int pageSize;
    private final Function<ScheduleView, V> view;
    private final ToLongFunction<V> size;
    private final List<V> page = new ArrayList<>();
    private long bytes;

    Page(String prefix, int pageSize, Function<ScheduleView, V> view, ToLongFunction<V> size) {
      this.prefix = prefix;
      this.pageSize = pageSize;
      this.view = view;
      this.size = size;
    }

    CompletionStage<SchedulePage<V>> from(ScheduleToken place) {
      return asks.read(
              place.partition(),
              to ->
                  new Schedules.ListSchedules(
                      place.after(),
                      prefix,
                      pageSize - page.size(),
                      TaskPage.BYTES_MAX - bytes,
                      true,
                      to))
          .thenCompose(reply -> add(place, PartitionAsks.expect(Schedules.Listed.class, reply)));
    }

    private CompletionStage<SchedulePage<V>> add(ScheduleToken place, Schedules.Listed listed) {
      var after = place.after();
      for (var schedule : listed.schedules()) {
        var shown = view.apply(schedule);
        var more = size.applyAsLong(shown);
        if (!page.isEmpty() && bytes + more > TaskPage.BYTES_MAX) {
          return done(new ScheduleToken(place.partition(), after).text(prefix));
        }
        bytes += more;
        page.add(shown);
        after = schedule.schedule().name();
      }
      if (!listed.next().isEmpty()) {
        return done(new ScheduleToken(place.partition(), listed.next()).text(prefix));
      }
      if (place.partition() + 1 >= partitions.count()) {
        return done("");
      }
      var next = new ScheduleToken(place.partition() + 1, "");
      return page.size() >= pageSize ? done(next.text(prefix)) : from(next);
    }

    private CompletionStage<SchedulePage<V>> done(String nextPageToken) {
      return CompletableFuture.completedFuture(new SchedulePage<>(page, nextPageToken));
    }
  }

  // ---- Places -----------------------------------------------------------------------------------

  /**
   * The partitions that may have the schedule: its home, and its homes before there were more of
   * them.
   */
  private Iterator<Integer> placesOf(String name, boolean homeFirst) {
    var places = new ArrayList<>(routing.earlierOfName(name));
    places.add(homeFirst ? 0 : places.size(), routing.homeOfName(name));
    return places.iterator();
  }

  /** The answer of the first of the partitions that knows the schedule, or of the last one. */
  private static CompletionStage<Clients.Reply> firstThatKnows(
      Iterator<Integer> places, IntFunction<CompletionStage<Clients.Reply>> ask) {
    return ask.apply(places.next())
        .thenCompose(
            reply ->
                isUnknown(reply) && places.hasNext()
                    ? firstThatKnows(places, ask)
                    : CompletableFuture.completedFuture(reply));
  }

  private static boolean isUnknown(Clients.Reply reply) {
    return reply instanceof Clients.Refused refused
        && refused.rejection().code() == Rejection.Code.UNKNOWN_SCHEDULE;
  }

  private static ScheduleView schedule(Clients.Reply reply) {
    return PartitionAsks.expect(Schedules.Is.class, reply).schedule();
  }
}
