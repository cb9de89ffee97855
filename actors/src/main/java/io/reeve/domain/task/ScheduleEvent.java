package io.reeve.domain.task;

import io.reeve.domain.task.Schedule.Backfill;
import io.reeve.domain.task.Schedule.Pause;
import io.reeve.domain.task.Schedule.Progress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A fact about one schedule, with every value that was decided when it happened. As with a {@link
 * TaskEvent}, applying it decides nothing.
 */
public sealed interface ScheduleEvent extends PartitionEvent {

  /** Of the schedule within its partition. */
  long number();

  /** When it happened, in milliseconds since the epoch. */
  long atMs();

  /**
   * The schedule after this event; null when there is none any more.
   *
   * @param before null: it is new
   */
  @Nullable Schedule applyTo(@Nullable Schedule before);

  /** Calls the method of the visitor that is for this kind of event. */
  <R> R acceptKind(Visitor<R> visitor);

  @Override
  default <R> R accept(PartitionEvent.Visitor<R> visitor) {
    return visitor.scheduleChanged(this);
  }

  /** One method for each kind of event of one schedule. */
  interface Visitor<R> {

    R set(Set event);

    R deleted(Deleted event);

    R paused(Paused event);

    R resumed(Resumed event);

    R fired(Fired event);

    R backfilled(Backfilled event);
  }

  /** A client set the schedule: made it, or changed its definition. */
  record Set(long number, long version, ScheduleDefinition definition, long afterMs, long atMs)
      implements ScheduleEvent {
    @Override
    public Schedule applyTo(@Nullable Schedule before) {
      return before == null
          ? new Schedule(
              number, version, definition, atMs, atMs, null, Progress.from(afterMs), null)
          : new Schedule(
              number,
              version,
              definition,
              before.createdAtMs(),
              atMs,
              before.pause(),
              before.progress().after(afterMs),
              before.backfill());
    }

    @Override
    public <R> R acceptKind(Visitor<R> visitor) {
      return visitor.set(this);
    }
  }

  /** A client deleted the schedule, or it ended long ago. Its tasks stay. */
  record Deleted(long number, long atMs) implements ScheduleEvent {
    @Override
    public @Nullable Schedule applyTo(@Nullable Schedule before) {
      return null;
    }

    @Override
    public <R> R acceptKind(Visitor<R> visitor) {
      return visitor.deleted(this);
    }
  }

  /** From here on the schedule makes no tasks but by hand. */
  record Paused(long number, String reason, String by, long atMs) implements ScheduleEvent {
    @Override
    public Schedule applyTo(@Nullable Schedule before) {
      return with(known(before), new Pause(reason, by, atMs));
    }

    @Override
    public <R> R acceptKind(Visitor<R> visitor) {
      return visitor.paused(this);
    }
  }

  /** The pause is over. What was missed is dealt with as the definition says. */
  record Resumed(long number, long atMs) implements ScheduleEvent {
    @Override
    public Schedule applyTo(@Nullable Schedule before) {
      return with(known(before), null);
    }

    @Override
    public <R> R acceptKind(Visitor<R> visitor) {
      return visitor.resumed(this);
    }
  }

  /**
   * The schedule moved on and made tasks, one for each planned instant, all in one event: so none
   * is made twice and none is forgotten, whatever crashes. The specifications follow from the
   * template that the schedule has at this place of the journal.
   *
   * @param plannedMs in order; may be empty; shared, never changed
   * @param firstSequence of the tasks, which have consecutive numbers; 0 without tasks
   * @param skipped planned instants that were answered without a task
   * @param afterMs where the rule or the backfill stands after it; 0 by hand
   * @param waitingMs planned instant that waits for the last run to end; 0: none
   * @param requestId of the client that asked for a run by hand; may be empty
   */
  record Fired(
      long number,
      Cause cause,
      long[] plannedMs,
      long firstSequence,
      long skipped,
      long afterMs,
      long waitingMs,
      String requestId,
      long atMs)
      implements ScheduleEvent {
    @Override
    public Schedule applyTo(@Nullable Schedule before) {
      var schedule = known(before);
      var progress = schedule.progress();
      return switch (cause) {
        case RULE -> with(schedule, moved(progress), schedule.backfill());
        case BY_HAND -> with(schedule, progress.extra(plannedMs.length), schedule.backfill());
        case BACKFILL ->
            with(schedule, progress.extra(plannedMs.length), moved(schedule.backfill()));
      };
    }

    private Progress moved(Progress before) {
      var count = plannedMs.length;
      return new Progress(
          afterMs,
          before.runs() + count,
          before.skipped() + skipped,
          before.extraRuns(),
          count == 0 ? before.lastPlannedMs() : plannedMs[count - 1],
          count == 0 ? before.lastSequence() : firstSequence + count - 1,
          count == 0 ? before.lastAtMs() : atMs,
          waitingMs);
    }

    private @Nullable Backfill moved(@Nullable Backfill before) {
      return before == null || afterMs >= before.toMs()
          ? null
          : new Backfill(
              before.fromMs(),
              before.toMs(),
              afterMs,
              before.made() + plannedMs.length,
              before.count());
    }

    @Override
    public <R> R acceptKind(Visitor<R> visitor) {
      return visitor.fired(this);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Fired fired
          && number == fired.number
          && cause == fired.cause
          && Arrays.equals(plannedMs, fired.plannedMs)
          && firstSequence == fired.firstSequence
          && skipped == fired.skipped
          && afterMs == fired.afterMs
          && waitingMs == fired.waitingMs
          && requestId.equals(fired.requestId)
          && atMs == fired.atMs;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(number * 31 + atMs);
    }
  }

  /** What made a schedule fire. */
  enum Cause {
    RULE,
    BY_HAND,
    BACKFILL
  }

  /**
   * A client asked for the tasks of a range of the past, or took that back.
   *
   * @param count planned instants in the range; 0: the backfill in progress ends
   */
  record Backfilled(long number, String requestId, long fromMs, long toMs, int count, long atMs)
      implements ScheduleEvent {
    @Override
    public Schedule applyTo(@Nullable Schedule before) {
      var schedule = known(before);
      return with(
          schedule,
          schedule.progress(),
          count == 0 ? null : new Backfill(fromMs, toMs, Math.max(0, fromMs - 1), 0, count));
    }

    @Override
    public <R> R acceptKind(Visitor<R> visitor) {
      return visitor.backfilled(this);
    }
  }

  private static Schedule known(@Nullable Schedule before) {
    if (before == null) {
      throw new IllegalStateException("expected an event of a schedule that is set");
    }
    return before;
  }

  private static Schedule with(Schedule before, @Nullable Pause pause) {
    return new Schedule(
        before.number(),
        before.version(),
        before.definition(),
        before.createdAtMs(),
        before.setAtMs(),
        pause,
        before.progress(),
        before.backfill());
  }

  private static Schedule with(Schedule before, Progress progress, @Nullable Backfill backfill) {
    return new Schedule(
        before.number(),
        before.version(),
        before.definition(),
        before.createdAtMs(),
        before.setAtMs(),
        before.pause(),
        progress,
        backfill);
  }
}
