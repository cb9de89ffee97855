package io.reeve.partition;

import io.reeve.domain.partition.ScheduleRules.Answer;

/** Serves clients that set, read and move schedules. */
final class ScheduleDesk {

  private final int partition;
  private final Outbox outbox;

  ScheduleDesk(int partition, Outbox outbox) {
    this.partition = partition;
    this.outbox = outbox;
  }

  void carryOut(Schedules.Call call, Draft draft) {
    outbox.reply(call.replyTo(), answer(call, draft));
  }

  private Clients.Reply answer(Schedules.Call call, Draft draft) {
    var rules = draft.state().schedules();
    var now = draft.now();
    var out = draft.events();
    if (call instanceof Schedules.ListSchedules list) {
      return new SchedulePage(partition, list).read(rules);
    } else if (call instanceof Schedules.Set set) {
      return replyToSet(
          rules.set(set.definition(), set.expectedVersion(), set.mayCreate(), now, out));
    } else if (call instanceof Schedules.Pause pause) {
      return reply(rules.pause(pause.name(), pause.reason(), pause.by(), now, out));
    } else if (call instanceof Schedules.Resume resume) {
      return reply(rules.resume(resume.name(), now, out));
    } else if (call instanceof Schedules.Trigger trigger) {
      return reply(rules.trigger(trigger.name(), trigger.requestId(), now, out));
    } else if (call instanceof Schedules.Delete delete) {
      return reply(rules.delete(delete.name(), now, out));
    } else if (call instanceof Schedules.Backfill fill) {
      return reply(
          rules.backfill(fill.name(), fill.requestId(), fill.fromMs(), fill.toMs(), now, out));
    } else if (call instanceof Schedules.StopBackfill stop) {
      return reply(rules.stopBackfill(stop.name(), now, out));
    }
    return reply(rules.get(((Schedules.Get) call).name()));
  }

  /** Two payloads might exceed a message between nodes, or the limit of the client. */
  private Clients.Reply replyToSet(Answer answer) {
    if (!(answer instanceof Answer.Done done)) {
      return reply(answer);
    }
    var before = done.before();
    return new Schedules.WasSet(
        new ScheduleView(partition, done.schedule(), done.full()),
        before == null ? null : SchedulePage.withoutPayload(before),
        !done.schedule().definition().equals(before));
  }

  private Clients.Reply reply(Answer answer) {
    if (answer instanceof Answer.Done done) {
      return new Schedules.Is(new ScheduleView(partition, done.schedule(), done.full()));
    }
    if (answer instanceof Answer.Made made) {
      return new Schedules.Triggered(
          new ScheduleView(partition, made.schedule(), made.full()),
          made.sequence(),
          made.already());
    }
    return new Clients.Refused(((Answer.Refused) answer).reason());
  }
}
