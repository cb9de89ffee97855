package io.reeve.dispatch;

import io.reeve.domain.rules.DispatcherEvent;
import io.reeve.domain.rules.QueueChange;
import io.reeve.domain.rules.QueueDecision;
import io.reeve.domain.rules.QueueRules;
import io.reeve.domain.rules.QueueSet;
import io.reeve.domain.rules.Recorded;
import io.reeve.journal.JournalRetention;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.SnapshotCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * The journal of the dispatchers: their epochs, and the rules of queues. Lives as long as its
 * dispatcher, and begins by taking the next epoch.
 *
 * <p>The journal refuses a second row of one number. So two dispatchers never work under one epoch,
 * and one that another has superseded changes no rule: its row finds its place taken. Who was
 * refused starts again and reads what is stored. If its epoch is still the last one, it goes on;
 * else it takes a higher one, after a while in which the cluster may end one of both.
 *
 * <p>Each snapshot lets the rows go that are older than the one before it.
 */
final class DispatcherRecord
    extends EventSourcedBehavior<DispatcherRecord.Command, DispatcherEvent, Recorded> {

  static final PersistenceId ID = PersistenceId.ofUniqueId("dispatcher");

  private static final int EVENTS_PER_SNAPSHOT = 200;
  private static final int SNAPSHOTS_KEPT = 2;

  // ---- Protocol

  sealed interface Command {}

  /**
   * Take the next epoch.
   *
   * @param above an epoch that partitions are known to heed
   */
  record TakeEpoch(long above) implements Command {}

  /**
   * Change a rule.
   *
   * @param call names the wish in the answer
   * @param untilNanos nothing changes after this instant of the monotonic clock: the caller has
   *     given up
   */
  record Change(long call, QueueChange change, long untilNanos) implements Command {}

  sealed interface Told {}

  /** The epoch is the dispatcher's, and these rules hold. */
  record Opened(long epoch, QueueRules rules) implements Told {}

  /** A row failed; the epoch is still the dispatcher's, and these rules hold. */
  record Reopened(QueueRules rules) implements Told {}

  /** The change is stored, and these rules hold. */
  record Changed(long call, QueueSet event, QueueRules rules) implements Told {}

  /** What is wanted is so already. */
  record Unchanged(long call) implements Told {}

  record Refused(long call, QueueDecision.Refused refusal) implements Told {}

  // ---- Construction

  private final DispatcherSettings settings;
  private final ActorContext<Command> context;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final String node;
  private final JournalRetention retention;
  private final ActorRef<Told> dispatcher;

  /** Of the dispatcher; 0: it has none yet. */
  private long epoch;

  /**
   * Whether the last epoch is the dispatcher's own. A change before that might follow one that
   * another dispatcher works without.
   */
  private boolean opened;

  /** The row of the last snapshot; 0: there is none. */
  private long snapshotRow;

  /**
   * @param clock stamps what is stored
   * @param nanoTime monotonic
   * @param node address of this node, for people
   * @param retention lets rows go that no recovery needs
   */
  static Behavior<Command> create(
      DispatcherSettings settings,
      Clock clock,
      LongSupplier nanoTime,
      String node,
      JournalRetention retention,
      ActorRef<Told> dispatcher) {
    return Behaviors.setup(
        context ->
            EventSourcedBehavior.start(
                new DispatcherRecord(
                    settings, clock, nanoTime, node, retention, dispatcher, context),
                context));
  }

  private DispatcherRecord(
      DispatcherSettings settings,
      Clock clock,
      LongSupplier nanoTime,
      String node,
      JournalRetention retention,
      ActorRef<Told> dispatcher,
      ActorContext<Command> context) {
    super(
        ID,
        SupervisorStrategy.restartWithBackoff(
            settings.epochBackoffMin(), settings.epochBackoffMax(), 0.2));
    this.settings = settings;
    this.context = context;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.node = node;
    this.retention = retention;
    this.dispatcher = dispatcher;
  }

  // ---- Commands

  @Override
  public CommandHandler<Command, DispatcherEvent, Recorded> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(TakeEpoch.class, this::onTakeEpoch)
        .onCommand(Change.class, this::onChange)
        .build();
  }

  private Effect<DispatcherEvent, Recorded> onTakeEpoch(Recorded recorded, TakeEpoch c) {
    if (opened && epoch > c.above()) {
      return Effect().none();
    }
    return Effect()
        .persist(recorded.next(c.above(), clock.millis(), node))
        .thenRun(
            stored -> {
              epoch = stored.epoch();
              opened = true;
              dispatcher.tell(new Opened(epoch, stored.rules()));
            });
  }

  private Effect<DispatcherEvent, Recorded> onChange(Recorded recorded, Change c) {
    var decision =
        opened && nanoTime.getAsLong() - c.untilNanos() < 0
            ? recorded.rules().decide(c.change(), settings.queues().bounds(), clock.millis())
            : QueueRulesDesk.NOT_STORED;
    if (decision instanceof QueueDecision.Change change) {
      return Effect()
          .persist(change.event())
          .thenRun(
              stored -> dispatcher.tell(new Changed(c.call(), change.event(), stored.rules())));
    }
    dispatcher.tell(
        decision instanceof QueueDecision.Refused refused
            ? new Refused(c.call(), refused)
            : new Unchanged(c.call()));
    return Effect().none();
  }

  // ---- State

  @Override
  public Recorded emptyState() {
    return Recorded.NOTHING;
  }

  @Override
  public EventHandler<Recorded, DispatcherEvent> eventHandler() {
    return Recorded::after;
  }

  @Override
  public SignalHandler<Recorded> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .onSignal(
            SnapshotCompleted.class,
            (recorded, signal) -> onSnapshot(signal.getSnapshotMetadata().sequenceNr()))
        .build();
  }

  private void onRecovered(Recorded recorded) {
    snapshotRow = lastSequenceNumber(context) - recorded.events();
    opened = epoch > 0 && recorded.epoch() == epoch;
    if (opened) {
      dispatcher.tell(new Reopened(recorded.rules()));
    } else if (epoch == 0) {
      context.getSelf().tell(new TakeEpoch(0));
    } else {
      context.scheduleOnce(settings.epochBackoffMax(), context.getSelf(), new TakeEpoch(epoch));
    }
  }

  private void onSnapshot(long row) {
    if (snapshotRow > 0) {
      var trimmed = retention.trim(persistenceId().id(), snapshotRow);
      context.getLog().debug("dispatcher lets rows up to {} go: {}", snapshotRow, trimmed);
    }
    snapshotRow = row;
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return RetentionCriteria.snapshotEvery(EVENTS_PER_SNAPSHOT, SNAPSHOTS_KEPT);
  }
}
