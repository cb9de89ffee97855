package io.reeve.edge.grpc;

import io.reeve.domain.task.TaskId;
import io.reeve.edge.v1.TaskReplyView;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import io.reeve.partition.TaskView;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.stream.OverflowStrategy;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.SourceQueueWithComplete;
import org.jspecify.annotations.Nullable;

/**
 * Streams of one task's changes. Each is fed by an actor of its own, so that its end, for whatever
 * cause, is what takes it off the partition's list.
 *
 * <p>A slow reader loses steps in between: its buffer is bounded and keeps the newest.
 */
final class TaskWatches {

  private final ActorRef<Open> guardian;
  private final EdgeSettings.Watches settings;

  /**
   * @param guardian runs {@link #guardian}
   */
  TaskWatches(ActorRef<Open> guardian, EdgeSettings.Watches settings) {
    this.guardian = guardian;
    this.settings = settings;
  }

  /** The task now and after each change, until it is terminal. */
  Source<TaskReplyView, NotUsed> watch(TaskId id) {
    return Source.<TaskReplyView>queue(settings.buffered(), OverflowStrategy.dropHead())
        .mapMaterializedValue(
            queue -> {
              guardian.tell(new Open(id, queue));
              return NotUsed.getInstance();
            });
  }

  // ---- The actors -------------------------------------------------------------------------------

  /** Starts to feed {@code queue}. */
  record Open(TaskId id, SourceQueueWithComplete<TaskReplyView> queue) {}

  /** Starts watchers, and refuses those beyond the bound. */
  static Behavior<Open> guardian(Partitions partitions, EdgeSettings.Watches settings) {
    return Behaviors.receive(
        (context, open) -> {
          if (context.getChildren().size() >= settings.max()) {
            open.queue()
                .fail(
                    new EdgeRefusal(
                        Reason.TOO_MANY_WATCHES,
                        "expected at most " + settings.max() + " watches at once, got one more"));
          } else {
            context.spawnAnonymous(Watcher.create(open, partitions, settings));
          }
          return Behaviors.same();
        });
  }

  /** Feeds one stream, and registers itself again and again in case the partition forgot it. */
  private static final class Watcher {

    private enum Tick {
      REFRESH
    }

    /** The stream ended, by its reader or by us. */
    private record Ended() {}

    private final Open open;
    private final Partitions partitions;
    private final ActorRef<Partition.Reply> self;
    private @Nullable TaskView last;

    static Behavior<Object> create(
        Open open, Partitions partitions, EdgeSettings.Watches settings) {
      return Behaviors.setup(
          context ->
              Behaviors.withTimers(
                  timers -> new Watcher(open, partitions, context, timers, settings).running()));
    }

    private Watcher(
        Open open,
        Partitions partitions,
        ActorContext<Object> context,
        TimerScheduler<Object> timers,
        EdgeSettings.Watches settings) {
      this.open = open;
      this.partitions = partitions;
      this.self = context.getSelf().narrow();
      context.pipeToSelf(open.queue().watchCompletion(), (done, failure) -> new Ended());
      timers.startTimerWithFixedDelay(Tick.REFRESH, settings.refresh());
      register();
    }

    private Behavior<Object> running() {
      return Behaviors.receive(Object.class)
          .onMessage(Partition.Found.class, this::onFound)
          .onMessage(Partition.Refused.class, this::onRefused)
          .onMessageEquals(Tick.REFRESH, this::onRefresh)
          .onMessage(Ended.class, ended -> Behaviors.stopped())
          .build();
    }

    private Behavior<Object> onFound(Partition.Found found) {
      var task = found.task();
      if (last == null || changed(last, task)) {
        last = task;
        open.queue().offer(TaskReplies.reply(task));
      }
      if (task.state().terminal()) {
        open.queue().complete();
        return Behaviors.stopped();
      }
      return Behaviors.same();
    }

    private Behavior<Object> onRefused(Partition.Refused refused) {
      switch (refused.rejection().code()) {
        case NOT_READY, OVERLOADED -> {
          // The next refresh asks again.
          return Behaviors.same();
        }
        default -> {
          open.queue().fail(EdgeRefusal.of(refused.rejection()));
          return Behaviors.stopped();
        }
      }
    }

    private Behavior<Object> onRefresh() {
      register();
      return Behaviors.same();
    }

    private void register() {
      partitions.tell(open.id().partition(), new Partition.Watch(open.id().sequence(), self));
    }

    /** Whether a reader would see a difference; registering again repeats the last answer. */
    private static boolean changed(TaskView before, TaskView now) {
      return before.state() != now.state()
          || before.fence() != now.fence()
          || before.attempt() != now.attempt()
          || before.dueAtMs() != now.dueAtMs()
          || !java.util.Objects.equals(before.progress(), now.progress());
    }
  }
}
