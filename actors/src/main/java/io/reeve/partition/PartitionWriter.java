package io.reeve.partition;

import io.reeve.domain.partition.Now;
import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.journal.PartitionRow;
import io.reeve.journal.RowPlace;
import io.reeve.partition.Partition.Command;
import io.reeve.partition.Partition.WriterDone;
import io.reeve.partition.Partition.WriterFailed;
import io.reeve.partition.Partition.WriterReady;
import java.util.ArrayDeque;
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
import org.apache.pekko.persistence.typed.SnapshotCompleted;
import org.apache.pekko.persistence.typed.SnapshotFailed;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * Carries out one batch at a time and writes what happened as one journal row. Nothing of a batch
 * leaves before its row is durable, but for the figures that the dispatcher gets.
 *
 * <p>Before the first batch it stores an empty row, which fences every writer before it.
 *
 * <p>The state runs ahead of the disk while a row is written. When the write fails this actor
 * starts again with a backoff and an empty state, which recovery fills from what is really there.
 */
final class PartitionWriter
    extends EventSourcedBehavior<PartitionWriter.Batch, PartitionRow, PartitionState> {

  /** Commands for one row, in order. */
  record Batch(List<Command> commands) {}

  private final int partition;
  private final Partition.Settings settings;
  private final Partition.Surroundings surroundings;
  private final ActorRef<Command> front;
  private final ActorContext<Batch> context;
  private final PartitionTurn turn;

  /** Whether its first row is on its way or stored. */
  private boolean claimed;

  private long rowsSinceSnapshot;
  private long finishedAtSnapshot;

  /** Sequence numbers of the snapshots known, the newest last; at most as many as are kept. */
  private final ArrayDeque<Long> snapshots = new ArrayDeque<>();

  private PartitionWriter(
      int partition,
      Partition.Settings settings,
      Partition.Surroundings surroundings,
      ActorRef<Command> front,
      ActorContext<Batch> context) {
    super(Partition.persistenceId(partition));
    this.partition = partition;
    this.settings = settings;
    this.surroundings = surroundings;
    this.front = front;
    this.context = context;
    this.turn =
        new PartitionTurn(
            partition,
            surroundings.incarnation().getAsLong(),
            settings,
            surroundings.random(),
            front);
  }

  static Behavior<Batch> create(
      int partition,
      Partition.Settings settings,
      Partition.Surroundings surroundings,
      ActorRef<Command> front) {
    return Behaviors.setup(
        context ->
            EventSourcedBehavior.start(
                new PartitionWriter(partition, settings, surroundings, front, context), context));
  }

  // ---- Commands
  // -------------------------------------------------------------------------------------

  @Override
  public CommandHandler<Batch, PartitionRow, PartitionState> commandHandler() {
    return newCommandHandlerBuilder().forAnyState().onCommand(Batch.class, this::onBatch).build();
  }

  private Effect<PartitionRow, PartitionState> onBatch(PartitionState state, Batch batch) {
    if (!claimed) {
      return claim();
    }
    var now = surroundings.now().get();
    turn.begin(state, now);
    for (var command : batch.commands()) {
      turn.carryOut(command);
    }
    var events = turn.end();
    if (events.isEmpty()) {
      finish(state, now);
      return Effect().none();
    }
    rowsSinceSnapshot++;
    return Effect().persist(nextRow(events)).thenRun(stored -> finish(stored, now));
  }

  /**
   * Makes the journal its own before it takes commands: the first row of a writer is empty and
   * takes the number that any writer before it would use next. One that lives on unknown to the
   * cluster, on a machine that stood still for too long, is fenced by it; else that one could add
   * rows that this one never learns of.
   */
  private Effect<PartitionRow, PartitionState> claim() {
    claimed = true;
    rowsSinceSnapshot++;
    return Effect().persist(nextRow(List.of())).thenRun(stored -> front.tell(new WriterReady()));
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
    front.tell(new WriterDone(state.nextSweepInNanos(now)));
    turn.release();
  }

  // ---- State
  // ----------------------------------------------------------------------------------------

  @Override
  public PartitionState emptyState() {
    return new PartitionState(settings.limits());
  }

  @Override
  public EventHandler<PartitionState, PartitionRow> eventHandler() {
    return (state, row) -> {
      if (!row.applied()) {
        row.events(place(lastSequenceNumber(context)), state::intern).forEach(state::replay);
        rowsSinceSnapshot++;
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
        .onSignal(SnapshotCompleted.class, (state, signal) -> onSnapshotStored(signal))
        .onSignal(SnapshotFailed.class, (state, signal) -> onSnapshotFailed(signal))
        .build();
  }

  private void onRecovered(PartitionState state) {
    state.recovered(surroundings.now().get());
    finishedAtSnapshot = 0;
    // Else a partition that restarts after each snapshot would never remove anything.
    snapshots.clear();
    var recoveredFrom = lastSequenceNumber(context) - rowsSinceSnapshot;
    if (recoveredFrom > 0) {
      snapshots.add(recoveredFrom);
    }
    context
        .getLog()
        .info(
            "partition {} recovered: {} live tasks, {} rows replayed",
            partition,
            state.live(),
            rowsSinceSnapshot);
    context.getSelf().tell(new Batch(List.of()));
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

  /**
   * A snapshot costs as much as there are tasks, so it waits for work worth that: finished tasks,
   * or rows, at least twice the tasks held.
   */
  @Override
  public boolean shouldSnapshot(PartitionState state, PartitionRow row, long sequenceNr) {
    var worth = 2L * (state.live() + state.finishedKept());
    var finished = state.finishedTotal() - finishedAtSnapshot;
    var due =
        finished >= Math.max(settings.snapshotFinishedMin(), worth)
            || rowsSinceSnapshot >= Math.max(settings.snapshotRowsMin(), worth);
    if (due) {
      finishedAtSnapshot = state.finishedTotal();
      rowsSinceSnapshot = 0;
    }
    return due;
  }

  @Override
  public SnapshotAdapter<PartitionState> snapshotAdapter() {
    return new SnapshotAdapter<>() {
      @Override
      public Object toJournal(PartitionState state) {
        var began = surroundings.now().get().monoNanos();
        var snapshot = state.snapshot();
        // All that the partition itself waits for: it is encoded and written elsewhere.
        context
            .getLog()
            .info(
                "partition {} paused {} ms for a snapshot of {} tasks",
                partition,
                (surroundings.now().get().monoNanos() - began) / 1_000_000,
                snapshot.tasks().length);
        return snapshot;
      }

      @Override
      public PartitionState fromJournal(Object from) {
        var state = new PartitionState(settings.limits());
        state.restore((PartitionSnapshot) from);
        return state;
      }
    };
  }

  private void onSnapshotStored(SnapshotCompleted signal) {
    snapshots.add(signal.getSnapshotMetadata().sequenceNr());
    if (snapshots.size() > settings.snapshotsKept()) {
      snapshots.remove();
    }
    if (snapshots.size() == settings.snapshotsKept()) {
      var oldestKept = snapshots.element();
      var retention = surroundings.retention();
      var trimmed = retention.trim(persistenceId().id(), oldestKept);
      var dropped = retention.dropSnapshotsBelow(persistenceId().id(), oldestKept);
      context
          .getLog()
          .debug(
              "partition {} lets rows up to {} go: {} {}", partition, oldestKept, trimmed, dropped);
    }
  }

  private void onSnapshotFailed(SnapshotFailed signal) {
    context
        .getLog()
        .warn(
            "partition {} could not store a snapshot; it goes on from its events",
            partition,
            signal.getFailure());
  }
}
