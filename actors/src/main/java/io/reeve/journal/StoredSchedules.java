package io.reeve.journal;

import com.google.protobuf.UnsafeByteOperations;
import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.schedule.ScheduleTiming;
import io.reeve.domain.task.Schedule;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.TaskProfile;
import io.reeve.journal.v1.ScheduleBackfilled;
import io.reeve.journal.v1.ScheduleFired;
import io.reeve.journal.v1.SchedulePaused;
import io.reeve.journal.v1.ScheduleResumed;
import io.reeve.journal.v1.ScheduleSet;
import io.reeve.journal.v1.SnapshotSchedule;
import io.reeve.journal.v1.StoredSchedule;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Schedules and their events, to the messages of rows and snapshots and back. */
final class StoredSchedules {

  private StoredSchedules() {}

  // ---- Events ----------------------------------------------------------------------------------

  static ScheduleSet stored(ScheduleEvent.Set event, ProfileTable profiles) {
    return ScheduleSet.newBuilder()
        .setNumber(event.number())
        .setVersion(event.version())
        .setDefinition(stored(event.definition(), profiles))
        .setAfterMs(event.afterMs())
        .setAtMs(event.atMs())
        .build();
  }

  static ScheduleEvent.Set eventOf(ScheduleSet stored, IntFunction<TaskProfile> profiles) {
    StoredValues.requireKnown(stored);
    return new ScheduleEvent.Set(
        stored.getNumber(),
        stored.getVersion(),
        definitionOf(stored.getDefinition(), profiles),
        stored.getAfterMs(),
        stored.getAtMs());
  }

  static SchedulePaused stored(ScheduleEvent.Paused event) {
    return SchedulePaused.newBuilder()
        .setNumber(event.number())
        .setReason(event.reason())
        .setBy(event.by())
        .setAtMs(event.atMs())
        .build();
  }

  static ScheduleEvent.Paused eventOf(SchedulePaused stored) {
    StoredValues.requireKnown(stored);
    return new ScheduleEvent.Paused(
        stored.getNumber(), stored.getReason(), stored.getBy(), stored.getAtMs());
  }

  static ScheduleResumed stored(ScheduleEvent.Resumed event) {
    return ScheduleResumed.newBuilder().setNumber(event.number()).setAtMs(event.atMs()).build();
  }

  static ScheduleEvent.Resumed eventOf(ScheduleResumed stored) {
    StoredValues.requireKnown(stored);
    return new ScheduleEvent.Resumed(stored.getNumber(), stored.getAtMs());
  }

  static ScheduleFired stored(ScheduleEvent.Fired event) {
    var stored =
        ScheduleFired.newBuilder()
            .setNumber(event.number())
            .setCause(numberOf(event.cause()))
            .setFirstSequence(event.firstSequence())
            .setSkipped(event.skipped())
            .setAfterMs(event.afterMs())
            .setWaitingMs(event.waitingMs())
            .setRequestId(event.requestId())
            .setAtMs(event.atMs());
    for (var planned : event.plannedMs()) {
      stored.addPlannedMs(planned);
    }
    return stored.build();
  }

  static ScheduleEvent.Fired eventOf(ScheduleFired stored) {
    StoredValues.requireKnown(stored);
    return new ScheduleEvent.Fired(
        stored.getNumber(),
        causeOf(stored.getCause()),
        stored.getPlannedMsList().stream().mapToLong(Long::longValue).toArray(),
        stored.getFirstSequence(),
        stored.getSkipped(),
        stored.getAfterMs(),
        stored.getWaitingMs(),
        stored.getRequestId(),
        stored.getAtMs());
  }

  static ScheduleBackfilled stored(ScheduleEvent.Backfilled event) {
    return ScheduleBackfilled.newBuilder()
        .setNumber(event.number())
        .setRequestId(event.requestId())
        .setFromMs(event.fromMs())
        .setToMs(event.toMs())
        .setCount(event.count())
        .setAtMs(event.atMs())
        .build();
  }

