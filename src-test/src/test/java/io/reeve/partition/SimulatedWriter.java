package io.reeve.partition;

import io.reeve.domain.partition.LiveBudget;
import io.reeve.domain.partition.Now;
import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.UniqueTaken;
import io.reeve.journal.JournalRoom;
import io.reeve.journal.PartitionRow;
import io.reeve.journal.RowPlace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Does for the simulation what {@link PartitionWriter} does for a node, on a store of its own: the
 * real {@link PartitionTurn} and {@link PartitionState} below the real {@link PartitionFront}, rows
 * through the real codec, and between them the few lines that Pekko's persistence has in
 * production: one row at a time, replay, and an end after a failure.
 *
 * <p>Some of its care can be left out, to show that its lack is noticed.
 */
public final class SimulatedWriter {

  /** A part of its care. */
  public enum Flaw {
    /** Answers leave before the row is durable. */
    ANSWERS_BEFORE_IT_IS_STORED,
    /** A settlement counts whatever fence and holder it names. */
    IGNORES_FENCES,
    /** A grant counts whatever epoch it names. */
    TAKES_OLD_EPOCHS,
    /** A row is passed over at recovery. */
    SKIPS_A_ROW,
    /** A writer begins without a row that fences the one before it. */
    CLAIMS_NOTHING,
    /** What follows from a row waits for the snapshot that is taken behind it. */
    WAITS_FOR_SNAPSHOTS,
    /** Of what a session repeats, every message waits for the journal. */
    KEEPS_EVERY_REPEAT,
    /** A recovery makes the new task of a redrive and does not mark the dead one. */
    REDRIVES_WITHOUT_MARK,
    /** A schedule moves on in a row of its own, before that of its tasks. */
    MOVES_SCHEDULES_ALONE,
    /** A recovery takes each lost lease for one that was handed back. */
    FORGETS_LOSSES,
    /** A standing grant counts as that of a worker with every label. */
    STANDS_WHATEVER_LABELS,
    /** A recovery passes over which task took which unique key. */
    FORGETS_UNIQUE_KEYS,
    /** Which dispatcher and which rules the partition heeds is kept in memory alone. */
    FORGETS_RULES,
    /** The partition answers rules that it is told, and keeps them only once it is greeted. */
    ANSWERS_BEFORE_IT_HEEDS,
    /** Leases end before the renewals in the batch are looked at. */
    ENDS_LEASES_BEFORE_RENEWALS
  }

  /** The journal of one partition. Answers come later, as messages to {@code replyTo}. */
  public interface Store {
    /** Answered by {@link Recovered}. */
    void recover(ActorRef<Object> replyTo);

    /**
     * Answered by {@link Stored} or {@link Failed}.
     *
     * @param number of the row; there may be one of each only
     */
    void append(
        long number,
        List<PartitionEvent> events,
        PartitionRow row,
        Now now,
        ActorRef<Object> replyTo);

    /**
     * Keeps a frozen snapshot of the state after the row, while the partition goes on. Answered by
     * {@link SnapshotEnded}.
     */
    void snapshot(long number, PartitionSnapshot snapshot, ActorRef<Object> replyTo);

    /** Lets rows up to this one go. */
    void trim(long number);
  }

  /** Is told what no journal tells. */
  public interface Witness {
    void greeted(int partition, long incarnation, long epoch);

    void leasedUnder(int partition, long incarnation, long epoch);

    /** The partition may have told that it heeds this, as of its row of this number. */
    void heeded(int partition, long row, RulesHeeded heeded);

    /**
     * @param sessionNo the latest of the holder's sessions that the partition knew
     */
    void leaseRanOut(int partition, long incarnation, String holder, int sessionNo);
  }

  /**
   * All that is stored.
   *
   * @param snapshotAt row behind which the snapshot was taken; 0 without one
   * @param rows behind the snapshot
   */
  public record Recovered(
      long snapshotAt, @Nullable PartitionSnapshot snapshot, List<PartitionRow> rows) {}

  /** The row is durable. */
  public record Stored() {}

  /** The snapshot is stored, or could not be. */
  public record SnapshotEnded(long number, boolean stored) {}

  /** Whether the row is there is unknown, unless another writer has its place. */
  public record Failed(boolean fenced) {}

