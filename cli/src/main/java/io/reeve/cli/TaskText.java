package io.reeve.cli;

import com.google.protobuf.ByteString;
import io.reeve.v1.Failure;
import io.reeve.v1.Lane;
import io.reeve.v1.Task;
import io.reeve.v1.TaskAttempt;
import io.reeve.v1.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One task in words. */
final class TaskText {

  private static final int BYTES_SHOWN_MAX = 4096;

  private TaskText() {}

  /** Everything known of the task, one thing a line. */
  static List<String> lines(Task task, boolean colours) {
    var spec = task.getSpec();
    var lines = new ArrayList<String>();
    lines.add(
        Colour.TITLE.paint(task.getId(), colours)
            + "  "
            + Colour.of(task.getState()).paint(Words.state(task), colours));
    addSpec(lines, spec);
    add(lines, "schedule", Words.printable(spec.getScheduleName()));
    add(lines, "planned", spec.hasPlannedAt() ? Words.instant(spec.getPlannedAt()) : "");
    add(lines, "attempt", task.getAttempt() == 0 ? "none yet" : attempt(task));
    add(lines, "submitted", task.hasSubmittedAt() ? Words.instant(task.getSubmittedAt()) : "");
    add(lines, "due", task.hasDueAt() ? Words.instant(task.getDueAt()) : "");
    add(lines, "leased", task.hasLeasedAt() ? Words.instant(task.getLeasedAt()) : "");
    add(lines, "finished", task.hasFinishedAt() ? Words.instant(task.getFinishedAt()) : "");
    add(lines, "progress", task.hasProgress() ? progress(task) : "");
    add(lines, "failure", task.hasFailure() ? failure(task.getFailure()) : "");
    add(lines, "failed", task.hasFailedAt() ? Words.instant(task.getFailedAt()) : "");
    add(
        lines,
        "losses",
        task.getLosses() == 0 ? "" : "its worker was lost " + task.getLosses() + " times");
    add(lines, "redriven", task.getRedrivenAs().isEmpty() ? "" : "as " + task.getRedrivenAs());
    add(lines, "redrive of", task.getRedriveOf());
    add(lines, "discarded", task.hasDiscardedAt() ? Words.instant(task.getDiscardedAt()) : "");
    task.getAttemptsList()
        .forEach(attempt -> add(lines, "attempt " + attempt.getNumber(), attempt(attempt)));
    add(lines, "cancelled", Words.printable(task.getCancelReason()));
    add(lines, "payload", bytes(spec.getPayload()));
    add(lines, "result", bytes(task.getResult()));
    return lines;
  }

  /** What is to be done, without the payload. */
  static void addSpec(List<String> lines, TaskSpec spec) {
    add(lines, "kind", spec.getKind());
    add(lines, "name", Words.printable(spec.getName()));
    add(lines, "queue", queue(spec));
    add(
        lines,
        "lane",
        (spec.getLane() == Lane.LANE_URGENT ? "urgent" : "normal")
            + ", priority "
            + Words.priority(spec.getPriority()));
    add(lines, "tenant", Words.printable(spec.getTenant()));
    add(lines, "unique", Words.unique(spec.getUnique()));
    add(lines, "labels", Words.labels(spec.getLabelsMap(), ", "));
    add(lines, "requires", Words.labels(spec.getRequiresMap(), ", "));
  }

  static String queue(Task task) {
    return queue(task.getSpec());
  }

  private static String queue(TaskSpec spec) {
    var queue = spec.getQueue();
    return queue.isEmpty() ? "default" : queue;
  }

  /** The latest change in a few words, for a line of {@code reeve watch}. */
  static String step(Task task) {
    var words = new ArrayList<String>();
    if (task.getAttempt() > 0) {
      words.add("attempt " + attempt(task));
    }
    if (task.hasProgress()) {
      words.add(progress(task));
    }
    if (task.hasFailure()) {
      words.add(failure(task.getFailure()));
    }
    if (!task.getCancelReason().isEmpty()) {
      words.add(Words.printable(task.getCancelReason()));
    }
    if (!task.getResult().isEmpty()) {
      words.add("result of " + task.getResult().size() + " bytes");
    }
    return String.join(", ", words);
  }

  private static String attempt(Task task) {
    return task.getAttempt()
        + (task.getWorkerId().isEmpty() ? "" : " by " + Words.printable(task.getWorkerId()));
  }

  private static String progress(Task task) {
    var progress = task.getProgress();
    return String.format(Locale.ROOT, "%.0f %%", progress.getPercent())
        + (progress.getMessage().isEmpty() ? "" : " " + Words.printable(progress.getMessage()));
  }

  private static String attempt(TaskAttempt attempt) {
    return Words.instant(attempt.getStartedAt())
        + " to "
        + Words.instant(attempt.getEndedAt())
        + " by "
        + Words.printable(attempt.getWorkerId())
        + ": "
        + failure(attempt.getFailure());
  }

  static String failure(Failure failure) {
    return failure
            .getType()
            .name()
            .replace("FAILURE_TYPE_", "")
            .toLowerCase(Locale.ROOT)
            .replace('_', ' ')
        + (failure.getCode().isEmpty() ? "" : " " + Words.printable(failure.getCode()))
        + (failure.getMessage().isEmpty() ? "" : ": " + Words.printable(failure.getMessage()));
  }

  static String bytes(ByteString bytes) {
    if (bytes.isEmpty()) {
      return "";
    }
    if (!bytes.isValidUtf8() || bytes.size() > BYTES_SHOWN_MAX) {
      return bytes.size() + " bytes";
    }
    return Words.printableLines(bytes.toStringUtf8());
  }

  /** A line with a name and its value, if there is one. */
  static void add(List<String> lines, String name, String value) {
    if (!value.isEmpty()) {
      var indent = "\n" + " ".repeat(13);
      lines.add(String.format(Locale.ROOT, "  %-10s %s", name, value.replace("\n", indent)));
    }
  }
}