  static ScheduleEvent.Backfilled eventOf(ScheduleBackfilled stored) {
    StoredValues.requireKnown(stored);
    return new ScheduleEvent.Backfilled(
        stored.getNumber(),
        stored.getRequestId(),
        stored.getFromMs(),
        stored.getToMs(),
        stored.getCount(),
        stored.getAtMs());
  }

  // ---- Snapshots -------------------------------------------------------------------------------

  static SnapshotSchedule stored(Schedule schedule, ProfileTable profiles) {
    var progress = schedule.progress();
    var stored =
        SnapshotSchedule.newBuilder()
            .setNumber(schedule.number())
            .setVersion(schedule.version())
            .setDefinition(stored(schedule.definition(), profiles))
            .setCreatedAtMs(schedule.createdAtMs())
            .setSetAtMs(schedule.setAtMs())
            .setAfterMs(progress.afterMs())
            .setRuns(progress.runs())
            .setSkipped(progress.skipped())
            .setExtraRuns(progress.extraRuns())
            .setLastPlannedMs(progress.lastPlannedMs())
            .setLastSequence(progress.lastSequence())
            .setLastAtMs(progress.lastAtMs())
            .setWaitingMs(progress.waitingMs());
    var pause = schedule.pause();
    if (pause != null) {
      stored.setPause(
          SchedulePaused.newBuilder()
              .setReason(pause.reason())
              .setBy(pause.by())
              .setAtMs(pause.sinceMs()));
    }
    var backfill = schedule.backfill();
    if (backfill != null) {
      stored
          .setBackfill(
              ScheduleBackfilled.newBuilder()
                  .setFromMs(backfill.fromMs())
                  .setToMs(backfill.toMs())
                  .setCount(backfill.count()))
          .setBackfillCursorMs(backfill.cursorMs())
          .setBackfillMade(backfill.made());
    }
    return stored.build();
  }

  static Schedule scheduleOf(SnapshotSchedule stored, IntFunction<TaskProfile> profiles) {
    StoredValues.requireKnown(stored);
    return new Schedule(
        stored.getNumber(),
        stored.getVersion(),
        definitionOf(stored.getDefinition(), profiles),
        stored.getCreatedAtMs(),
        stored.getSetAtMs(),
        pauseOf(stored),
        new Schedule.Progress(
            stored.getAfterMs(),
            stored.getRuns(),
            stored.getSkipped(),
            stored.getExtraRuns(),
            stored.getLastPlannedMs(),
            stored.getLastSequence(),
            stored.getLastAtMs(),
            stored.getWaitingMs()),
        backfillOf(stored));
  }

  private static Schedule.@Nullable Pause pauseOf(SnapshotSchedule stored) {
    var pause = stored.getPause();
    StoredValues.requireKnown(pause);
    return stored.hasPause()
        ? new Schedule.Pause(pause.getReason(), pause.getBy(), pause.getAtMs())
        : null;
  }

  private static Schedule.@Nullable Backfill backfillOf(SnapshotSchedule stored) {
    var backfill = stored.getBackfill();
    StoredValues.requireKnown(backfill);
    return stored.hasBackfill()
        ? new Schedule.Backfill(
            backfill.getFromMs(),
            backfill.getToMs(),
            stored.getBackfillCursorMs(),
            stored.getBackfillMade(),
            backfill.getCount())
        : null;
  }

  // ---- Definitions -----------------------------------------------------------------------------

