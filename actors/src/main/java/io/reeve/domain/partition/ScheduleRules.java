package io.reeve.domain.partition;

import io.reeve.domain.schedule.FirePlan;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Schedule;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.ScheduleEvent.Cause;
import io.reeve.domain.task.Task;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What clients may do with the schedules of one partition, and which tasks these make. A part of
 * its {@link PartitionState}, whose promises about commands and events hold here as well.
 *
 * <p>A schedule moves on and makes its tasks in one event, and its partition is the only one that
 * does either. So there is one task for each planned instant, whatever crashes: before the event is
 * durable neither happened, and after it both did.
 */
public final class ScheduleRules {

  /** Planned instants of a backfill, at most. */
  public static final int BACKFILL_MAX = 10_000;

  /**
   * Tasks that one schedule makes at once, at most. All others that are due have their turn before
   * it goes on in a later batch.
   */
  private static final int FIRE_MAX = 100;

  /** Planned instants that one call of {@link #fireDue} looks at, about. */
  private static final int WALKS_MAX = 20_000;

  /** Bytes of tasks that one call of {@link #fireDue} makes, about. */
  private static final long BYTES_MAX = 8L << 20;

  private final Books books;
  private final ScheduleBook schedules;

  ScheduleRules(Books books) {
    this.books = books;
    this.schedules = books.schedules;
  }

  /** What became of a call. */
  public sealed interface Answer {

    /**
     * The call took effect, or its effect was there.
     *
     * @param before the definition before the call; null: there was none
     * @param full its partition has no room for the next task
     */
    record Done(Schedule schedule, @Nullable ScheduleDefinition before, boolean full)
        implements Answer {}

    /**
     * A task was made by hand.
     *
     * @param already an earlier call with the same request id made it
     */
    record Made(Schedule schedule, boolean full, long sequence, boolean already)
        implements Answer {}

    record Refused(Rejection reason) implements Answer {}
  }

  // ---- Reading

  /** How many there are. */
  public int size() {
    return schedules.size();
  }

  /** The schedule of this name. */
  public Answer get(String name) {
    var entry = schedules.find(name);
    return entry == null ? unknown(name) : done(entry);
  }

  /**
   * Visits schedules by name until the visitor says false.
   *
   * @param after they are behind it
   * @param prefix they begin with it
   * @param visitor gets each, and whether its partition has no room for the next task
   */
  public void forEachAfter(String after, String prefix, BiPredicate<Schedule, Boolean> visitor) {
    schedules.forEachAfter(after, prefix, entry -> visitor.test(entry.schedule(), entry.full()));
  }

  // ---- Commands

  /**
   * Makes the schedule of a name, or changes its definition. The same again changes nothing.
   *
   * @param expectedVersion of the definition before; 0: any
   * @param mayCreate whether one may be made
   */
  public Answer set(
      ScheduleDefinition definition,
      long expectedVersion,
      boolean mayCreate,
      Now now,
      List<PartitionEvent> out) {
    var entry = schedules.find(definition.name());
    if (entry == null && !mayCreate) {
      return unknown(definition.name());
    }
    if (entry != null && entry.schedule().definition().equals(definition)) {
      return done(entry);
    }
    if (definition.timing().rule() instanceof ScheduleRule.Unknown rule) {
      return unknownRule(rule.why());
    }
    var before = entry == null ? null : entry.schedule();
    var version = before == null ? 0 : before.version();
    if (expectedVersion != 0 && expectedVersion != version) {
      return refused(
          Rejection.Code.VERSION_CHANGED,
          "expected version %d of schedule %s, got %d"
              .formatted(expectedVersion, definition.name(), version));
    }
    if (before != null
        && before.backfill() != null
        && !before.definition().timing().hasInstantsOf(definition.timing())) {
      return refused(
          Rejection.Code.WRONG_STATE,
          "expected schedule %s without a backfill for another rule, got one in progress"
              .formatted(definition.name()));
    }
    var noRoom = schedules.noRoomFor(definition, before == null ? null : before.definition());
    if (noRoom != null) {
      return new Answer.Refused(noRoom);
    }
    var number = before == null ? books.tasks.nextSequence : before.number();
    var afterMs = before == null ? now.wallMs() : before.answeredFor(definition, now.wallMs());
    books.emit(new ScheduleEvent.Set(number, version + 1, definition, afterMs, now.wallMs()), out);
    return done(definition.name(), before == null ? null : before.definition());
  }

