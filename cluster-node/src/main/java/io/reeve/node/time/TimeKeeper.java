package io.reeve.node.time;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Makes a node's clock look at its reference from time to time, and tells operators when the two
 * are far apart, and when they are no more.
 */
public final class TimeKeeper extends AbstractBehavior<TimeKeeper.Command> {

  public sealed interface Command {}

  private enum LookNow implements Command {
    INSTANCE
  }

  private record Looked(@Nullable Long behindMs, @Nullable Throwable failure) implements Command {}

  private final SteadyClock clock;
  private final ClockSettings settings;
  private final TimerScheduler<Command> timers;
  private final Executor blocking;
  private boolean apart;

  /**
   * @param clock looked at by this actor alone
   */
  public static Behavior<Command> create(SteadyClock clock, ClockSettings settings) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new TimeKeeper(context, timers, clock, settings)));
  }

  private TimeKeeper(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      SteadyClock clock,
      ClockSettings settings) {
    super(context);
    this.clock = clock;
    this.settings = settings;
    this.timers = timers;
    this.blocking = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
    waitForNext();
  }

  /** By a timer for each look: two at once would see time go back. */
  private void waitForNext() {
    timers.startSingleTimer(LookNow.INSTANCE, settings.lookInterval());
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(LookNow.class, this::onLookNow)
        .onMessage(Looked.class, this::onLooked)
        .build();
  }

  private Behavior<Command> onLookNow(LookNow look) {
    getContext().pipeToSelf(CompletableFuture.supplyAsync(clock::look, blocking), Looked::new);
    return this;
  }

  private Behavior<Command> onLooked(Looked looked) {
    if (looked.behindMs() == null) {
      getContext().getLog().warn("the reference clock does not answer", looked.failure());
    } else {
      tell(Duration.ofMillis(looked.behindMs()));
    }
    waitForNext();
    return this;
  }

  private void tell(Duration behind) {
    var far = behind.abs().compareTo(settings.warnAbove()) > 0;
    if (far && !apart) {
      getContext()
          .getLog()
          .warn(
              "the clock was set, or runs wrong: it shows {} than this node does, which comes"
                  + " nearer by {} % only, so that nothing starts early or expires; restart the"
                  + " node to take it over at once",
              behind.isNegative() ? behind.abs() + " less" : behind + " more",
              settings.slewMax() * 100);
    } else if (!far && apart) {
      getContext().getLog().info("the time of this node agrees with its reference clock again");
    }
    apart = far;
  }
}
