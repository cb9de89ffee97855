package io.reeve.partition;

import io.reeve.domain.task.TaskClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * What the partitions of this process have done since it started, for whoever watches. A partition
 * adds what a row did once the row is durable; nothing is counted for a row that is lost.
 *
 * <p>Any thread may read. Names come from callers, so their number is bounded: what is beyond the
 * bound counts as {@link #OTHER}.
 */
public final class Figures {

  /** Stands for queues and kinds beyond the bounds. */
  public static final String OTHER = "other";

  private static final Key OTHERS = new Key(OTHER, OTHER);

  /** Pairs of a queue and a kind that are told apart. */
  static final int CLASSES_MAX = 200;

  /** Queues, and kinds, whose times are told apart. */
  static final int TIMES_MAX = 50;

  /** What can happen to a task. */
  public enum Count {
    SUBMITTED,
    STARTED,
    COMPLETED,
    RETRIED,
    DIED,
    RELEASED,
    CANCELLED,
    EXPIRED,
    /** Attempts that failed, by {@link io.reeve.domain.task.FailureType}. */
    FAILED_ERROR,
    FAILED_TIMED_OUT,
    FAILED_WORKER_LOST,
    FAILED_REJECTED
  }

  /** Names a queue and a kind. */
  public record Key(String queue, String kind) {}

  /** Figures of tasks of one queue and kind. */
  @SuppressWarnings("EnumOrdinal") // The place in an array that nobody stores.
  public static final class OfClass {
    private final LongAdder[] counts = new LongAdder[Count.values().length];
    final TimeFigures waits;
    final TimeFigures runs;

    OfClass(TimeFigures waits, TimeFigures runs) {
      for (var i = 0; i < counts.length; i++) {
        counts[i] = new LongAdder();
      }
      this.waits = waits;
      this.runs = runs;
    }

    void add(Count count, long by) {
      counts[count.ordinal()].add(by);
    }

    /** How often that happened. */
    public long of(Count count) {
      return counts[count.ordinal()].sum();
    }
  }

  private final Map<Key, OfClass> classes = new ConcurrentHashMap<>();
  private final Map<String, TimeFigures> waits = new ConcurrentHashMap<>();
  private final Map<String, TimeFigures> runs = new ConcurrentHashMap<>();
  private final TimeFigures writes = TimeFigures.ofWrites();
  private final TimeFigures snapshots = TimeFigures.ofTasks();
  private final LongAdder events = new LongAdder();
  private final LongAdder staleSettlements = new LongAdder();
  private final LongAdder batches = new LongAdder();
  private final LongAdder commands = new LongAdder();
  private final LongAdder grants = new LongAdder();
  private final Map<Integer, Open> open = new ConcurrentHashMap<>();
  private final Duration questionWithin;

  /** Of no partition yet. */
  public Figures() {
    this(Duration.ofSeconds(10));
  }

  /**
   * @param questionWithin after which time a partition that did not answer is asked again: the
   *     question may have been lost with a batch that failed
   */
  Figures(Duration questionWithin) {
    this.questionWithin = questionWithin;
    // Shown from the start, so that whoever watches finds every name.
    others();
  }

  // ---- Writing

  OfClass of(TaskClass taskClass) {
    return of(taskClass.queue(), taskClass.kind());
  }

  /** Of tasks whose class is not known any more. */
  OfClass others() {
    return of(OTHERS.queue(), OTHERS.kind());
  }

  private OfClass of(String queue, String kind) {
    var key = new Key(queue, kind);
    var known = classes.get(key);
    if (known != null) {
      return known;
    }
    // A few more may come in at once, one for each partition.
    if (classes.size() >= CLASSES_MAX && !key.equals(OTHERS)) {
      return others();
    }
    return classes.computeIfAbsent(
        key, added -> new OfClass(times(waits, queue), times(runs, kind)));
  }

  private static TimeFigures times(Map<String, TimeFigures> all, String name) {
    var known = all.get(name);
    if (known != null) {
      return known;
    }
    var within = all.size() < TIMES_MAX ? name : OTHER;
    return all.computeIfAbsent(within, added -> TimeFigures.ofTasks());
  }

  /** A row is durable. */
  void stored(int eventsOfRow, long nanos) {
    events.add(eventsOfRow);
    writes.addNanos(nanos);
  }

  /** A batch was carried out. */
  void carriedOut(int commandsOfBatch, int grantsOfBatch) {
    batches.increment();
    commands.add(commandsOfBatch);
    if (grantsOfBatch > 0) {
      grants.add(grantsOfBatch);
    }
  }

  /** A snapshot is stored. */
  void snapshot(long nanos) {
    snapshots.addNanos(nanos);
  }

  /** So many settlements were refused, since their leases had ended. */
  void staleSettlements(int more) {
    if (more > 0) {
      staleSettlements.add(more);
    }
  }

  // ---- Reading

  /** By queue and kind; those that nothing happened to yet are absent. */
  public Map<Key, OfClass> classes() {
    return classes;
  }

  /** Times from the instant at which tasks were due until they started, by queue. */
  public Map<String, TimeFigures> waits() {
    return waits;
  }

  /** Times from the start of attempts to their success, by kind. */
  public Map<String, TimeFigures> runs() {
    return runs;
  }

  /** Times until rows were durable; as many as rows. */
  public TimeFigures writes() {
    return writes;
  }

  /** Times until snapshots were stored. */
  public TimeFigures snapshots() {
    return snapshots;
  }

  /** Events in all rows. */
  public long events() {
    return events.sum();
  }

  /** Batches of commands. Those that change nothing have no row. */
  public long batches() {
    return batches.sum();
  }

  /** Commands in all batches. */
  public long commands() {
    return commands.sum();
  }

  /** Grants and standing grants of the dispatcher in all batches. */
  public long grants() {
    return grants.sum();
  }

  /** Settlements that were refused, since their leases had ended. */
  public long staleSettlements() {
    return staleSettlements.sum();
  }

  // ---- Partitions that are here

  /** A partition that runs in this process, and the question to it that is under way. */
  private static final class Open {
    private final ActorRef<Partition.Command> partition;
    private @Nullable CompletableFuture<PartitionLook> asked;

    Open(ActorRef<Partition.Command> partition) {
      this.partition = partition;
    }

    /** One question at a time: a partition that is away must not find many of them. */
    synchronized CompletableFuture<PartitionLook> ask(Duration within) {
      var current = asked;
      if (current == null || current.isDone()) {
        current = new CompletableFuture<>();
        current.orTimeout(within.toMillis(), TimeUnit.MILLISECONDS);
        asked = current;
        partition.tell(new Partition.Look(current));
      }
      return current;
    }
  }

  void opened(int partition, ActorRef<Partition.Command> front) {
    open.put(partition, new Open(front));
  }

  void closed(int partition, ActorRef<Partition.Command> front) {
    open.computeIfPresent(partition, (number, here) -> here.partition.equals(front) ? null : here);
  }

  /**
   * How the partitions that run here are just now. Those that do not answer in time are missing: a
   * partition that recovers or moves has no figures.
   */
  public CompletionStage<List<PartitionLook>> look(long withinMs) {
    var looks = new ArrayList<CompletableFuture<@Nullable PartitionLook>>();
    for (var here : open.values()) {
      looks.add(
          here.ask(questionWithin)
              .<@Nullable PartitionLook>handle((look, late) -> look)
              .completeOnTimeout(null, withinMs, TimeUnit.MILLISECONDS));
    }
    return CompletableFuture.allOf(looks.toArray(CompletableFuture<?>[]::new))
        .thenApply(
            done -> {
              var answered = new ArrayList<PartitionLook>();
              for (var look : looks) {
                var found = look.getNow(null);
                if (found != null) {
                  answered.add(found);
                }
              }
              return List.copyOf(answered);
            });
  }
}