  /** The schedule makes no tasks but by hand until it is resumed. */
  public Answer pause(String name, String reason, String by, Now now, List<PartitionEvent> out) {
    var entry = schedules.find(name);
    if (entry == null) {
      return unknown(name);
    }
    var pause = entry.schedule().pause();
    if (pause == null || !pause.reason().equals(reason) || !pause.by().equals(by)) {
      books.emit(
          new ScheduleEvent.Paused(entry.schedule().number(), reason, by, now.wallMs()), out);
    }
    return done(entry);
  }

  /** The schedule goes on, and from now on if a wrong clock led it far ahead. */
  public Answer resume(String name, Now now, List<PartitionEvent> out) {
    var entry = schedules.find(name);
    if (entry == null) {
      return unknown(name);
    }
    var schedule = entry.schedule();
    if (schedule.pause() != null) {
      books.emit(new ScheduleEvent.Resumed(schedule.number(), now.wallMs()), out);
      if (schedule.isFarAhead(now.wallMs())) {
        goOnFrom(schedule, now.wallMs(), out);
      }
    }
    return done(entry);
  }

  private void goOnFrom(Schedule schedule, long nowMs, List<PartitionEvent> out) {
    var waitingMs = schedule.progress().waitingMs();
    books.emit(
        new ScheduleEvent.Fired(
            schedule.number(), Cause.RULE, new long[0], 0, 0, nowMs, waitingMs, "", nowMs),
        out);
  }

  /** Ends the schedule for good; its tasks stay. */
  public Answer delete(String name, Now now, List<PartitionEvent> out) {
    var entry = schedules.find(name);
    if (entry == null) {
      return unknown(name);
    }
    var last = done(entry);
    books.emit(new ScheduleEvent.Deleted(entry.schedule().number(), now.wallMs()), out);
    return last;
  }

  /** Makes one task now; the next run stays as it is. */
  public Answer trigger(String name, String requestId, Now now, List<PartitionEvent> out) {
    var entry = schedules.find(name);
    if (entry == null) {
      return unknown(name);
    }
    var known = books.requests.find(requestId, now.wallMs());
    if (known != null) {
      return known.bodyHash() == Books.triggerHash(name)
          ? new Answer.Made(entry.schedule(), entry.full(), known.firstSequence(), true)
          : reused(requestId);
    }
    var noRoom = books.requests.noRoomFor(requestId, now.wallMs());
    if (noRoom == null) {
      noRoom = noRoomFor(1, entry.schedule());
    }
    if (noRoom != null) {
      return new Answer.Refused(noRoom);
    }
    var sequence = books.tasks.nextSequence;
    books.emit(
        new ScheduleEvent.Fired(
            entry.schedule().number(),
            Cause.BY_HAND,
            new long[] {now.wallMs()},
            sequence,
            0,
            0,
            0,
            requestId,
            now.wallMs()),
        out);
    return new Answer.Made(entry.schedule(), entry.full(), sequence, false);
  }

