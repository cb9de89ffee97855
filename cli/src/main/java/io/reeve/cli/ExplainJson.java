package io.reeve.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Timestamp;
import io.reeve.client.TaskStates;
import io.reeve.v1.EstimateQuality;
import io.reeve.v1.ExplainResponse;
import io.reeve.v1.Failure;
import io.reeve.v1.Lane;
import io.reeve.v1.TaskState;
import java.util.Locale;

/**
 * Why a task does not run, as {@code --output json} prints it, under the promise of {@link Json}.
 */
final class ExplainJson {

  private ExplainJson() {}

  static ObjectNode of(ExplainResponse told) {
    var json =
        Json.object()
            .put("taskId", told.getTaskId())
            .put("blocker", ExplainText.name(told))
            .put("explanation", ExplainText.sentences(told))
            .put("partition", told.getPartition());
    if (told.getState() == TaskState.TASK_STATE_UNSPECIFIED) {
      return json;
    }
    json.put("state", TaskStates.name(told.getState()))
        .put("queue", told.getQueue())
        .put("kind", told.getKind())
        .put("lane", told.getLane() == Lane.LANE_URGENT ? "urgent" : "normal")
        .put("priority", Words.priority(told.getPriority()))
        .put("attempt", told.getAttempt())
        .put("attemptsMax", told.getAttemptsMax());
    Json.labels(json, "requires", told.getRequiresMap());
    instant(json, "dueAt", told.hasDueAt(), told.getDueAt());
    instant(json, "expiresAt", told.hasExpiresAt(), told.getExpiresAt());
    if (told.hasEstimate()) {
      instant(json, "startAt", true, told.getEstimate().getStartAt());
      json.put(
          "startQuality",
          told.getEstimate().getQuality() == EstimateQuality.ESTIMATE_QUALITY_NOT_BEFORE
              ? "not_before"
              : "rough");
    }
    if (told.hasFailure()) {
      failure(json, told.getFailure());
    }
    if (told.hasWorkers()) {
      var workers = told.getWorkers();
      json.putObject("workers")
          .put("servingQueue", workers.getServingQueue())
          .put("servingKind", workers.getServingKind())
          .put("servingTask", workers.getServingTask())
          .put("draining", workers.getDraining())
          .put("slots", workers.getSlots())
          .put("held", workers.getHeld())
          .put("reservedFree", workers.getReservedFree());
    }
    if (told.hasAhead()) {
      var ahead = told.getAhead();
      json.putObject("ahead")
          .put("total", ahead.getTotal())
          .put("sameClass", ahead.getSameClass())
          .put("otherKinds", ahead.getOtherKinds())
          .put("higherPriority", ahead.getHigherPriority())
          .put("urgent", ahead.getUrgent())
          .put("about", ahead.getAbout());
    }
    if (told.hasPause()) {
      var pause = told.getPause();
      var one = json.putObject("pause").put("by", pause.getBy()).put("reason", pause.getReason());
      instant(one, "since", true, pause.getSince());
      instant(one, "until", pause.hasUntil(), pause.getUntil());
    }
    if (told.hasRunning()) {
      var running = told.getRunning();
      var one =
          json.putObject("running")
              .put("workerId", running.getWorkerId())
              .put("attempt", running.getAttempt())
              .put("fence", running.getFence());
      instant(one, "leasedAt", true, running.getLeasedAt());
      instant(one, "timesOutAt", true, running.getTimesOutAt());
    }
    if (told.hasEnd()) {
      end(json.putObject("end"), told);
    }
    return json;
  }

  private static void end(ObjectNode json, ExplainResponse told) {
    var end = told.getEnd();
    instant(json, "finishedAt", true, end.getFinishedAt());
    if (end.hasFailure()) {
      failure(json, end.getFailure());
    }
    if (!end.getCancelReason().isEmpty()) {
      json.put("cancelReason", end.getCancelReason());
    }
    if (!end.getWorkerId().isEmpty()) {
      json.put("workerId", end.getWorkerId());
    }
    if (end.hasQueueTimeout()) {
      json.put("queueTimeoutMs", Words.toDuration(end.getQueueTimeout()).toMillis());
    }
  }

  private static void failure(ObjectNode json, Failure failure) {
    json.putObject("failure")
        .put("type", failure.getType().name().replace("FAILURE_TYPE_", "").toLowerCase(Locale.ROOT))
        .put("code", failure.getCode())
        .put("message", failure.getMessage());
  }

  private static void instant(ObjectNode json, String field, boolean present, Timestamp value) {
    if (present) {
      json.put(field, Words.toInstant(value).toString());
    }
  }
}
