package io.reeve.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reeve.v1.MissedPolicy;
import io.reeve.v1.Schedule;
import io.reeve.v1.ScheduleDefinition;
import io.reeve.v1.ScheduleInstant;
import io.reeve.v1.SetScheduleResponse;

/** Schedules in the output of {@code --output json}; its promises are those of {@link Json}. */
final class ScheduleJson {

  private ScheduleJson() {}

  static ObjectNode of(Schedule schedule) {
    var json =
        Json.object()
            .put("name", schedule.getName())
            .put("id", schedule.getId())
            .put("state", ScheduleText.name(schedule.getState()))
            .put("version", schedule.getVersion());
    json.setAll(of(schedule.getDefinition()));
    if (schedule.hasPause()) {
      var pause = json.putObject("pause").put("reason", schedule.getPause().getReason());
      Json.text(pause, "by", schedule.getPause().getBy());
      Json.instant(
          pause, "pausedAt", schedule.getPause().hasPausedAt(), schedule.getPause().getPausedAt());
    }
    Json.instant(json, "createdAt", schedule.hasCreatedAt(), schedule.getCreatedAt());
    Json.instant(json, "changedAt", schedule.hasChangedAt(), schedule.getChangedAt());
    if (schedule.hasNext()) {
      json.set("next", of(schedule.getNext()));
    }
    if (schedule.hasLastRun()) {
      var run = schedule.getLastRun();
      var last = json.putObject("lastRun");
      Json.instant(last, "plannedAt", true, run.getPlannedAt());
      last.put("taskId", run.getTaskId());
      Json.instant(last, "madeAt", true, run.getMadeAt());
    }
    json.put("runs", schedule.getRuns())
        .put("skipped", schedule.getSkipped())
        .put("extraRuns", schedule.getExtraRuns())
        .put("waitsForRoom", schedule.getWaitsForRoom());
    Json.instant(json, "waitingAt", schedule.hasWaitingAt(), schedule.getWaitingAt());
    if (schedule.hasBackfill()) {
      var backfill = json.putObject("backfill");
      Json.instant(backfill, "from", true, schedule.getBackfill().getFrom());
      Json.instant(backfill, "to", true, schedule.getBackfill().getTo());
      backfill
          .put("tasks", schedule.getBackfill().getTasks())
          .put("made", schedule.getBackfill().getMade());
    }
    return json;
  }

  static ObjectNode of(SetScheduleResponse done) {
    var json = Json.object().put("created", done.getCreated()).put("changed", done.getChanged());
    json.set("schedule", of(done.getSchedule()));
    if (done.hasPrevious()) {
      json.set("previous", of(done.getPrevious()));
    }
    return json;
  }

  static ObjectNode of(ScheduleInstant run) {
    var json = Json.object();
    Json.instant(json, "plannedAt", true, run.getPlannedAt());
    Json.instant(json, "dueAt", true, run.getDueAt());
    return json;
  }

  private static ObjectNode of(ScheduleDefinition definition) {
    var json = Json.object();
    json.set("rule", rule(definition));
    Json.instant(json, "start", definition.hasStart(), definition.getStart());
    Json.instant(json, "end", definition.hasEnd(), definition.getEnd());
    if (definition.hasJitter()) {
      json.put("jitterMs", Words.toDuration(definition.getJitter()).toMillis());
    }
    if (definition.getRunsMax() != 0) {
      json.put("runsMax", definition.getRunsMax());
    }
    json.put("missed", ScheduleText.name(definition.getMissed()));
    if (definition.getMissed() == MissedPolicy.MISSED_POLICY_ALL) {
      json.put("missedLimit", definition.getMissedLimit());
    }
    json.put("overlap", ScheduleText.name(definition.getOverlap()));
    json.set("task", Json.of(definition.getTemplate()));
    return json;
  }

  private static ObjectNode rule(ScheduleDefinition definition) {
    var json = Json.object();
    switch (definition.getRuleCase()) {
      case CRON -> {
        var cron = definition.getCron();
        json.put("cron", cron.getExpression())
            .put("zone", cron.getTimeZone().isEmpty() ? "UTC" : cron.getTimeZone());
      }
      case INTERVAL -> {
        var interval = definition.getInterval();
        json.put("everyMs", Words.toDuration(interval.getEvery()).toMillis());
        Json.instant(json, "anchor", interval.hasAnchor(), interval.getAnchor());
      }
      case DATES -> {
        var dates = json.putArray("dates");
        definition
            .getDates()
            .getDatesList()
            .forEach(date -> dates.add(Words.toInstant(date).toString()));
      }
      case RULE_NOT_SET -> {
        // A rule of a kind that this program does not know yet.
      }
    }
    return json;
  }
}
