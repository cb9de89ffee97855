package io.reeve.edge.grpc.task;

import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.edge.EdgeSettings;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Reason;
import io.reeve.partition.Clients;
import io.reeve.partition.Partitions;
import io.reeve.partition.TaskView;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Streams of tasks' changes. All watches of one task share one actor, so its partition tells each
 * change once and each change is encoded once. The end of that actor, for whatever cause, takes it
 * off the partition's list.
 *
 * <p>A slow reader loses steps in between: only the newest waits for it.
 */
public final class TaskWatches {

  private final ActorRef<Command> guardian;

  /**
   * @param guardian runs {@link #guardian}
   */
  public TaskWatches(ActorRef<Command> guardian) {
    this.guardian = guardian;
  }

  /** The task now and after each change, until it is terminal; each an encoded answer. */
  Source<ByteString, NotUsed> watch(TaskId id) {
    return Source.fromGraph(
        new WatchStream(
            reader -> guardian.tell(new Open(id, reader)),
            reader -> guardian.tell(new Closed(id, reader))));
  }

  /** Ends every watch, since the node leaves. */
  public void leave() {
    guardian.tell(new Leave());
  }

  // ---- The guardian -----------------------------------------------------------------------------

  public sealed interface Command {}

  /** A stream of changes began. */
  record Open(TaskId id, WatchStream.Reader reader) implements Command {}

  /** A stream ended, by its reader or by us. */
  record Closed(TaskId id, WatchStream.Reader reader) implements Command {}

  /** The node leaves. */
  record Leave() implements Command {}

  /** Starts a {@link Feed} for each watched task, and refuses watches beyond the bound. */
  public static Behavior<Command> guardian(Partitions partitions, EdgeSettings.Watches settings) {
    return Behaviors.setup(context -> new Guardian(context, partitions, settings).running());
  }

  private static final class Guardian {

    private final ActorContext<Command> context;
    private final Partitions partitions;
    private final EdgeSettings.Watches settings;
    private final Map<WatchStream.Reader, TaskId> readers = new HashMap<>();
    private final Map<TaskId, Fed> feeds = new HashMap<>();
    private boolean leaving;

    private static final class Fed {
      private final ActorRef<Object> feed;
      private int readers;

      Fed(ActorRef<Object> feed) {
        this.feed = feed;
      }
    }

    Guardian(ActorContext<Command> context, Partitions partitions, EdgeSettings.Watches settings) {
      this.context = context;
      this.partitions = partitions;
      this.settings = settings;
    }

    Behavior<Command> running() {
      return Behaviors.receive(Command.class)
          .onMessage(Open.class, this::onOpen)
          .onMessage(Closed.class, this::onClosed)
          .onMessage(Leave.class, this::onLeave)
          .build();
    }

    private Behavior<Command> onOpen(Open open) {
      if (leaving) {
        open.reader().end(leavingRefusal());
      } else if (readers.size() >= settings.max()) {
        open.reader()
            .end(
                new EdgeRefusal(
                    Reason.TOO_MANY_WATCHES,
                    "expected at most " + settings.max() + " watches at once, got one more"));
      } else {
        readers.put(open.reader(), open.id());
        var fed =
            feeds.computeIfAbsent(
                open.id(),
                id -> new Fed(context.spawnAnonymous(Feed.create(id, partitions, settings))));
        fed.readers++;
        fed.feed.tell(open);
      }
      return Behaviors.same();
    }

    private Behavior<Command> onClosed(Closed closed) {
      if (readers.remove(closed.reader()) == null) {
        return Behaviors.same(); // refused above
      }
      var fed = Objects.requireNonNull(feeds.get(closed.id()));
      fed.feed.tell(closed);
      fed.readers--;
      if (fed.readers == 0) {
        feeds.remove(closed.id());
        context.stop(fed.feed);
      }
      return Behaviors.same();
    }

    private Behavior<Command> onLeave(Leave leave) {
      leaving = true;
      readers.keySet().forEach(reader -> reader.end(leavingRefusal()));
      return Behaviors.same();
    }

    private static EdgeRefusal leavingRefusal() {
      return new EdgeRefusal(Reason.NODE_LEAVING, "expected a running node, got one that leaves");
    }
  }

  // ---- The feed of one task ---------------------------------------------------------------------

  /** Feeds the watches of one task, and registers again and again in case the partition forgot. */
  private static final class Feed {

    private enum Tick {
      REFRESH
    }

    /** What decides whether a reader would see a difference. */
    private record Seen(
        TaskState state,
        long fence,
        int attempt,
        long dueAtMs,
        TaskView.@Nullable Progress progress) {

      static Seen of(TaskView task) {
        return new Seen(
            task.state(), task.fence(), task.attempt(), task.dueAtMs(), task.progress());
      }
    }

    private final TaskId id;
    private final Partitions partitions;
    private final ActorRef<Clients.Reply> self;

    /** The readers, each with whether it has seen the task at all. */
    private final Map<WatchStream.Reader, Boolean> readers = new LinkedHashMap<>();

    private @Nullable Seen last;

    static Behavior<Object> create(
        TaskId id, Partitions partitions, EdgeSettings.Watches settings) {
      return Behaviors.setup(
          context ->
              Behaviors.withTimers(
                  timers -> new Feed(id, partitions, context, timers, settings).running()));
    }

    private Feed(
        TaskId id,
        Partitions partitions,
        ActorContext<Object> context,
        TimerScheduler<Object> timers,
        EdgeSettings.Watches settings) {
      this.id = id;
      this.partitions = partitions;
      this.self = context.getSelf().narrow();
      timers.startTimerWithFixedDelay(Tick.REFRESH, settings.refresh());
    }

    private Behavior<Object> running() {
      return Behaviors.receive(Object.class)
          .onMessage(Open.class, this::onOpen)
          .onMessage(Closed.class, this::onClosed)
          .onMessage(Clients.Found.class, this::onFound)
          .onMessage(Clients.Refused.class, this::onRefused)
          .onMessageEquals(Tick.REFRESH, this::onRefresh)
          .build();
    }

    private Behavior<Object> onOpen(Open open) {
      readers.put(open.reader(), false);
      register(); // its answer shows the task to this reader
      return Behaviors.same();
    }

    private Behavior<Object> onClosed(Closed closed) {
      readers.remove(closed.reader());
      return Behaviors.same();
    }

    private Behavior<Object> onFound(Clients.Found found) {
      var now = Seen.of(found.task());
      var changed = !now.equals(last); // registering again repeats the last answer
      last = now;
      var change = new TaskChange(found.task());
      readers.replaceAll(
          (reader, seen) -> {
            if (changed || !seen) {
              reader.show(change);
            }
            return true;
          });
      return Behaviors.same();
    }

    private Behavior<Object> onRefused(Clients.Refused refused) {
      switch (refused.rejection().code()) {
        case NOT_READY, OVERLOADED -> {
          // The next refresh asks again.
        }
        default -> readers.keySet().forEach(r -> r.end(EdgeRefusal.of(refused.rejection())));
      }
      return Behaviors.same();
    }

    private Behavior<Object> onRefresh() {
      register();
      return Behaviors.same();
    }

    private void register() {
      partitions.tell(id.partition(), new Clients.Watch(id.sequence(), self));
    }
  }
}
