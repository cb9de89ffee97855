package io.reeve.wire;

import com.google.protobuf.UnsafeByteOperations;
import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.schedule.ScheduleTiming;
import io.reeve.domain.task.Schedule;
import io.reeve.partition.ScheduleView;
import io.reeve.partition.Schedules;
import io.reeve.wire.v1.BackfillSchedule;
import io.reeve.wire.v1.DeleteSchedule;
import io.reeve.wire.v1.GetSchedule;
import io.reeve.wire.v1.ListSchedules;
import io.reeve.wire.v1.PauseSchedule;
import io.reeve.wire.v1.ResumeSchedule;
import io.reeve.wire.v1.ScheduleDefinition;
import io.reeve.wire.v1.ScheduleIs;
import io.reeve.wire.v1.ScheduleTriggered;
import io.reeve.wire.v1.ScheduleWasSet;
import io.reeve.wire.v1.SchedulesListed;
import io.reeve.wire.v1.SetSchedule;
import io.reeve.wire.v1.StopBackfill;
import io.reeve.wire.v1.TriggerSchedule;
import java.util.ArrayList;
import java.util.List;

/** Calls about schedules and their replies, as {@code schedules.proto} has them. */
final class SchedulesCodec {

  private final Refs refs;

  private SchedulesCodec(Refs refs) {
    this.refs = refs;
  }

  static List<Form<?, ?>> forms(Refs refs) {
    var codec = new SchedulesCodec(refs);
    return List.of(
        new Form<>(
            "set-schedule", Schedules.Set.class, codec::write, SetSchedule.parser(), codec::read),
        new Form<>(
            "get-schedule", Schedules.Get.class, codec::write, GetSchedule.parser(), codec::read),
        new Form<>(
            "list-schedules",
            Schedules.ListSchedules.class,
            codec::write,
            ListSchedules.parser(),
            codec::read),
        new Form<>(
            "pause-schedule",
            Schedules.Pause.class,
            codec::write,
            PauseSchedule.parser(),
            codec::read),
        new Form<>(
            "resume-schedule",
            Schedules.Resume.class,
            codec::write,
            ResumeSchedule.parser(),
            codec::read),
        new Form<>(
            "trigger-schedule",
            Schedules.Trigger.class,
            codec::write,
            TriggerSchedule.parser(),
            codec::read),
        new Form<>(
            "delete-schedule",
            Schedules.Delete.class,
            codec::write,
            DeleteSchedule.parser(),
            codec::read),
        new Form<>(
            "backfill-schedule",
            Schedules.Backfill.class,
            codec::write,
            BackfillSchedule.parser(),
            codec::read),
        new Form<>(
            "stop-backfill",
            Schedules.StopBackfill.class,
            codec::write,
            StopBackfill.parser(),
            codec::read),
        new Form<>(
            "schedule-is",
            Schedules.Is.class,
            SchedulesCodec::write,
            ScheduleIs.parser(),
            SchedulesCodec::read),
        new Form<>(
            "schedule-was-set",
            Schedules.WasSet.class,
            SchedulesCodec::write,
            ScheduleWasSet.parser(),
            SchedulesCodec::read),
        new Form<>(
            "schedule-triggered",
            Schedules.Triggered.class,
            SchedulesCodec::write,
            ScheduleTriggered.parser(),
            SchedulesCodec::read),
        new Form<>(
            "schedules-listed",
            Schedules.Listed.class,
            SchedulesCodec::write,
            SchedulesListed.parser(),
            SchedulesCodec::read));
  }

  // ---- Calls -----------------------------------------------------------------------------------

  private SetSchedule write(Schedules.Set set) {
    return SetSchedule.newBuilder()
        .setDefinition(write(set.definition()))
        .setExpectedVersion(set.expectedVersion())
        .setMayCreate(set.mayCreate())
        .setReplyTo(refs.write(set.replyTo()))
        .build();
  }

  private Schedules.Set read(SetSchedule written) throws UnreadableMessageException {
    return new Schedules.Set(
        read(written.getDefinition()),
        written.getExpectedVersion(),
        written.getMayCreate(),
        refs.read(written.getReplyTo()));
  }