  /** Makes the tasks of all planned instants in a range of the past, a few at a time. */
  public Answer backfill(
      String name, String requestId, long fromMs, long toMs, Now now, List<PartitionEvent> out) {
    var entry = schedules.find(name);
    if (entry == null) {
      return unknown(name);
    }
    var known = books.requests.find(requestId, now.wallMs());
    if (known != null) {
      return known.bodyHash() == Books.backfillHash(name, fromMs, toMs)
          ? done(entry)
          : reused(requestId);
    }
    if (toMs - now.wallMs() > PartitionCounts.CLOCKS_DIFFER_MS) {
      return refused(
          Rejection.Code.WRONG_STATE,
          "expected a range of the past, got one that ends %d ms from now"
              .formatted(toMs - now.wallMs()));
    }
    if (!entry.schedule().unknownBecause().isEmpty()) {
      return unknownRule(entry.schedule().unknownBecause());
    }
    if (entry.schedule().backfill() != null) {
      return refused(
          Rejection.Code.WRONG_STATE,
          "expected schedule %s without a backfill, got one in progress".formatted(name));
    }
    var timing = entry.schedule().definition().timing();
    // The clock that called the end of the range past may lie ahead of this one.
    var count = timing.count(fromMs, Math.min(toMs, now.wallMs()), BACKFILL_MAX + 1);
    if (count > BACKFILL_MAX) {
      return refused(
          Rejection.Code.WRONG_STATE,
          "expected at most %d planned instants in the range, got more".formatted(BACKFILL_MAX));
    }
    var noRoom = books.requests.noRoomFor(requestId, now.wallMs());
    if (noRoom != null) {
      return new Answer.Refused(noRoom);
    }
    if (count > 0) {
      var number = entry.schedule().number();
      books.emit(
          new ScheduleEvent.Backfilled(number, requestId, fromMs, toMs, count, now.wallMs()), out);
    }
    return done(entry);
  }

  /** Ends a backfill in progress; the tasks that it made stay. */
  public Answer stopBackfill(String name, Now now, List<PartitionEvent> out) {
    var entry = schedules.find(name);
    if (entry == null) {
      return unknown(name);
    }
    if (entry.schedule().backfill() != null) {
      books.emit(
          new ScheduleEvent.Backfilled(entry.schedule().number(), "", 0, 0, 0, now.wallMs()), out);
    }
    return done(entry);
  }

  // ---- Time

  /**
   * Makes the tasks that are due, and forgets schedules that ended long ago.
   *
   * @param eventsMax it stops when {@code out} has so many, each task counted as one; {@link
   *     PartitionState#nextSweepInNanos} is 0 then, and the next call goes on
   * @param cancelled gets each lease that ended, because its task was cancelled for the next run
   */
  public void fireDue(
      Now now, int eventsMax, Consumer<Task.Leased> cancelled, List<PartitionEvent> out) {
    var made = 0;
    var walked = 0;
    var bytesLeft = BYTES_MAX;
    while (out.size() + made < eventsMax && walked < WALKS_MAX && bytesLeft > 0) {
      var entry = schedules.takeDue(now.wallMs());
      if (entry == null) {
        return;
      }
      var turn = new Turn(entry, now.wallMs(), cancelled, out);
      var each = entry.schedule().taskBytes();
      var fit = (int) Math.min(FIRE_MAX, Math.max(1, bytesLeft / each));
      turn.take(Math.min(fit, eventsMax - out.size() - made));
      made += turn.made;
      bytesLeft -= turn.made * each;
      walked += turn.walked;
    }
  }

  /** The store has no room for new tasks: what is due waits for a while. */
  public void hold(Now now) {
    schedules.hold(now.wallMs());
  }

  /** What one schedule does when something is due. */
  private final class Turn {
    private final ScheduleBook.Entry entry;
    private final long nowMs;
    private final Consumer<Task.Leased> cancelled;
    private final List<PartitionEvent> out;
    private int made;
    private int walked = 1;
    private boolean full;

    Turn(
        ScheduleBook.Entry entry,
        long nowMs,
        Consumer<Task.Leased> cancelled,
        List<PartitionEvent> out) {
      this.entry = entry;
      this.nowMs = nowMs;
      this.cancelled = cancelled;
      this.out = out;
    }

    void take(int room) {
      if (entry.schedule().active()) {
        fireByRule(room);
        if (!full && made < room) {
          backfill(room - made);
        }
      }
      var schedule = entry.schedule();
      if (full) {
        schedules.putBackFull(entry, nowMs);
      } else if (isOver(schedule)) {
        books.emit(new ScheduleEvent.Deleted(schedule.number(), nowMs), out);
      } else {
        schedules.putBack(entry, nowMs);
      }
    }

    private boolean isOver(Schedule schedule) {
      return schedule.backfill() == null
          && schedule.ended()
          && schedules.forgottenAtMs(schedule) <= nowMs;
    }

