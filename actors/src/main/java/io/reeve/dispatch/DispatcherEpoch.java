package io.reeve.dispatch;

import io.reeve.domain.dispatch.EpochStarted;
import java.time.Clock;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * Takes the next epoch from the journal: stores one event with the last number plus one, tells it,
 * and stops. The journal refuses a second event of the same number, so that two dispatchers never
 * work under one epoch; who was refused starts again and reads the newer one.
 */
final class DispatcherEpoch extends EventSourcedBehavior<DispatcherEpoch.Take, EpochStarted, Long> {

  static final PersistenceId ID = PersistenceId.ofUniqueId("dispatcher");

  /** Sent by itself once it knows the last epoch. */
  enum Take {
    INSTANCE
  }

  private final ActorContext<Take> context;
  private final Clock clock;
  private final String node;
  private final ActorRef<EpochStarted> replyTo;

  /**
   * @param node address of this node, for people
   */
  static Behavior<Take> create(
      DispatcherSettings settings, Clock clock, String node, ActorRef<EpochStarted> replyTo) {
    return Behaviors.setup(
        context ->
            EventSourcedBehavior.start(
                new DispatcherEpoch(settings, clock, node, replyTo, context), context));
  }

  private DispatcherEpoch(
      DispatcherSettings settings,
      Clock clock,
      String node,
      ActorRef<EpochStarted> replyTo,
      ActorContext<Take> context) {
    super(
        ID,
        SupervisorStrategy.restartWithBackoff(
            settings.epochBackoffMin(), settings.epochBackoffMax(), 0.2));
    this.context = context;
    this.clock = clock;
    this.node = node;
    this.replyTo = replyTo;
  }

  @Override
  public Long emptyState() {
    return 0L;
  }

  @Override
  public CommandHandler<Take, EpochStarted, Long> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(
            Take.class,
            (last, take) -> {
              var started = new EpochStarted(last + 1, clock.millis(), node);
              return Effect().persist(started).thenRun(() -> replyTo.tell(started)).thenStop();
            })
        .build();
  }

  @Override
  public EventHandler<Long, EpochStarted> eventHandler() {
    return newEventHandlerBuilder()
        .forAnyState()
        .onEvent(EpochStarted.class, (last, started) -> started.epoch())
        .build();
  }

  @Override
  public SignalHandler<Long> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), last -> context.getSelf().tell(Take.INSTANCE))
        .build();
  }
}
