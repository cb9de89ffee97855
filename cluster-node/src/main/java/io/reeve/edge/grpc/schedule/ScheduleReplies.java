package io.reeve.edge.grpc.schedule;

import com.google.protobuf.InvalidProtocolBufferException;
import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.task.Schedule.Progress;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.domain.task.TaskId;
import io.reeve.edge.calls.ScheduleCalls.Upcoming;
import io.reeve.edge.calls.WireTime;
import io.reeve.partition.ScheduleView;
import io.reeve.partition.Schedules;
import io.reeve.v1.CronRule;
import io.reeve.v1.DatesRule;
import io.reeve.v1.IntervalRule;
import io.reeve.v1.MissedPolicy;
import io.reeve.v1.NextRunsResponse;
import io.reeve.v1.OverlapPolicy;
import io.reeve.v1.Schedule;
import io.reeve.v1.ScheduleBackfill;
import io.reeve.v1.ScheduleInstant;
import io.reeve.v1.SchedulePause;
import io.reeve.v1.ScheduleRun;
import io.reeve.v1.ScheduleState;
import io.reeve.v1.SetScheduleResponse;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.TriggerScheduleResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/** Puts schedules into the words of the public protocol. */
final class ScheduleReplies {

  private final LongSupplier nowMs;

  /**
   * @param nowMs milliseconds since the epoch
   */
  ScheduleReplies(LongSupplier nowMs) {
    this.nowMs = nowMs;
  }

  SetScheduleResponse set(Schedules.WasSet done) {
    var before = done.before();
    var response =
        SetScheduleResponse.newBuilder()
            .setSchedule(schedule(done.schedule()))
            .setCreated(before == null)
            .setChanged(done.changed());
    if (before != null) {
      response.setPrevious(definition(before));
    }
    return response.build();
  }

  TriggerScheduleResponse triggered(Schedules.Triggered done) {
    return TriggerScheduleResponse.newBuilder()
        .setTaskId(new TaskId(done.schedule().partition(), done.sequence()).toString())
        .setAlreadyTriggered(done.already())
        .setSchedule(schedule(done.schedule()))
        .build();
  }

  static NextRunsResponse upcoming(List<Upcoming> runs) {
    var response = NextRunsResponse.newBuilder();
    runs.forEach(run -> response.addRuns(instant(run.plannedMs(), run.dueMs())));
    return response.build();
  }

  Schedule schedule(ScheduleView view) {
    var schedule = view.schedule();
    var progress = schedule.progress();
    var answer =
        Schedule.newBuilder()
            .setName(schedule.name())
            .setId(view.id())
            .setVersion(schedule.version())
            .setDefinition(definition(schedule.definition()))
            .setState(state(schedule))
            .setCreatedAt(WireTime.instant(schedule.createdAtMs()))
            .setChangedAt(WireTime.instant(schedule.setAtMs()))
            .setRuns(progress.runs())
            .setSkipped(progress.skipped())
            .setExtraRuns(progress.extraRuns())
            .setWaitsForRoom(view.full());
    var next = nextMs(schedule);
    if (next != ScheduleRule.NEVER) {
      var timing = schedule.definition().timing();
      answer.setNext(instant(next, timing.dueAtMs(schedule.name(), next)));
    }
    if (progress.lastSequence() != 0) {
      answer.setLastRun(lastRun(view.partition(), progress));
    }
    if (progress.waitingMs() != 0) {
      answer.setWaitingAt(WireTime.instant(progress.waitingMs()));
    }
    addPause(answer, schedule);
    addBackfill(answer, schedule);
    return answer.build();
  }

  /** What a paused schedule has missed is not to come, so its next run lies ahead. */
  private long nextMs(io.reeve.domain.task.Schedule schedule) {
    if (schedule.pause() == null) {
      return schedule.nextMs();
    }
    var next = schedule.nextRuns(1, nowMs.getAsLong());
    return next.isEmpty() ? ScheduleRule.NEVER : next.get(0);
  }

  private static ScheduleState state(io.reeve.domain.task.Schedule schedule) {
    if (schedule.ended()) {
      return ScheduleState.SCHEDULE_STATE_ENDED;
    }
    return schedule.active()
        ? ScheduleState.SCHEDULE_STATE_ACTIVE
        : ScheduleState.SCHEDULE_STATE_PAUSED;
  }