  /**
   * What one partition needs.
   *
   * @param incarnation differs with each writer
   * @param taken is told the commands of each batch
   */
  public record Parts(
      int partition,
      Partition.Settings settings,
      Supplier<Now> now,
      DoubleSupplier random,
      Supplier<Long> incarnation,
      Store store,
      Witness witness,
      Consumer<List<Partition.Command>> taken,
      Set<Flaw> flaws) {}

  private final Parts parts;
  private final LiveBudget.Account account;
  private final ActorRef<Partition.Command> front;
  private final ActorContext<Object> context;
  private final long incarnation;
  private final PartitionTurn turn;
  private final PartitionState state;
  private Now now = new Now(0, 0);
  private boolean claimed;
  private long rows;
  private long epoch;
  private RulesHeeded heeded = RulesHeeded.NONE;
  private final SnapshotSchedule schedule;
  private boolean waitsForSnapshot;

  /** Events of the batch in hand that wait for another row. */
  private List<PartitionEvent> later = List.of();

  private final Map<Long, String> holders = new HashMap<>();
  private final Map<String, Integer> sessionNos = new HashMap<>();

  private SimulatedWriter(
      Parts parts,
      LiveBudget.Account account,
      ActorRef<Partition.Command> front,
      ActorContext<Object> context) {
    this.parts = parts;
    this.account = account;
    this.front = front;
    this.context = context;
    this.incarnation = parts.incarnation().get();
    this.turn =
        new PartitionTurn(parts.partition(), incarnation, parts.settings(), parts.random(), front);
    this.state = new PartitionState(parts.settings().limits(), account);
    this.schedule = new SnapshotSchedule(parts.settings().snapshots());
  }

  /** The behaviour of a partition, as {@link Partition#create} gives it, on a simulated store. */
  @SuppressWarnings("unchecked")
  public static Behavior<Partition.Command> partition(Parts parts) {
    var account = LiveBudget.unbounded().open(parts.partition());
    return PartitionFront.create(
        parts.settings(),
        parts.now(),
        parts.random(),
        () -> JournalRoom.ENOUGH,
        account,
        () -> {},
        front ->
            (Behavior<PartitionWriter.Batch>)
                (Behavior<?>)
                    Behaviors.<Object>setup(
                        context -> new SimulatedWriter(parts, account, front, context).start()));
  }

  private Behavior<Object> start() {
    account.recovers();
    parts.store().recover(context.getSelf());
    return Behaviors.receive(Object.class)
        .onMessage(PartitionWriter.Batch.class, this::onBatch)
        .onMessage(Stored.class, stored -> onStored())
        .onMessage(Recovered.class, this::onRecovered)
        .onMessage(Failed.class, this::onFailed)
        .onMessage(SnapshotEnded.class, this::onSnapshotEnded)
        .build();
  }

  private Behavior<Object> onRecovered(Recovered stored) {
    if (stored.snapshot() != null) {
      state.restore(stored.snapshot());
    }
    rows = stored.snapshotAt();
    var skipped = parts.flaws().contains(Flaw.SKIPS_A_ROW) ? stored.rows().size() / 2 : -1;
    for (var i = 0; i < stored.rows().size(); i++) {
      rows++;
      if (i != skipped) {
        stored.rows().get(i).events(place(rows), state::intern).forEach(this::replay);
      }
    }
    now = parts.now().get();
    state.recovered(now);
    schedule.recovered(rows, stored.snapshotAt());
    heeded = state.heeded();
    state.forEachAfter(
        0,
        task -> {
          if (task instanceof Task.Leased lease) {
            holders.put(lease.spec().sequence(), lease.holder());
          }
          return true;
        });
    if (parts.flaws().contains(Flaw.CLAIMS_NOTHING)) {
      claimed = true;
      front.tell(new Partition.WriterReady());
    } else {
      var events = new ArrayList<PartitionEvent>(1);
      state.start(incarnation, now, events);
      append(events);
    }
    return Behaviors.same();
  }

  private void replay(PartitionEvent event) {
    if (event instanceof Redriven redriven && parts.flaws().contains(Flaw.REDRIVES_WITHOUT_MARK)) {
      // Number 0 is that of no task.
      state.replay(new Redriven(0, redriven.task(), redriven.by(), redriven.atMs()));
    } else if (event instanceof TaskEvent.Lost lost
        && parts.flaws().contains(Flaw.FORGETS_LOSSES)) {
      state.replay(new TaskEvent.Released(lost.sequence(), lost.fence(), "", lost.atMs()));
    } else if (!(event instanceof UniqueTaken)
        || !parts.flaws().contains(Flaw.FORGETS_UNIQUE_KEYS)) {
      state.replay(event);
    }
  }

