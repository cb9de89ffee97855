package io.reeve.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.reeve.cli.cluster.ClusterDemo;
import io.reeve.cli.cluster.Phase;
import io.reeve.client.ReeveException;
import io.reeve.client.Submission;
import io.reeve.client.TaskStates;
import io.reeve.node.store.LossAcceptance;
import io.reeve.node.store.StoreMigration;
import io.reeve.v1.DeadLetterGroup;
import io.reeve.v1.Failure;
import io.reeve.v1.FailureType;
import io.reeve.v1.Lane;
import io.reeve.v1.Task;
import io.reeve.v1.TaskAttempt;
import io.reeve.v1.TaskSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The output of {@code --output json}. Field names are stable: new ones may be added, none changes.
 *
 * <p>Absent fields of a task are absent in the JSON. UTF-8 bytes are printed as text, other bytes
 * in Base64 under the same name with {@code Base64} appended.
 */
final class Json {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static String line(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static ObjectNode of(Task task) {
    var spec = task.getSpec();
    var json = object();
    json.put("taskId", task.getId());
    json.put("state", TaskStates.name(task.getState()));
    address(json, spec);
    json.put("attempt", task.getAttempt());
    json.put("fence", task.getFence());
    people(json, spec);
    text(json, "schedule", spec.getScheduleName());
    instant(json, "plannedAt", spec.hasPlannedAt(), spec.getPlannedAt());
    instant(json, "submittedAt", task.hasSubmittedAt(), task.getSubmittedAt());
    instant(json, "dueAt", task.hasDueAt(), task.getDueAt());
    instant(json, "leasedAt", task.hasLeasedAt(), task.getLeasedAt());
    instant(json, "failedAt", task.hasFailedAt(), task.getFailedAt());
    instant(json, "finishedAt", task.hasFinishedAt(), task.getFinishedAt());
    text(json, "workerId", task.getWorkerId());
    if (task.hasProgress()) {
      json.putObject("progress")
          .put("percent", task.getProgress().getPercent())
          .put("message", task.getProgress().getMessage());
    }
    if (task.hasFailure()) {
      json.set("failure", of(task.getFailure()));
    }
    text(json, "redrivenAs", task.getRedrivenAs());
    text(json, "redriveOf", task.getRedriveOf());
    instant(json, "discardedAt", task.hasDiscardedAt(), task.getDiscardedAt());
    if (task.getLosses() > 0) {
      json.put("losses", task.getLosses());
    }
    if (task.getAttemptsCount() > 0) {
      var attempts = json.putArray("attempts");
      task.getAttemptsList().forEach(attempt -> attempts.add(of(attempt)));
    }
    text(json, "cancelReason", task.getCancelReason());
    bytes(json, "payload", spec.getPayload());
    bytes(json, "result", task.getResult());
    return json;
  }

  private static ObjectNode of(Failure failure) {
    return object()
        .put("type", type(failure.getType()))
        .put("code", failure.getCode())
        .put("message", failure.getMessage());
  }

  private static String type(FailureType type) {
    return type.name().replace("FAILURE_TYPE_", "").toLowerCase(Locale.ROOT);
  }

  private static ObjectNode of(TaskAttempt attempt) {
    var json = object().put("number", attempt.getNumber());
    text(json, "workerId", attempt.getWorkerId());
    instant(json, "startedAt", attempt.hasStartedAt(), attempt.getStartedAt());
    instant(json, "endedAt", attempt.hasEndedAt(), attempt.getEndedAt());
    json.set("failure", of(attempt.getFailure()));
    return json;
  }

  static ObjectNode of(DeadLetterGroup group) {
    var json =
        object()
            .put("fingerprint", group.getFingerprint())
            .put("kind", group.getKind())
            .put("type", type(group.getType()))
            .put("code", group.getCode())
            .put("message", group.getMessage())
            .put("count", group.getCount());
    instant(json, "firstDiedAt", group.hasFirstDiedAt(), group.getFirstDiedAt());
    instant(json, "lastDiedAt", group.hasLastDiedAt(), group.getLastDiedAt());
    return json.put("sampleTaskId", group.getSampleTaskId());
  }

  /** What is to be done, before it is a task. */
  static ObjectNode of(TaskSpec spec) {
    var json = object();
    address(json, spec);
    people(json, spec);
    bytes(json, "payload", spec.getPayload());
    return json;
  }

  /** Where the task waits. */
  private static void address(ObjectNode json, TaskSpec spec) {
    json.put("kind", spec.getKind());
    json.put("queue", spec.getQueue().isEmpty() ? "default" : spec.getQueue());
    json.put("lane", spec.getLane() == Lane.LANE_URGENT ? "urgent" : "normal");
    json.put("priority", Words.priority(spec.getPriority()));
    labels(json, "requires", spec.getRequiresMap());
  }

  /** By what people know the task. */
  private static void people(ObjectNode json, TaskSpec spec) {
    text(json, "name", spec.getName());
    text(json, "tenant", spec.getTenant());
    text(json, "uniqueKey", spec.getUnique().getKey());
    text(json, "uniqueScope", Words.scope(spec.getUnique()));
    labels(json, "labels", spec.getLabelsMap());
  }

  /** In the order of their names; none without one. */
  static void labels(ObjectNode json, String field, Map<String, String> labels) {
    if (!labels.isEmpty()) {
      var values = json.putObject(field);
      new TreeMap<>(labels).forEach(values::put);
    }
  }

  static ObjectNode of(Submission submission) {
    return object()
        .put("taskId", submission.taskId())
        .put("submittedAt", submission.submittedAt().toString())
        .put("alreadySubmitted", submission.alreadySubmitted())
        .put("returnedFirst", submission.returnedFirst())
        .put("requestId", submission.requestId());
  }

  static ObjectNode of(ClusterDemo.Outcome outcome) {
    var verdict = outcome.verdict();
    var json =
        object()
            .put("submitted", outcome.submitted())
            .put("acknowledged", verdict.acknowledged())
            .put("unanswered", verdict.unanswered())
            .put("attempts", verdict.attempts())
            .put("redeliveries", verdict.redeliveries())
            .put("lost", verdict.lost().size())
            .put("double", verdict.doubled().size())
            .put("wrong", verdict.wrong().size())
            .put("allEnded", outcome.allEnded())
            .put("good", outcome.good())
            .put("elapsedMs", outcome.took().toMillis());
    var phases = json.putArray("phases");
    outcome.phases().forEach(phase -> phases.add(of(phase)));
    return json;
  }

  private static ObjectNode of(Phase phase) {
    var json = object().put("event", phase.event().name().toLowerCase(Locale.ROOT));
    text(json, "node", phase.node());
    phase.recovered().ifPresent(after -> json.put("recoveredAfterMs", after.toMillis()));
    phase.bound().ifPresent(bound -> json.put("boundMs", bound.toMillis()));
    return json.put("good", phase.good())
        .put("longestWithoutSubmitMs", phase.longestWithoutAcknowledgement().toMillis())
        .put("longestWithoutStartMs", phase.longestWithoutStart().toMillis())
        .put("slowestSubmitMs", phase.slowestSubmission().toMillis());
  }

  static ObjectNode of(StoreMigration.Report report) {
    var json =
        object()
            .put("from", report.from())
            .put("to", report.to())
            .put("copied", report.copied())
            .put("rows", report.rows())
            .put("snapshots", report.snapshots());
    var entities = json.putArray("entities");
    for (var entity : report.entities()) {
      var one =
          entities
              .addObject()
              .put("persistenceId", entity.persistenceId())
              .put("rows", entity.rows())
              .put("highest", entity.highest())
              .put("snapshots", entity.snapshots())
              .put("sha256", entity.hash());
      text(one, "stateHash", entity.stateHash());
    }
    return json;
  }

  static ObjectNode of(LossAcceptance.Report report) {
    var json = object().put("directory", report.directory()).put("keptIn", report.keptIn());
    report.lost().forEach(json.putArray("lost")::add);
    return json;
  }

  static ObjectNode error(ExitCode exitCode, Throwable failure) {
    return error(exitCode, failure, "");
  }

  /** The error of one task among several; {@code taskId} is empty where there is only one. */
  static ObjectNode error(ExitCode exitCode, Throwable failure, String taskId) {
    var json = object();
    var error = json.putObject("error");
    text(error, "taskId", taskId);
    error.put("exitCode", exitCode.number());
    if (failure instanceof ReeveException refused) {
      error.put("code", refused.code().name());
      error.put("reason", refused.reason());
      refused.retryDelay().ifPresent(delay -> error.put("retryDelayMs", delay.toMillis()));
      text(error, "requestId", refused.requestId());
    }
    error.put("message", String.valueOf(failure.getMessage()));
    return json;
  }

  static void text(ObjectNode json, String field, String value) {
    if (!value.isEmpty()) {
      json.put(field, value);
    }
  }

  static void instant(ObjectNode json, String field, boolean present, Timestamp value) {
    if (present) {
      json.put(field, Instant.ofEpochSecond(value.getSeconds(), value.getNanos()).toString());
    }
  }

  private static void bytes(ObjectNode json, String field, ByteString value) {
    if (value.isEmpty()) {
      return;
    }
    if (value.isValidUtf8()) {
      json.put(field, value.toStringUtf8());
    } else {
      json.put(field + "Base64", Base64.getEncoder().encodeToString(value.toByteArray()));
    }
  }
}
