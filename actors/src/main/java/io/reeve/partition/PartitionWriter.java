package io.reeve.partition;

import io.reeve.domain.partition.LiveBudget;
import io.reeve.domain.partition.Now;
import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.journal.JournalRoom;
import io.reeve.journal.PartitionRow;
import io.reeve.journal.RowPlace;
import io.reeve.partition.Partition.Command;
import io.reeve.partition.Partition.WriterDone;
import io.reeve.partition.Partition.WriterFailed;
import io.reeve.partition.Partition.WriterReady;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.JournalPersistFailed;
import org.apache.pekko.persistence.typed.JournalPersistRejected;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.RecoveryFailed;
import org.apache.pekko.persistence.typed.SnapshotAdapter;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.jspecify.annotations.Nullable;

/**
 * Carries out one batch at a time and writes what happened as one journal row. Nothing of a batch
 * leaves before its row is durable, but for the figures that the dispatcher gets.
 *
 * <p>Before the first batch it stores a row of its own, which fences every writer before it.
 *
 * <p>The state runs ahead of the disk while a row is written. When the write fails this actor
 * starts again with a backoff and an empty state, which recovery fills from what is really there.
 */
final class PartitionWriter
    extends EventSourcedBehavior<PartitionWriter.Order, PartitionRow, PartitionState> {

  /** What the writer is told. */
  sealed interface Order {}

  /**
   * Commands for one row, in order.
   *
   * @param readsOnly whether none of them stores anything, and nothing may be stored
   */
  record Batch(List<Command> commands, boolean readsOnly) implements Order {
    Batch(List<Command> commands) {
      this(commands, false);
    }
  }

  /** Has a writer store the row that it begins with. */
  static final Batch CLAIM = new Batch(List.of());

  /**
   * The sink is done with the snapshot of this row.
   *
   * @param failure why it is not stored; null: it is
   */
  private record SnapshotEnded(long row, @Nullable Throwable failure) implements Order {}

  /** Lines about forgotten dead letters are no closer than this. */
  private static final long DEAD_LOG_NANOS = 60_000_000_000L;

  private final int partition;
  private final Partition.Settings settings;
  private final Partition.Surroundings surroundings;
  private final ActorRef<Command> front;
  private final ActorContext<Order> context;
  private final PartitionTurn turn;

  /** Names this start of the partition, to the dispatcher and in the journal. */
  private final long startId;

  /** Whether its first row is on its way or stored. */
  private boolean claimed;

  private final LiveBudget.Account account;
  private final SnapshotSchedule schedule;
  private final RowFigures figures;

  /** When the snapshot began that is under way, by the monotonic clock. */
  private long snapshotBeganNanos;

  private long rowsReplayed;

  /** Open dead letters that the bounds pushed out, as told so far. */
  private long deadForgotten;

  private boolean deadForgottenLogged;
  private long deadForgottenLoggedAt;

  private PartitionWriter(
      int partition,
      Partition.Settings settings,
      Partition.Surroundings surroundings,
      LiveBudget.Account account,
      ActorRef<Command> front,
      ActorContext<Order> context) {
    super(Partition.persistenceId(partition));
    this.partition = partition;
    this.settings = settings;
    this.surroundings = surroundings;
    this.front = front;
    this.context = context;
    this.account = account;
    this.schedule = new SnapshotSchedule(settings.snapshots());
    this.figures = new RowFigures(surroundings.figures(), new PartitionState(settings.limits()));
    this.startId = surroundings.incarnation().getAsLong();
    this.turn = new PartitionTurn(partition, startId, settings, surroundings.random(), front);
  }

  /**
   * @param account of the live tasks; it outlives this writer
   */
  static Behavior<Batch> create(
      int partition,
      Partition.Settings settings,
      Partition.Surroundings surroundings,
      LiveBudget.Account account,
      ActorRef<Command> front) {
    return Behaviors.<Order>setup(
            context -> {
              account.recovers();
              return EventSourcedBehavior.start(
                  new PartitionWriter(partition, settings, surroundings, account, front, context),
                  context);
            })
        .narrow();
  }

  // ---- Commands
  // -------------------------------------------------------------------------------------

  @Override
  public CommandHandler<Order, PartitionRow, PartitionState> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(Batch.class, this::onBatch)
        .onCommand(SnapshotEnded.class, this::onSnapshotEnded)
        .build();
  }

  private Effect<PartitionRow, PartitionState> onBatch(PartitionState state, Batch batch) {
    if (batch.readsOnly()) {
      return read(state, batch);
    }
    if (!claimed) {
      return claim(state);
    }
    var now = surroundings.now().get();
    @Nullable Command current = null;
    @Nullable PartitionRow row;
    List<PartitionEvent> events;
    var grants = 0;
    try {
      turn.begin(state, now, surroundings.room().get() == JournalRoom.ENOUGH);
    } catch (RuntimeException e) {
      return giveUp(null, e);
    }
    try {
      for (var command : batch.commands()) {
        current = command;
        turn.carryOut(command);
        grants += isGrant(command) ? 1 : 0;
      }
      current = null;
      events = turn.end();
      row = events.isEmpty() ? null : nextRow(events);
    } catch (RuntimeException e) {
      return giveUp(current != null ? current : onlyOne(batch), e);
    }
    surroundings.figures().carriedOut(batch.commands().size(), grants);
    if (row == null) {
      finish(state, now);
      return Effect().none();
    }
    schedule.rowWritten();
    return Effect()
        .persist(row)
        .thenRun(
            stored -> {
              finish(stored, now);
              figures.stored(stored, events, nanosSince(now.monoNanos()));
            });
  }

  /**
   * A rule failed and may have changed a part of the state, so this writer ends. The next one
   * recovers the state from the journal, without the command that did it.
   *
   * @param failedOver the command that it failed over; null: none that is known
   */
  private Effect<PartitionRow, PartitionState> giveUp(
      @Nullable Command failedOver, RuntimeException cause) {
    var culprit = failedOver instanceof Partition.Internal ? null : failedOver;
    if (culprit != null) {
      Refusals.setAside(partition, culprit);
    }
    front.tell(new Partition.WriterThrew(culprit, cause));
    return Effect().stop();
  }

  /** The command of a batch that has no other; null when it has several. */
  private static @Nullable Command onlyOne(Batch batch) {
    return batch.commands().size() == 1 ? batch.commands().get(0) : null;
  }

  /** Carries out commands that store nothing; what is due by the clock waits. */
  private Effect<PartitionRow, PartitionState> read(PartitionState state, Batch batch) {
    var now = surroundings.now().get();
    @Nullable Command current = null;
    try {
      turn.beginReads(state, now);
      for (var command : batch.commands()) {
        current = command;
        turn.carryOut(command);
      }
    } catch (RuntimeException e) {
      return giveUp(current, e);
    }
    front.tell(new WriterDone(Long.MAX_VALUE));
    turn.release();
    return Effect().none();
  }

  /**
   * Makes the journal its own before it takes commands: the first row of a writer tells that it
   * started and takes the number that any writer before it would use next. One that lives on
   * unknown to the cluster, on a machine that stood still for too long, is fenced by it; else that
   * one could add rows that this one never learns of.
   */
  private Effect<PartitionRow, PartitionState> claim(PartitionState state) {
    claimed = true;
    schedule.rowWritten();
    var events = new ArrayList<PartitionEvent>(1);
    state.start(startId, surroundings.now().get(), events);
    return Effect().persist(nextRow(events)).thenRun(stored -> front.tell(new WriterReady()));
  }

  private static boolean isGrant(Command command) {
    return command instanceof Grants.Grant || command instanceof Grants.StandingGrant;
  }

  private long nanosSince(long nanos) {
    return surroundings.now().get().monoNanos() - nanos;
  }

  /** These events as the row behind the last one. */
  private PartitionRow nextRow(List<PartitionEvent> events) {
    return PartitionRow.of(place(lastSequenceNumber(context) + 1), events);
  }

  private RowPlace place(long number) {
    return new RowPlace(persistenceId().id(), number);
  }

  /** Lets the next batch come first, so that it forms while the replies go out. */
  private void finish(PartitionState state, Now now) {
    front.tell(new WriterDone(turn.nextInNanos()));
    turn.release();
    surroundings.figures().staleSettlements(turn.takeStaleSettlements());
    tellDeadForgotten(state, now);
    snapshotWhenDue(state, now);
  }

  /** Counts the open dead letters that the bounds pushed out, and logs them now and then. */
  private void tellDeadForgotten(PartitionState state, Now now) {
    var forgotten = state.dead().forgotten();
    if (forgotten == deadForgotten) {
      return;
    }
    surroundings.deadForgotten().accept(forgotten - deadForgotten);
    deadForgotten = forgotten;
    if (!deadForgottenLogged || now.monoNanos() - deadForgottenLoggedAt >= DEAD_LOG_NANOS) {
      deadForgottenLogged = true;
      deadForgottenLoggedAt = now.monoNanos();
      context
          .getLog()
          .warn(
              "partition {} forgot dead letters that nobody had decided about, {} since its start;"
                  + " the bounds are reeve.partition.dead",
              partition,
              forgotten);
    }
  }

  // ---- State
  // ----------------------------------------------------------------------------------------

  @Override
  public PartitionState emptyState() {
    return new PartitionState(settings.limits(), account);
  }

  @Override
  public EventHandler<PartitionState, PartitionRow> eventHandler() {
    return (state, row) -> {
      if (!row.applied()) {
        row.events(place(lastSequenceNumber(context)), state::intern).forEach(state::replay);
        rowsReplayed++;
      }
      return state;
    };
  }

  @Override
  public SignalHandler<PartitionState> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .onSignal(RecoveryFailed.class, (state, signal) -> onRecoveryFailed(signal))
        .onSignal(
            JournalPersistFailed.class, (state, signal) -> onPersistFailed(signal.getFailure()))
        .onSignal(
            JournalPersistRejected.class, (state, signal) -> onPersistFailed(signal.getFailure()))
        .build();
  }

  private void onRecovered(PartitionState state) {
    state.recovered(surroundings.now().get());
    deadForgotten = state.dead().forgotten();
    var lastRow = lastSequenceNumber(context);
    schedule.recovered(lastRow, lastRow - rowsReplayed);
    context
        .getLog()
        .info(
            "partition {} recovered: {} live tasks, {} rows replayed",
            partition,
            state.live(),
            rowsReplayed);
    if (surroundings.room().get() == JournalRoom.NONE) {
      front.tell(new Partition.WriterReads());
    } else {
      context.getSelf().tell(CLAIM);
    }
  }

  private void onRecoveryFailed(RecoveryFailed signal) {
    var cause = signal.getFailure();
    context.getLog().error("partition {} could not recover: {}", partition, cause.getMessage());
    context.getLog().debug("partition {} could not recover", partition, cause);
  }

  private void onPersistFailed(Throwable cause) {
    front.tell(new WriterFailed(cause, surroundings.fenced().test(cause)));
  }

  // ---- Snapshots and retention
  // ------------------------------------------------------------------------

  /** Snapshots are stored by the sink, so Pekko uses this for loading only. */
  @Override
  public SnapshotAdapter<PartitionState> snapshotAdapter() {
    return new SnapshotAdapter<>() {
      @Override
      public Object toJournal(PartitionState state) {
        throw new IllegalStateException("expected the sink to store snapshots, got Pekko");
      }

      @Override
      public PartitionState fromJournal(Object from) {
        var state = new PartitionState(settings.limits(), account);
        state.restore((PartitionSnapshot) from);
        return state;
      }
    };
  }

  /**
   * All rows are durable and the next batch has not begun, so the state is that of the last row.
   */
  private void snapshotWhenDue(PartitionState state, Now now) {
    var held = held(state);
    var peak = schedule.peak(account.peak());
    var fellMuch = account.fellMuch(peak, state.liveBytes());
    if (!schedule.due(held, state.finishedTotal(), fellMuch, now.monoNanos())) {
      return;
    }
    var row = schedule.row();
    var stored =
        surroundings.snapshots().store(persistenceId().id(), row, now.wallMs(), state::snapshot);
    if (stored.isPresent()) {
      schedule.begun(state.finishedTotal(), peak);
      account.startPeak(state.liveBytes());
      snapshotBeganNanos = now.monoNanos();
      context
          .getLog()
          .info(
              "partition {} begins a snapshot of {} tasks, schedules and keys at row {}",
              partition,
              held,
              row);
      context.pipeToSelf(stored.get(), (nothing, failure) -> new SnapshotEnded(row, failure));
    }
  }

  /** What a snapshot has, each at about the same cost. */
  static int held(PartitionState state) {
    return state.live() + state.finishedKept() + state.schedules().size() + state.unique().size();
  }

  private Effect<PartitionRow, PartitionState> onSnapshotEnded(SnapshotEnded ended) {
    if (ended.failure() != null) {
      var again = schedule.failed(surroundings.now().get().monoNanos());
      context
          .getLog()
          .warn(
              "partition {} could not store a snapshot of row {}; its rows stay, and it tries again"
                  + " in {} s",
              partition,
              ended.row(),
              again / 1_000_000_000,
              ended.failure());
      return Effect().none();
    }
    surroundings.figures().snapshot(nanosSince(snapshotBeganNanos));
    context.getLog().info("partition {} stored the snapshot of row {}", partition, ended.row());
    var oldestKept = schedule.stored(ended.row());
    if (oldestKept > 0) {
      var retention = surroundings.retention();
      var trimmed = retention.trim(persistenceId().id(), oldestKept);
      var dropped = retention.dropSnapshotsBelow(persistenceId().id(), oldestKept);
      context
          .getLog()
          .debug(
              "partition {} lets rows up to {} go: {} {}", partition, oldestKept, trimmed, dropped);
    }
    return Effect().none();
  }
}