  private void append(List<PartitionEvent> events) {
    rows++;
    schedule.rowWritten();
    parts
        .store()
        .append(rows, events, PartitionRow.of(place(rows), events), now, context.getSelf());
  }

  private RowPlace place(long number) {
    return new RowPlace(Partition.persistenceId(parts.partition()).id(), number);
  }

  private Behavior<Object> onBatch(PartitionWriter.Batch batch) {
    now = parts.now().get();
    parts.taken().accept(batch.commands());
    sessionNos.clear();
    state
        .leases()
        .forEachHolder((holder, n) -> sessionNos.put(holder, state.leases().sessionNo(holder)));
    var events = new ArrayList<PartitionEvent>();
    if (parts.flaws().contains(Flaw.ENDS_LEASES_BEFORE_RENEWALS)) {
      state
          .leases()
          .endOverdue(now, parts.random(), (lease, reason) -> {}, Integer.MAX_VALUE, events);
    }
    turn.begin(state, now, true);
    for (var command : batch.commands()) {
      carryOut(flawed(command));
    }
    events.addAll(turn.end());
    events.forEach(this::witness);
    if (parts.flaws().contains(Flaw.FORGETS_RULES)) {
      events.removeIf(RulesHeeded.class::isInstance);
    }
    if (events.isEmpty()) {
      finish();
      return Behaviors.same();
    }
    if (parts.flaws().contains(Flaw.ANSWERS_BEFORE_IT_IS_STORED)) {
      turn.release();
    }
    append(parts.flaws().contains(Flaw.MOVES_SCHEDULES_ALONE) ? movedAlone(events) : events);
    return Behaviors.same();
  }

  /** Keeps everything from the first tasks of a schedule on for another row. */
  private List<PartitionEvent> movedAlone(List<PartitionEvent> events) {
    for (var i = 0; i < events.size(); i++) {
      if (events.get(i) instanceof ScheduleEvent.Fired fired && fired.plannedMs().length > 0) {
        var moved = new ArrayList<>(events.subList(0, i));
        moved.add(with(fired, new long[0]));
        later = new ArrayList<>(events.subList(i, events.size()));
        return moved;
      }
    }
    return events;
  }

  private static ScheduleEvent.Fired with(ScheduleEvent.Fired fired, long... plannedMs) {
    return new ScheduleEvent.Fired(
        fired.number(),
        fired.cause(),
        plannedMs,
        0,
        fired.skipped(),
        fired.afterMs(),
        fired.waitingMs(),
        fired.requestId(),
        fired.atMs());
  }

  private void witness(PartitionEvent event) {
    if (event instanceof TaskEvent.Leased lease) {
      holders.put(lease.sequence(), lease.holder());
    } else if (event instanceof TaskEvent.AttemptFailed failed) {
      ranOut(failed.sequence(), failed.failure());
    } else if (event instanceof TaskEvent.Lost lost) {
      ranOut(lost.sequence(), lost.failure());
    } else if (event instanceof TaskEvent.Died died) {
      ranOut(died.sequence(), died.failure());
    }
  }

  private void ranOut(long sequence, Failure failure) {
    var holder = holders.get(sequence);
    if (holder != null && failure.message().endsWith("the lease ran out")) {
      parts
          .witness()
          .leaseRanOut(parts.partition(), incarnation, holder, sessionNos.getOrDefault(holder, 0));
    }
  }

  private void carryOut(Partition.Command command) {
    var before = state.ready();
    turn.carryOut(command);
    if (command instanceof Grants.Greet greet) {
      epoch = Math.max(epoch, greet.epoch());
      dispatcher = greet.dispatcher();
      parts.witness().greeted(parts.partition(), incarnation, epoch);
    } else if (command instanceof Grants.Grant && state.ready() < before) {
      parts.witness().leasedUnder(parts.partition(), incarnation, named);
    }
  }

  /** The epoch that the grant in hand really names. */
  private long named;

  /** Who greeted last. */
  private @Nullable ActorRef<Grants.ToDispatcher> dispatcher;