  private GetSchedule write(Schedules.Get get) {
    return GetSchedule.newBuilder()
        .setName(get.name())
        .setReplyTo(refs.write(get.replyTo()))
        .build();
  }

  private Schedules.Get read(GetSchedule written) throws UnreadableMessageException {
    return new Schedules.Get(written.getName(), refs.read(written.getReplyTo()));
  }

  private ListSchedules write(Schedules.ListSchedules list) {
    return ListSchedules.newBuilder()
        .setAfter(list.after())
        .setPrefix(list.prefix())
        .setPageSize(list.pageSize())
        .setBytesMax(list.bytesMax())
        .setOmitBytes(list.omitBytes())
        .setReplyTo(refs.write(list.replyTo()))
        .build();
  }

  private Schedules.ListSchedules read(ListSchedules written) throws UnreadableMessageException {
    return new Schedules.ListSchedules(
        written.getAfter(),
        written.getPrefix(),
        written.getPageSize(),
        written.getBytesMax(),
        written.getOmitBytes(),
        refs.read(written.getReplyTo()));
  }

  private PauseSchedule write(Schedules.Pause pause) {
    return PauseSchedule.newBuilder()
        .setName(pause.name())
        .setReason(pause.reason())
        .setBy(pause.by())
        .setReplyTo(refs.write(pause.replyTo()))
        .build();
  }

  private Schedules.Pause read(PauseSchedule written) throws UnreadableMessageException {
    return new Schedules.Pause(
        written.getName(), written.getReason(), written.getBy(), refs.read(written.getReplyTo()));
  }

  private ResumeSchedule write(Schedules.Resume resume) {
    return ResumeSchedule.newBuilder()
        .setName(resume.name())
        .setReplyTo(refs.write(resume.replyTo()))
        .build();
  }

  private Schedules.Resume read(ResumeSchedule written) throws UnreadableMessageException {
    return new Schedules.Resume(written.getName(), refs.read(written.getReplyTo()));
  }

  private TriggerSchedule write(Schedules.Trigger trigger) {
    return TriggerSchedule.newBuilder()
        .setName(trigger.name())
        .setRequestId(trigger.requestId())
        .setReplyTo(refs.write(trigger.replyTo()))
        .build();
  }

  private Schedules.Trigger read(TriggerSchedule written) throws UnreadableMessageException {
    return new Schedules.Trigger(
        written.getName(), written.getRequestId(), refs.read(written.getReplyTo()));
  }

  private DeleteSchedule write(Schedules.Delete delete) {
    return DeleteSchedule.newBuilder()
        .setName(delete.name())
        .setReplyTo(refs.write(delete.replyTo()))
        .build();
  }

  private Schedules.Delete read(DeleteSchedule written) throws UnreadableMessageException {
    return new Schedules.Delete(written.getName(), refs.read(written.getReplyTo()));
  }

  private BackfillSchedule write(Schedules.Backfill backfill) {
    return BackfillSchedule.newBuilder()
        .setName(backfill.name())
        .setRequestId(backfill.requestId())
        .setFromMs(backfill.fromMs())
        .setToMs(backfill.toMs())
        .setReplyTo(refs.write(backfill.replyTo()))
        .build();
  }

  private Schedules.Backfill read(BackfillSchedule written) throws UnreadableMessageException {
    return new Schedules.Backfill(
        written.getName(),
        written.getRequestId(),
        written.getFromMs(),
        written.getToMs(),
        refs.read(written.getReplyTo()));
  }

  private StopBackfill write(Schedules.StopBackfill stop) {
    return StopBackfill.newBuilder()
        .setName(stop.name())
        .setReplyTo(refs.write(stop.replyTo()))
        .build();
  }

  private Schedules.StopBackfill read(StopBackfill written) throws UnreadableMessageException {
    return new Schedules.StopBackfill(written.getName(), refs.read(written.getReplyTo()));
  }

  // ---- Replies ---------------------------------------------------------------------------------

  private static ScheduleIs write(Schedules.Is is) {
    return ScheduleIs.newBuilder().setSchedule(write(is.schedule())).build();
  }

  private static Schedules.Is read(ScheduleIs written) throws UnreadableMessageException {
    return new Schedules.Is(read(written.getSchedule()));
  }