    private void fireByRule(int room) {
      var schedule = entry.schedule();
      var plan = plan(schedule, room);
      if (noRoomFor(plan.fire().size(), schedule) != null) {
        // A few large tasks may fit where many do not.
        plan = plan(schedule, 1);
        full = noRoomFor(plan.fire().size(), schedule) != null;
      }
      if (full || plan.isEmpty(schedule.standing())) {
        return;
      }
      if (plan.cancelFormer()) {
        cancelFormer(schedule);
      }
      fire(schedule, Cause.RULE, plan.fire(), plan.skipped(), plan.afterMs(), plan.waitingMs());
    }

    private FirePlan plan(Schedule schedule, int room) {
      var plan =
          FirePlan.of(
              schedule.definition().timing(),
              schedule.name(),
              schedule.standing(),
              nowMs,
              schedules.formerLives(schedule),
              room);
      walked += plan.walked();
      return plan;
    }

    private void cancelFormer(Schedule schedule) {
      var former = books.tasks.get(schedule.progress().lastSequence());
      var reason = "the next run of schedule " + schedule.name() + " took its place";
      books.carryOut(former.cancel(reason, nowMs), out);
      if (former instanceof Task.Leased lease) {
        cancelled.accept(lease);
      }
    }

    private void backfill(int room) {
      var schedule = entry.schedule();
      var backfill = schedule.backfill();
      if (backfill == null) {
        return;
      }
      var timing = schedule.definition().timing();
      var left = backfill.count() - backfill.made();
      var planned = timing.upcoming(backfill.cursorMs(), Math.min(room, left));
      while (!planned.isEmpty() && planned.get(planned.size() - 1) > backfill.toMs()) {
        planned.remove(planned.size() - 1);
      }
      if (noRoomFor(planned.size(), schedule) != null) {
        planned = planned.subList(0, 1);
        full = noRoomFor(1, schedule) != null;
      }
      if (!full) {
        var last = planned.isEmpty() ? backfill.toMs() : planned.get(planned.size() - 1);
        // The zone may have other rules by now than when the instants were counted.
        var done = planned.size() == left || timing.next(last) > backfill.toMs();
        fire(
            schedule,
            Cause.BACKFILL,
            planned,
            0,
            done ? backfill.toMs() : last,
            schedule.progress().waitingMs());
      }
    }

    private void fire(
        Schedule schedule,
        Cause cause,
        List<Long> planned,
        long skipped,
        long afterMs,
        long waitingMs) {
      books.emit(
          new ScheduleEvent.Fired(
              schedule.number(),
              cause,
              planned.stream().mapToLong(Long::longValue).toArray(),
              planned.isEmpty() ? 0 : books.tasks.nextSequence,
              skipped,
              afterMs,
              waitingMs,
              "",
              nowMs),
          out);
      made += planned.size();
    }
  }

  private @Nullable Rejection noRoomFor(int count, Schedule schedule) {
    var profile = schedule.definition().profile();
    return count == 0 ? null : books.tasks.noRoomFor(count, count * schedule.taskBytes(), profile);
  }

  // ---- Answers

  private static Answer done(ScheduleBook.Entry entry) {
    return new Answer.Done(entry.schedule(), entry.schedule().definition(), entry.full());
  }

  private Answer done(String name, @Nullable ScheduleDefinition before) {
    var entry = schedules.find(name);
    if (entry == null) {
      throw new IllegalStateException("expected the schedule that was just set");
    }
    return new Answer.Done(entry.schedule(), before, entry.full());
  }

  private static Answer unknown(String name) {
    return refused(
        Rejection.Code.UNKNOWN_SCHEDULE, "expected a known schedule, got \"" + name + "\"");
  }

  private static Answer unknownRule(String why) {
    return refused(Rejection.Code.WRONG_STATE, why + ", which the node of its partition lacks");
  }

  private static Answer reused(String requestId) {
    return refused(
        Rejection.Code.REQUEST_ID_REUSED,
        "expected the same call under request id " + requestId + ", got another");
  }

  private static Answer refused(Rejection.Code code, String message) {
    return new Answer.Refused(new Rejection(code, message));
  }
}
