package io.reeve.partition;

import io.reeve.domain.partition.Limits;
import io.reeve.domain.partition.Now;
import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.journal.StateHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The rules of a partition with no actor around them: the real {@link PartitionTurn} and {@link
 * PartitionState}, one command a row, a list for a journal and a clock that stands until it is
 * moved. For searches that take every order of a few commands.
 */
public final class SmallPartition {

  private static final Partition.Backoff RESTART =
      new Partition.Backoff(Duration.ofMillis(1), Duration.ofMillis(1), 0);

  private final Partition.Settings settings;
  private final ActorRef<Partition.Command> self;
  private final Consumer<List<PartitionEvent>> stored;
  private final List<PartitionEvent> journal = new ArrayList<>();
  private PartitionState state;
  private PartitionTurn turn;
  private long incarnation = 1;
  private long monoNanos;

  /**
   * @param leaseNanos how long a lease lasts
   * @param self whatever the partition calls itself
   * @param stored gets the events of each row once it is stored
   */
  public SmallPartition(
      long leaseNanos, ActorRef<Partition.Command> self, Consumer<List<PartitionEvent>> stored) {
    this.stored = stored;
    var limits =
        new Limits(
            100,
            1 << 20,
            new Limits.Kept(100, 1 << 20, 3_600_000),
            new Limits.Kept(100, 1 << 20, 3_600_000),
            new Limits.Requests(1 << 20, 60_000, 86_400_000),
            new Limits.Schedules(1_000, 1 << 20, 3_600_000),
            new Limits.UniqueKeys(1_000, 1 << 20, null),
            leaseNanos,
            Long.MAX_VALUE / 4,
            new Limits.Ended(100, 600_000));
    this.settings =
        new Partition.Settings(
            limits,
            new Partition.Queue(100, 100, 1 << 20),
            new Partition.BatchMax(100, 1 << 20, 100),
            10,
            new Partition.Snapshots(1, 1, 2, RESTART),
            RESTART);
    this.self = self;
    this.state = new PartitionState(limits);
    this.turn = new PartitionTurn(0, incarnation, settings, () -> 0.5, self);
    state.recovered(now());
  }

  /** Carries out one command and stores what follows from it; then the answers leave. */
  public void carryOut(Partition.Command command) {
    var events = begin(command);
    journal.addAll(events);
    stored.accept(events);
    turn.release();
  }

  /**
   * Dies over one command before its row is stored, and starts again from what is.
   *
   * @param answered the answers left all the same, which must not be
   */
  public void dieOver(Partition.Command command, boolean answered) {
    begin(command);
    if (answered) {
      turn.release();
    }
    incarnation++;
    state = new PartitionState(settings.limits());
    turn = new PartitionTurn(0, incarnation, settings, () -> 0.5, self);
    journal.forEach(state::replay);
    state.recovered(now());
  }

  private List<PartitionEvent> begin(Partition.Command command) {
    turn.begin(state, now(), true);
    turn.carryOut(command);
    return turn.end();
  }

  /** Does what is due by now. */
  public void tick() {
    carryOut(new Partition.Tick());
  }

  /** Lets time pass for a partition that looks at its leases as often as it has to. */
  public void pass(long nanos) {
    for (var left = nanos; left > 0; left -= settings.limits().lookNanos()) {
      monoNanos += Math.min(left, settings.limits().lookNanos());
      state.sweep(now(), Integer.MAX_VALUE, new ArrayList<>());
    }
  }

  public long nanos() {
    return monoNanos;
  }

  public long incarnation() {
    return incarnation;
  }

  /** The highest session number heard of the holder. */
  public int sessionNo(String holder) {
    return state.leases().sessionNo(holder);
  }

  /** Of everything stored, and of when the next lease runs out. */
  public long hash() {
    return StateHash.of(state.snapshot()) * 31 + state.nextSweepInNanos(now());
  }

  /** The wall clock stands still: nothing here is about it. */
  private Now now() {
    return new Now(1_000_000, monoNanos);
  }
}