  private static StoredSchedule stored(ScheduleDefinition definition, ProfileTable profiles) {
    var timing = definition.timing();
    var missed = timing.missed();
    var stored =
        StoredSchedule.newBuilder()
            .setName(definition.name())
            .setStartMs(timing.startMs())
            .setEndMs(timing.endMs())
            .setJitterMs(timing.jitterMs())
            .setRunsMax(timing.runsMax())
            .setMissed(numberOf(missed.policy()))
            .setMissedLimit(missed.policy() == Missed.Policy.ALL ? missed.limit() : 0)
            .setOverlap(numberOf(timing.overlap()))
            .setProfile(profiles.indexOf(definition.profile()))
            .setTemplate(UnsafeByteOperations.unsafeWrap(definition.template()));
    var rule = timing.rule();
    if (rule instanceof ScheduleRule.Cron cron) {
      stored.setCron(cron.expression().toString()).setZone(cron.zone().getId());
    } else if (rule instanceof ScheduleRule.Unknown unknown) {
      stored.setCron(unknown.expression()).setZone(unknown.zone());
    } else if (rule instanceof ScheduleRule.Interval interval) {
      stored.setEveryMs(interval.everyMs()).setAnchorMs(interval.anchorMs());
    } else if (rule instanceof ScheduleRule.Dates dates) {
      for (var instant : dates.instantsMs()) {
        stored.addDatesMs(instant);
      }
    }
    return stored.build();
  }

  private static ScheduleDefinition definitionOf(
      StoredSchedule stored, IntFunction<TaskProfile> profiles) {
    StoredValues.requireKnown(stored);
    try {
      return new ScheduleDefinition(
          stored.getName(),
          new ScheduleTiming(
              ruleOf(stored),
              stored.getStartMs(),
              stored.getEndMs(),
              stored.getJitterMs(),
              stored.getRunsMax(),
              missedOf(stored.getMissed(), stored.getMissedLimit()),
              overlapOf(stored.getOverlap())),
          profiles.apply(stored.getProfile()),
          stored.getTemplate().toByteArray());
    } catch (IllegalArgumentException e) {
      throw new UnreadableJournalException(
          "expected a schedule that was taken in, got another: " + e.getMessage(), e);
    }
  }

  private static ScheduleRule ruleOf(StoredSchedule stored) {
    if (!stored.getCron().isEmpty()) {
      return ScheduleRule.taken(stored.getCron(), stored.getZone());
    }
    return stored.getEveryMs() != 0
        ? new ScheduleRule.Interval(stored.getEveryMs(), stored.getAnchorMs())
        : new ScheduleRule.Dates(
            stored.getDatesMsList().stream().mapToLong(Long::longValue).toArray());
  }

  private static int numberOf(ScheduleEvent.Cause cause) {
    return switch (cause) {
      case RULE -> 0;
      case BY_HAND -> 1;
      case BACKFILL -> 2;
    };
  }

  private static ScheduleEvent.Cause causeOf(int number) {
    return switch (number) {
      case 0 -> ScheduleEvent.Cause.RULE;
      case 1 -> ScheduleEvent.Cause.BY_HAND;
      case 2 -> ScheduleEvent.Cause.BACKFILL;
      default -> throw StoredValues.unknown("cause of a run", number);
    };
  }

  private static int numberOf(Missed.Policy policy) {
    return switch (policy) {
      case NONE -> 0;
      case ONCE -> 1;
      case ALL -> 2;
    };
  }

  private static Missed missedOf(int number, int limit) {
    return switch (number) {
      case 0 -> Missed.NONE;
      case 1 -> Missed.ONCE;
      case 2 -> Missed.all(limit);
      default -> throw StoredValues.unknown("policy for missed runs", number);
    };
  }

  private static int numberOf(Overlap overlap) {
    return switch (overlap) {
      case SKIP -> 0;
      case QUEUE_ONE -> 1;
      case PARALLEL -> 2;
      case CANCEL -> 3;
    };
  }

  private static Overlap overlapOf(int number) {
    return switch (number) {
      case 0 -> Overlap.SKIP;
      case 1 -> Overlap.QUEUE_ONE;
      case 2 -> Overlap.PARALLEL;
      case 3 -> Overlap.CANCEL;
      default -> throw StoredValues.unknown("policy for runs that overlap", number);
    };
  }
}