  private static ScheduleRun lastRun(int partition, Progress progress) {
    return ScheduleRun.newBuilder()
        .setPlannedAt(WireTime.instant(progress.lastPlannedMs()))
        .setTaskId(new TaskId(partition, progress.lastSequence()).toString())
        .setMadeAt(WireTime.instant(progress.lastAtMs()))
        .build();
  }

  private static void addPause(Schedule.Builder answer, io.reeve.domain.task.Schedule schedule) {
    var pause = schedule.pause();
    if (pause != null) {
      answer.setPause(
          SchedulePause.newBuilder()
              .setReason(pause.reason())
              .setBy(pause.by())
              .setPausedAt(WireTime.instant(pause.sinceMs())));
    } else if (!schedule.active()) {
      answer.setPause(SchedulePause.newBuilder().setReason(schedule.unknownBecause()));
    }
  }

  private static void addBackfill(Schedule.Builder answer, io.reeve.domain.task.Schedule schedule) {
    var backfill = schedule.backfill();
    if (backfill != null) {
      answer.setBackfill(
          ScheduleBackfill.newBuilder()
              .setFrom(WireTime.instant(backfill.fromMs()))
              .setTo(WireTime.instant(backfill.toMs()))
              .setTasks(backfill.count())
              .setMade(backfill.made()));
    }
  }

  private static ScheduleInstant instant(long plannedMs, long dueMs) {
    return ScheduleInstant.newBuilder()
        .setPlannedAt(WireTime.instant(plannedMs))
        .setDueAt(WireTime.instant(dueMs))
        .build();
  }

  private static io.reeve.v1.ScheduleDefinition definition(ScheduleDefinition definition) {
    var timing = definition.timing();
    var answer = io.reeve.v1.ScheduleDefinition.newBuilder();
    addRule(answer, timing.rule());
    addMissed(answer, timing.missed());
    answer.setTemplate(template(definition.template()));
    answer.setOverlap(overlap(timing.overlap()));
    answer.setRunsMax(timing.runsMax());
    if (timing.startMs() != 0) {
      answer.setStart(WireTime.instant(timing.startMs()));
    }
    if (timing.endMs() != 0) {
      answer.setEnd(WireTime.instant(timing.endMs()));
    }
    if (timing.jitterMs() != 0) {
      answer.setJitter(WireTime.duration(Duration.ofMillis(timing.jitterMs())));
    }
    return answer.build();
  }

  private static void addRule(io.reeve.v1.ScheduleDefinition.Builder answer, ScheduleRule rule) {
    if (rule instanceof ScheduleRule.Cron cron) {
      answer.setCron(
          CronRule.newBuilder()
              .setExpression(cron.expression().toString())
              .setTimeZone(cron.zone().getId()));
    } else if (rule instanceof ScheduleRule.Unknown unknown) {
      answer.setCron(
          CronRule.newBuilder().setExpression(unknown.expression()).setTimeZone(unknown.zone()));
    } else if (rule instanceof ScheduleRule.Interval interval) {
      answer.setInterval(
          IntervalRule.newBuilder()
              .setEvery(WireTime.duration(Duration.ofMillis(interval.everyMs())))
              .setAnchor(WireTime.instant(interval.anchorMs())));
    } else if (rule instanceof ScheduleRule.Dates dates) {
      var instants = DatesRule.newBuilder();
      for (var at : dates.instantsMs()) {
        instants.addDates(WireTime.instant(at));
      }
      answer.setDates(instants);
    }
  }

  private static void addMissed(io.reeve.v1.ScheduleDefinition.Builder answer, Missed missed) {
    switch (missed.policy()) {
      case NONE -> answer.setMissed(MissedPolicy.MISSED_POLICY_NONE);
      case ONCE -> answer.setMissed(MissedPolicy.MISSED_POLICY_ONCE);
      case ALL -> answer.setMissed(MissedPolicy.MISSED_POLICY_ALL).setMissedLimit(missed.limit());
    }
  }

  private static OverlapPolicy overlap(Overlap overlap) {
    return switch (overlap) {
      case SKIP -> OverlapPolicy.OVERLAP_POLICY_SKIP;
      case QUEUE_ONE -> OverlapPolicy.OVERLAP_POLICY_QUEUE_ONE;
      case PARALLEL -> OverlapPolicy.OVERLAP_POLICY_PARALLEL;
      case CANCEL -> OverlapPolicy.OVERLAP_POLICY_CANCEL;
    };
  }

  private static TaskSpec template(byte[] template) {
    try {
      return TaskSpec.parseFrom(template);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a stored template is not readable", e);
    }
  }
}