  private static ScheduleWasSet write(Schedules.WasSet set) {
    var written =
        ScheduleWasSet.newBuilder().setSchedule(write(set.schedule())).setChanged(set.changed());
    if (set.before() != null) {
      written.setBefore(write(set.before()));
    }
    return written.build();
  }

  private static Schedules.WasSet read(ScheduleWasSet written) throws UnreadableMessageException {
    return new Schedules.WasSet(
        read(written.getSchedule()),
        written.hasBefore() ? read(written.getBefore()) : null,
        written.getChanged());
  }

  private static ScheduleTriggered write(Schedules.Triggered triggered) {
    return ScheduleTriggered.newBuilder()
        .setSchedule(write(triggered.schedule()))
        .setSequence(triggered.sequence())
        .setAlready(triggered.already())
        .build();
  }

  private static Schedules.Triggered read(ScheduleTriggered written)
      throws UnreadableMessageException {
    return new Schedules.Triggered(
        read(written.getSchedule()), written.getSequence(), written.getAlready());
  }

  private static SchedulesListed write(Schedules.Listed listed) {
    var written = SchedulesListed.newBuilder().setNext(listed.next());
    listed.schedules().forEach(schedule -> written.addSchedules(write(schedule)));
    return written.build();
  }

  private static Schedules.Listed read(SchedulesListed written) throws UnreadableMessageException {
    var schedules = new ArrayList<ScheduleView>(written.getSchedulesCount());
    for (var schedule : written.getSchedulesList()) {
      schedules.add(read(schedule));
    }
    return new Schedules.Listed(schedules, written.getNext());
  }

  // ---- Schedules as readers see them -----------------------------------------------------------

  private static io.reeve.wire.v1.ScheduleView write(ScheduleView view) {
    var schedule = view.schedule();
    var progress = schedule.progress();
    var written =
        io.reeve.wire.v1.ScheduleView.newBuilder()
            .setPartition(view.partition())
            .setNumber(schedule.number())
            .setVersion(schedule.version())
            .setDefinition(write(schedule.definition()))
            .setCreatedAtMs(schedule.createdAtMs())
            .setSetAtMs(schedule.setAtMs())
            .setAfterMs(progress.afterMs())
            .setRuns(progress.runs())
            .setSkipped(progress.skipped())
            .setExtraRuns(progress.extraRuns())
            .setLastPlannedMs(progress.lastPlannedMs())
            .setLastSequence(progress.lastSequence())
            .setLastAtMs(progress.lastAtMs())
            .setWaitingMs(progress.waitingMs())
            .setFull(view.full());
    var pause = schedule.pause();
    if (pause != null) {
      written.setPause(
          io.reeve.wire.v1.ScheduleView.Pause.newBuilder()
              .setReason(pause.reason())
              .setBy(pause.by())
              .setSinceMs(pause.sinceMs()));
    }
    var backfill = schedule.backfill();
    if (backfill != null) {
      written.setBackfill(
          io.reeve.wire.v1.ScheduleView.Progress.newBuilder()
              .setFromMs(backfill.fromMs())
              .setToMs(backfill.toMs())
              .setCursorMs(backfill.cursorMs())
              .setMade(backfill.made())
              .setCount(backfill.count()));
    }
    return written.build();
  }

  private static ScheduleView read(io.reeve.wire.v1.ScheduleView written)
      throws UnreadableMessageException {
    var pause = written.getPause();
    var backfill = written.getBackfill();
    return new ScheduleView(
        written.getPartition(),
        new Schedule(
            written.getNumber(),
            written.getVersion(),
            read(written.getDefinition()),
            written.getCreatedAtMs(),
            written.getSetAtMs(),
            written.hasPause()
                ? new Schedule.Pause(pause.getReason(), pause.getBy(), pause.getSinceMs())
                : null,
            new Schedule.Progress(
                written.getAfterMs(),
                written.getRuns(),
                written.getSkipped(),
                written.getExtraRuns(),
                written.getLastPlannedMs(),
                written.getLastSequence(),
                written.getLastAtMs(),
                written.getWaitingMs()),
            written.hasBackfill()
                ? new Schedule.Backfill(
                    backfill.getFromMs(),
                    backfill.getToMs(),
                    backfill.getCursorMs(),
                    backfill.getMade(),
                    backfill.getCount())
                : null),
        written.getFull());
  }

