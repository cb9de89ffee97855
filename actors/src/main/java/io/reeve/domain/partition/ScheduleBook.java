package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Schedule;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.Task;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The schedules of a partition, and when each has something to do. Costs next to nothing without
 * schedules.
 *
 * <p>While it replays, only what is stored is kept up; {@link #recovered} makes the rest. So the
 * next instant is never stored, and follows from the rules of time zones that this process has.
 */
final class ScheduleBook {

  /** Heap of a schedule beside its {@link Schedule#bytes}; measured. */
  static final int OVERHEAD = 480;

  /** How long a schedule without room for its task waits. */
  private static final long FULL_AGAIN_MS = 1_000;

  private static final int RULES_MAX = 4_096;
  private static final long NEVER = ScheduleRule.NEVER;

  /** A schedule and when it has something to do. */
  static final class Entry {
    private Schedule schedule;
    private long dueAtMs = NEVER;
    private boolean full;

    private Entry(Schedule schedule) {
      this.schedule = schedule;
    }

    Schedule schedule() {
      return schedule;
    }

    /** Whether there was no room for its task. */
    boolean full() {
      return full;
    }
  }

  private final Limits.Schedules limits;
  private final TaskBook tasks;

  /** By name, for pages in order. */
  private final TreeMap<String, Entry> byName = new TreeMap<>();

  private final Map<Long, Entry> byNumber = new HashMap<>();

  /** Schedules with a run that waits, by the number of the task that it waits for. */
  private final Map<Long, Entry> byFormer = new HashMap<>();

  /** Cron expressions, which many schedules have in common. */
  private final Map<ScheduleRule, ScheduleRule> rules = new LinkedHashMap<>();

  private final DueHeap due = new DueHeap(this::isValid);
  private long heldUntilMs = Long.MIN_VALUE;
  private long bytes;
  private boolean replaying = true;

  ScheduleBook(Limits.Schedules limits, TaskBook tasks) {
    this.limits = limits;
    this.tasks = tasks;
  }

  // ---- Reading

  int size() {
    return byName.size();
  }

  @Nullable Entry find(String name) {
    return byName.get(name);
  }

  @Nullable Schedule get(long number) {
    var entry = byNumber.get(number);
    return entry == null ? null : entry.schedule;
  }

  /** Visits schedules as {@link ScheduleRules#forEachAfter} says. */
  void forEachAfter(String after, String prefix, Predicate<Entry> visitor) {
    var from =
        after.compareTo(prefix) < 0 ? byName.tailMap(prefix, true) : byName.tailMap(after, false);
    for (var entry : from.values()) {
      if (!entry.schedule.name().startsWith(prefix) || !visitor.test(entry)) {
        return;
      }
    }
  }

  /** Why there is no room for a definition in the place of another, or null. */
  @Nullable Rejection noRoomFor(
      ScheduleDefinition definition, @Nullable ScheduleDefinition before) {
    if (before == null && byName.size() >= limits.max()) {
      return new Rejection(
          Rejection.Code.OVER_CAPACITY,
          "expected at most %d schedules in a partition, got one more".formatted(limits.max()));
    }
    var more = definition.bytes() - (before == null ? -OVERHEAD : before.bytes());
    return more <= 0 || bytes + more <= limits.bytesMax()
        ? null
        : new Rejection(
            Rejection.Code.OVER_CAPACITY,
            "expected at most %d bytes of schedules in a partition, got %d and %d more"
                .formatted(limits.bytesMax(), bytes, more));
  }

  /** Whether the task of the last run is not finished. */
  boolean formerLives(Schedule schedule) {
    var former = tasks.get(schedule.progress().lastSequence());
    return former != Task.Absent.TASK && !(former instanceof Task.Finished);
  }

  // ---- Events

  void change(ScheduleEvent event) {
    var entry = byNumber.get(event.number());
    var before = entry == null ? null : entry.schedule;
    var after = event.applyTo(before);
    if (before != null) {
      bytes -= cost(before);
      byFormer.remove(before.progress().lastSequence());
    }
    if (after != null) {
      keep(
          entry == null ? new Entry(after) : entry,
          event instanceof ScheduleEvent.Set ? shared(after) : after);
    } else if (entry != null) {
      byNumber.remove(event.number());
      byName.remove(entry.schedule.name());
      entry.dueAtMs = NEVER;
    }
  }

  /** Takes a schedule of a snapshot in. */
  void enter(Schedule schedule) {
    keep(new Entry(schedule), shared(schedule));
  }

  /** The task has ended, for which a run may wait. */
  void ended(long sequence) {
    if (byFormer.isEmpty()) {
      return;
    }
    var waits = byFormer.get(sequence);
    if (waits != null) {
      index(waits);
    }
  }

  /** Everything stored was replayed: makes the instants at which something is due. */
  void recovered() {
    replaying = false;
    byName.values().forEach(this::index);
  }

  private void keep(Entry entry, Schedule schedule) {
    entry.schedule = schedule;
    bytes += cost(schedule);
    byNumber.put(schedule.number(), entry);
    byName.put(schedule.name(), entry);
    if (schedule.progress().waitingMs() != 0) {
      byFormer.put(schedule.progress().lastSequence(), entry);
    }
    index(entry);
  }

  /** The same schedule with the one object of all equal cron expressions and profiles. */
  private Schedule shared(Schedule schedule) {
    var definition = schedule.definition();
    var timing = definition.timing();
    return new Schedule(
        schedule.number(),
        schedule.version(),
        definition.sharing(
            timing.withRule(intern(timing.rule())), tasks.intern(definition.profile())),
        schedule.createdAtMs(),
        schedule.setAtMs(),
        schedule.pause(),
        schedule.progress(),
        schedule.backfill());
  }

  private ScheduleRule intern(ScheduleRule rule) {
    if (!(rule instanceof ScheduleRule.Cron)) {
      // Others are seldom equal, and dates of schedules that are gone would stay.
      return rule;
    }
    var known = rules.putIfAbsent(rule, rule);
    if (known == null && rules.size() > RULES_MAX) {
      rules.clear();
    }
    return known == null ? rule : known;
  }

  // ---- Time

  /** When the next schedule has something to do; Long.MAX_VALUE when none has. */
  long nextDueAtMs() {
    due.skipVoid();
    return due.isEmpty() ? Long.MAX_VALUE : Math.max(due.at(), heldUntilMs);
  }

  /** Takes out a schedule that has something to do at {@code nowMs}; null when none has. */
  @Nullable Entry takeDue(long nowMs) {
    due.skipVoid();
    if (due.isEmpty() || due.at() > nowMs || heldUntilMs > nowMs) {
      return null;
    }
    var entry = byNumber.get(due.sequence());
    due.pop();
    if (entry != null) {
      entry.dueAtMs = NEVER;
    }
    return entry;
  }

  /**
   * Puts a schedule that was taken out back, for the next time that it has something to do. One
   * that is not done with what is due goes behind all others that are due.
   */
  void putBack(Entry entry, long nowMs) {
    if (byNumber.get(entry.schedule.number()) == entry) {
      entry.full = false;
      var dueAtMs = dueAtMs(entry.schedule);
      index(entry, dueAtMs > nowMs ? dueAtMs : TimeBounds.plus(nowMs, 1));
    }
  }

  /** The same for one that finds no room for its task. */
  void putBackFull(Entry entry, long nowMs) {
    index(entry, TimeBounds.plus(nowMs, FULL_AGAIN_MS));
    entry.full = true;
  }

  /** The store has no room for new tasks: nothing is due for a while. */
  void hold(long nowMs) {
    heldUntilMs = TimeBounds.plus(nowMs, FULL_AGAIN_MS);
  }

  private void index(Entry entry) {
    if (!replaying && byNumber.get(entry.schedule.number()) == entry) {
      entry.full = false;
      index(entry, dueAtMs(entry.schedule));
    }
  }

  private void index(Entry entry, long dueAtMs) {
    if (entry.dueAtMs != dueAtMs) {
      entry.dueAtMs = dueAtMs;
      if (dueAtMs != NEVER) {
        due.push(dueAtMs, entry.schedule.number(), 0);
      }
    }
  }

  private long dueAtMs(Schedule schedule) {
    var active = schedule.active();
    var waiting = schedule.progress().waitingMs() != 0;
    if (active && (schedule.backfill() != null || (waiting && !formerLives(schedule)))) {
      return 0;
    }
    var nextMs = schedule.nextMs();
    if (nextMs != NEVER) {
      return active ? schedule.definition().timing().dueAtMs(schedule.name(), nextMs) : NEVER;
    }
    return schedule.ended() && schedule.backfill() == null ? forgottenAtMs(schedule) : NEVER;
  }

  /** When a schedule that has ended is forgotten. */
  long forgottenAtMs(Schedule schedule) {
    return TimeBounds.plus(schedule.lastEventAtMs(), limits.endedKeptMs());
  }

  private boolean isValid(long at, long number, long tag) {
    var entry = byNumber.get(number);
    return entry != null && entry.dueAtMs == at;
  }

  private static long cost(Schedule schedule) {
    return (long) OVERHEAD + schedule.bytes();
  }

  // ---- Snapshots

  /** The schedules, by name. */
  Schedule[] snapshot() {
    return byName.values().stream().map(Entry::schedule).toArray(Schedule[]::new);
  }
}
