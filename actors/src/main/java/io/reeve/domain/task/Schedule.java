package io.reeve.domain.task;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.schedule.FirePlan;
import io.reeve.domain.schedule.ScheduleRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A schedule and where it stands. Immutable: each {@link ScheduleEvent} gives the next one.
 *
 * @param number names it within its partition for ever, also behind another one of the same name
 * @param version of the definition, from 1; each change of it is one more
 * @param createdAtMs when it was set first
 * @param setAtMs when the definition changed last
 * @param pause null: it is not paused
 * @param backfill null: none is in progress
 */
public record Schedule(
    long number,
    long version,
    ScheduleDefinition definition,
    long createdAtMs,
    long setAtMs,
    @Nullable Pause pause,
    Progress progress,
    @Nullable Backfill backfill) {

  /**
   * How far ahead of the clock a schedule may have answered instants: clocks that differ by less
   * fire nothing twice. What lies further ahead was answered by a clock that was wrong.
   */
  static final long AHEAD_MAX_MS = 86_400_000;

  /** Why a schedule makes no tasks but by hand, who said so, and since when. */
  public record Pause(String reason, String by, long sinceMs) {}

  /**
   * How far a schedule came.
   *
   * @param afterMs all planned instants up to this one are answered
   * @param runs tasks that it made by its rule
   * @param skipped planned instants that made no task
   * @param extraRuns tasks that it made by hand or for a backfill
   * @param lastPlannedMs planned instant of the last run by the rule; 0 before the first
   * @param lastSequence number of its task; 0 before the first
   * @param lastAtMs when it was made; 0 before the first
   * @param waitingMs planned instant that waits for the last run to end; 0: none waits
   */
  public record Progress(
      long afterMs,
      long runs,
      long skipped,
      long extraRuns,
      long lastPlannedMs,
      long lastSequence,
      long lastAtMs,
      long waitingMs) {

    /** Of a schedule that has to answer what comes behind {@code afterMs}. */
    static Progress from(long afterMs) {
      return new Progress(afterMs, 0, 0, 0, 0, 0, 0, 0);
    }

    Progress after(long otherMs) {
      return new Progress(
          otherMs, runs, skipped, extraRuns, lastPlannedMs, lastSequence, lastAtMs, waitingMs);
    }

    Progress extra(int more) {
      return new Progress(
          afterMs,
          runs,
          skipped,
          extraRuns + more,
          lastPlannedMs,
          lastSequence,
          lastAtMs,
          waitingMs);
    }
  }

  /**
   * Tasks are being made for a range of the past.
   *
   * @param fromMs the first instant of the range
   * @param toMs the last instant of the range
   * @param cursorMs all planned instants up to this one have their tasks
   * @param made tasks so far
   * @param count tasks in all
   */
  public record Backfill(long fromMs, long toMs, long cursorMs, int made, int count) {}

  public String name() {
    return definition.name();
  }

  /**
   * Up to which instant all planned ones are answered once the definition is changed. Those of
   * another rule begin now, and so do those of one that had ended: what was due before is not made
   * up for. Another end or bound leaves what is due as it is.
   */
  public long answeredFor(ScheduleDefinition changed, long nowMs) {
    var old = definition.timing();
    var timing = changed.timing();
    var goesOn = old.rule().equals(timing.rule()) && old.startMs() == timing.startMs() && !ended();
    var afterMs = progress.afterMs();
    return isFarAhead(nowMs) || (!goesOn && nowMs > afterMs) ? nowMs : afterMs;
  }

  /** Whether a wrong clock led it far ahead, so that it would not make a task for long. */
  public boolean isFarAhead(long nowMs) {
    return progress.afterMs() - AHEAD_MAX_MS > nowMs;
  }

  /** Its bytes, as far as clients decide how many they are. */
  public int bytes() {
    return definition.bytes()
        + (pause == null ? 0 : 2 * (pause.reason().length() + pause.by().length()));
  }

  /** Bytes of one of its tasks, at most. */
  public long taskBytes() {
    return (long) definition.template().length + PlannedSpec.bytesMax(name());
  }

  /** The planned instant that comes next; {@link ScheduleRule#NEVER} when none does. */
  public long nextMs() {
    return runsLeft() > 0 ? definition.timing().next(progress.afterMs()) : ScheduleRule.NEVER;
  }

  /** Whether the rule makes no more tasks, be it paused or not. */
  public boolean ended() {
    return progress.waitingMs() == 0
        && nextMs() == ScheduleRule.NEVER
        && unknownBecause().isEmpty();
  }

  /** Why this process cannot tell its instants; empty when it can. */
  public String unknownBecause() {
    return definition.timing().rule() instanceof ScheduleRule.Unknown rule ? rule.why() : "";
  }

  /**
   * Whether it makes tasks by its rule and for a backfill: nobody paused it, and its rule is known.
   */
  public boolean active() {
    return pause == null && unknownBecause().isEmpty();
  }

  /**
   * The planned instants of the runs that come next, as if it were not paused.
   *
   * @param count of them, at most
   */
  public List<Long> nextRuns(int count, long nowMs) {
    var most = (int) Math.max(0, Math.min(count, runsLeft()));
    return definition.timing().upcoming(Math.max(progress.afterMs(), nowMs), most);
  }

  /** Where it stands, for a {@link FirePlan}. */
  public FirePlan.Standing standing() {
    return new FirePlan.Standing(
        progress.afterMs(), progress.runs(), progress.lastAtMs(), progress.waitingMs());
  }

  /** When something happened to it last; meant for a schedule that has ended. */
  public long lastEventAtMs() {
    var lastMs = Math.max(setAtMs, Math.max(progress.lastAtMs(), progress.afterMs()));
    return TimeBounds.instant(pause == null ? lastMs : Math.max(lastMs, pause.sinceMs()));
  }

  /** Runs that the bound leaves, those that wait not counted. */
  private long runsLeft() {
    var max = definition.timing().runsMax();
    var taken = progress.runs() + (progress.waitingMs() == 0 ? 0 : 1);
    return max == 0 ? Long.MAX_VALUE : Math.max(0, max - taken);
  }
}