  // ---- Definitions -----------------------------------------------------------------------------

  private static ScheduleDefinition write(io.reeve.domain.task.ScheduleDefinition definition) {
    var timing = definition.timing();
    var missed = timing.missed();
    var written =
        ScheduleDefinition.newBuilder()
            .setName(definition.name())
            .setStartMs(timing.startMs())
            .setEndMs(timing.endMs())
            .setJitterMs(timing.jitterMs())
            .setRunsMax(timing.runsMax())
            .setMissed(numberOf(missed.policy()))
            .setMissedLimit(missed.policy() == Missed.Policy.ALL ? missed.limit() : 0)
            .setOverlap(numberOf(timing.overlap()))
            .setProfile(Values.written(definition.profile()))
            .setTemplate(UnsafeByteOperations.unsafeWrap(definition.template()));
    var rule = timing.rule();
    if (rule instanceof ScheduleRule.Cron cron) {
      written.setCron(
          ScheduleDefinition.Cron.newBuilder()
              .setExpression(cron.expression().toString())
              .setZone(cron.zone().getId()));
    } else if (rule instanceof ScheduleRule.Unknown unknown) {
      written.setCron(
          ScheduleDefinition.Cron.newBuilder()
              .setExpression(unknown.expression())
              .setZone(unknown.zone()));
    } else if (rule instanceof ScheduleRule.Interval interval) {
      written.setInterval(
          ScheduleDefinition.Interval.newBuilder()
              .setEveryMs(interval.everyMs())
              .setAnchorMs(interval.anchorMs()));
    } else if (rule instanceof ScheduleRule.Dates dates) {
      var instants = ScheduleDefinition.Dates.newBuilder();
      for (var instant : dates.instantsMs()) {
        instants.addInstantsMs(instant);
      }
      written.setDates(instants);
    }
    return written.build();
  }

  private static io.reeve.domain.task.ScheduleDefinition read(ScheduleDefinition written)
      throws UnreadableMessageException {
    return new io.reeve.domain.task.ScheduleDefinition(
        written.getName(),
        new ScheduleTiming(
            ruleOf(written),
            written.getStartMs(),
            written.getEndMs(),
            written.getJitterMs(),
            written.getRunsMax(),
            missedOf(written.getMissed(), written.getMissedLimit()),
            overlapOf(written.getOverlap())),
        Values.profileOf(written.getProfile()),
        Values.bytesOf(written.getTemplate()));
  }

  private static ScheduleRule ruleOf(ScheduleDefinition written) throws UnreadableMessageException {
    return switch (written.getRuleCase()) {
      case CRON ->
          ScheduleRule.taken(written.getCron().getExpression(), written.getCron().getZone());
      case INTERVAL ->
          new ScheduleRule.Interval(
              written.getInterval().getEveryMs(), written.getInterval().getAnchorMs());
      case DATES ->
          new ScheduleRule.Dates(
              written.getDates().getInstantsMsList().stream().mapToLong(Long::longValue).toArray());
      case RULE_NOT_SET -> throw Values.unknown("rule of a schedule", 0);
    };
  }

  private static int numberOf(Missed.Policy policy) {
    return switch (policy) {
      case NONE -> 0;
      case ONCE -> 1;
      case ALL -> 2;
    };
  }

  private static Missed missedOf(int number, int limit) throws UnreadableMessageException {
    return switch (number) {
      case 0 -> Missed.NONE;
      case 1 -> Missed.ONCE;
      case 2 -> Missed.all(limit);
      default -> throw Values.unknown("policy for missed runs", number);
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

  private static Overlap overlapOf(int number) throws UnreadableMessageException {
    return switch (number) {
      case 0 -> Overlap.SKIP;
      case 1 -> Overlap.QUEUE_ONE;
      case 2 -> Overlap.PARALLEL;
      case 3 -> Overlap.CANCEL;
      default -> throw Values.unknown("policy for runs that overlap", number);
    };
  }
}