  private Partition.Command flawed(Partition.Command command) {
    if (command instanceof Grants.Grant grant) {
      named = grant.epoch();
      return parts.flaws().contains(Flaw.TAKES_OLD_EPOCHS)
          ? new Grants.Grant(
              epoch,
              grant.seq(),
              grant.taskClass(),
              grant.count(),
              grant.holder(),
              grant.sessionNo(),
              grant.workerId(),
              grant.session())
          : grant;
    }
    if (command instanceof Grants.StandingGrant grant
        && parts.flaws().contains(Flaw.STANDS_WHATEVER_LABELS)) {
      return new Grants.StandingGrant(
          grant.epoch(),
          grant.seq(),
          grant.queues(),
          grant.kinds(),
          Labels.of(Map.of("zone", "here", "disk", "here")),
          grant.count(),
          grant.holder(),
          grant.sessionNo(),
          grant.workerId(),
          grant.session());
    }
    if (command instanceof Grants.RulesChanged changed
        && parts.flaws().contains(Flaw.ANSWERS_BEFORE_IT_HEEDS)
        && dispatcher != null) {
      var version = changed.rules().version();
      dispatcher.tell(
          new Grants.Heeded(
              parts.partition(), incarnation, changed.epoch(), version, changed.ask()));
      return new Partition.Tick();
    }
    return command instanceof Leases.Settle settle && parts.flaws().contains(Flaw.IGNORES_FENCES)
        ? unfenced(settle)
        : command;
  }

  /** As if nobody looked at fence and holder: both are made to fit. */
  private Partition.Command unfenced(Leases.Settle settle) {
    var settlements = new ArrayList<Settlement>();
    var holder = settle.holder();
    for (var s : settle.settlements()) {
      if (state.get(s.sequence()) instanceof Task.Leased leased) {
        holder = leased.holder();
        settlements.add(
            new Settlement(
                s.sequence(),
                leased.fence(),
                s.outcome(),
                s.result(),
                s.failure(),
                s.permanent(),
                s.retryAfterMs(),
                s.reason()));
      } else {
        settlements.add(s);
      }
    }
    return new Leases.Settle(holder, settle.batch(), settlements, settle.session());
  }

  private Behavior<Object> onStored() {
    if (!later.isEmpty()) {
      var rest = later;
      later = List.of();
      append(rest);
      return Behaviors.same();
    }
    if (!claimed) {
      claimed = true;
      front.tell(new Partition.WriterReady());
      return Behaviors.same();
    }
    finish();
    return Behaviors.same();
  }

  /** As in production: answers leave before the partition thinks of snapshots. */
  private void finish() {
    if (parts.flaws().contains(Flaw.WAITS_FOR_SNAPSHOTS) && beginSnapshot()) {
      waitsForSnapshot = true;
      return;
    }
    answer();
    beginSnapshot();
  }

  private void answer() {
    front.tell(new Partition.WriterDone(turn.nextInNanos()));
    turn.release();
    if (!heeded.equals(state.heeded())) {
      heeded = state.heeded();
      parts.witness().heeded(parts.partition(), rows, heeded);
    }
  }

  private boolean beginSnapshot() {
    var held = PartitionWriter.held(state);
    var peak = schedule.peak(account.peak());
    var fellMuch = account.fellMuch(peak, state.liveBytes());
    if (!schedule.due(held, state.finishedTotal(), fellMuch, now.monoNanos())) {
      return false;
    }
    schedule.begun(state.finishedTotal(), peak);
    account.startPeak(state.liveBytes());
    parts.store().snapshot(schedule.row(), state.snapshot(), context.getSelf());
    return true;
  }

  private Behavior<Object> onSnapshotEnded(SnapshotEnded ended) {
    if (ended.stored()) {
      var oldestKept = schedule.stored(ended.number());
      if (oldestKept > 0) {
        parts.store().trim(oldestKept);
      }
    } else {
      schedule.failed(parts.now().get().monoNanos());
    }
    if (waitsForSnapshot) {
      waitsForSnapshot = false;
      answer();
    }
    return Behaviors.same();
  }

  private Behavior<Object> onFailed(Failed failed) {
    front.tell(
        new Partition.WriterFailed(
            new IllegalStateException("the simulated journal failed"), failed.fenced()));
    return Behaviors.stopped();
  }
}
