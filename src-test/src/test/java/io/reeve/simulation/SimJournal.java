package io.reeve.simulation;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.check.Invariant;
import io.reeve.domain.partition.Now;
import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.journal.PartitionRow;
import io.reeve.journal.StateHash;
import io.reeve.partition.SimulatedWriter;
import java.util.ArrayDeque;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * The journal of one partition: rows by number, one of each. A row that was sent is stored or not
 * whatever becomes of its writer; and every writer that ever was may send one.
 */
final class SimJournal implements SimulatedWriter.Store {

  /** What may happen to a row. */
  enum Trouble {
    /** It is not stored, and the writer hears of a failure. */
    FAILS,
    /** It is stored, and the writer hears of a failure. */
    IS_STORED_AND_FAILS,
    /** It takes its time. */
    IS_SLOW,
    /** It takes longer than a lease lasts. */
    STALLS
  }

  static final List<Trouble> TROUBLES = List.of(Trouble.values());

  private static final int WRITE_MAX = 1_500_000;
  private static final int READ_MAX = 20_000_000;
  private static final long SLOW_MAX = 3_000_000_000L;
  private static final long STALL_MORE_MAX = 2_000_000_000L;
  private static final int SNAPSHOT_MAX = 30_000_000;
  private static final long SLOW_SNAPSHOT_MAX = 4_000_000_000L;

  private final World world;
  private final Checker checker;
  private final int partition;

  /** Rows that are kept. */
  private final ArrayDeque<PartitionRow> rows = new ArrayDeque<>();

  /** Rows that are gone. */
  private long trimmed;

  private final ArrayDeque<Trouble> troubles = new ArrayDeque<>();
  private @Nullable PartitionSnapshot snapshot;
  private long snapshotAt;
  private @Nullable SimActor<?> owner;
  private boolean takenByZombie;
  long conflicts;

  SimJournal(World world, Checker checker, int partition) {
    this.world = world;
    this.checker = checker;
    this.partition = partition;
  }

  /** The next rows meet it. */
  void trouble(Trouble trouble, int count) {
    for (var i = 0; i < count; i++) {
      troubles.add(trouble);
    }
  }

  void heal() {
    troubles.clear();
  }

  @Override
  public void recover(ActorRef<Object> replyTo) {
    world.in(
        1 + world.random.nextInt(READ_MAX),
        () ->
            replyTo.tell(
                new SimulatedWriter.Recovered(
                    snapshotAt, snapshot, rows.stream().skip(snapshotAt - trimmed).toList())));
  }

  @Override
  public void append(
      long number,
      List<PartitionEvent> events,
      PartitionRow row,
      Now now,
      ActorRef<Object> replyTo) {
    var trouble = troubles.poll();
    world.in(
        latency(trouble),
        () -> {
          var before = last();
          var answer = store(number, events, row, now, trouble);
          if (last() > before) {
            owner = ((SimRef<?>) replyTo).owner;
            takenByZombie = events.isEmpty() ? owner.host.downed || !owner.alive : takenByZombie;
          }
          replyTo.tell(answer);
        });
  }

  private long latency(@Nullable Trouble trouble) {
    if (trouble == Trouble.IS_SLOW) {
      return world.random.nextLong(SLOW_MAX);
    }
    return trouble == Trouble.STALLS
        ? Tuning.LEASE.toNanos() + world.random.nextLong(STALL_MORE_MAX)
        : 50_000L + world.random.nextInt(WRITE_MAX);
  }

  /**
   * Whether the last that made this journal its own was started on a node that the others held to
   * be dead. The partition that is in its place does not know before its next row.
   */
  boolean isTakenByZombie() {
    return takenByZombie;
  }

  /** Whether this writer knows all rows. */
  boolean isOwnedBy(@Nullable SimActor<?> writer) {
    return owner == writer;
  }

  private Object store(
      long number,
      List<PartitionEvent> events,
      PartitionRow row,
      Now now,
      @Nullable Trouble trouble) {
    if (trouble == Trouble.FAILS) {
      return new SimulatedWriter.Failed(false);
    }
    if (number != last() + 1) {
      conflicts++;
      return new SimulatedWriter.Failed(true);
    }
    rows.add(row);
    for (var event : events) {
      checker.add(new Fact.Stored(partition, event, now.monoNanos()));
    }
    return trouble == Trouble.IS_STORED_AND_FAILS
        ? new SimulatedWriter.Failed(false)
        : new SimulatedWriter.Stored();
  }

  /**
   * Takes up to seconds, and may fail. The snapshot is a cache: an older one never replaces a newer
   * one.
   */
  @Override
  public void snapshot(long number, PartitionSnapshot snapshot, ActorRef<Object> replyTo) {
    var latency =
        world.random.nextInt(3) == 0
            ? world.random.nextLong(SLOW_SNAPSHOT_MAX)
            : 1L + world.random.nextInt(SNAPSHOT_MAX);
    var fails = world.random.nextInt(8) == 0;
    var frozen = StateHash.of(snapshot);
    world.in(
        latency,
        ((SimRef<?>) replyTo).owner.host,
        () -> {
          if (StateHash.of(snapshot) != frozen) {
            checker.violated(
                Invariant.SNAPSHOTS_ARE_FROZEN,
                "partition %d: the snapshot of row %d changed while it was stored"
                    .formatted(partition, number));
          }
          if (!fails && number > snapshotAt && number <= last()) {
            this.snapshotAt = number;
            this.snapshot = snapshot;
          }
          replyTo.tell(new SimulatedWriter.SnapshotEnded(number, !fails));
        });
  }

  @Override
  public void trim(long number) {
    while (trimmed < number) {
      rows.remove();
      trimmed++;
    }
  }

  /** The number of the last row. */
  private long last() {
    return trimmed + rows.size();
  }
}
