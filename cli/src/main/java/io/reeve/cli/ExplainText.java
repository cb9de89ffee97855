package io.reeve.cli;

import io.reeve.v1.EstimateQuality;
import io.reeve.v1.ExplainResponse;
import io.reeve.v1.Failure;
import io.reeve.v1.Lane;
import io.reeve.v1.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Why a task does not run, in plain sentences that say what to do next. */
final class ExplainText {

  /** Kinds that {@code reeve worker} runs. */
  private static final Set<String> BUILT_IN =
      Set.of("exec", "http", "sleep", "echo", "fail", "simulate");

  private ExplainText() {}

  static List<String> lines(ExplainResponse told, boolean colours) {
    var lines = new ArrayList<String>();
    lines.add(
        Colour.TITLE.paint(told.getTaskId(), colours)
            + "  "
            + Colour.of(told.getState()).paint(name(told).replace('_', ' '), colours));
    lines.add("  " + sentences(told));
    var estimate = told.getEstimate();
    if (estimate.getQuality() == EstimateQuality.ESTIMATE_QUALITY_ROUGH) {
      lines.add("  It starts at about " + Words.instant(estimate.getStartAt()) + ".");
    }
    if (told.hasExpiresAt()) {
      lines.add("  It expires at " + Words.instant(told.getExpiresAt()) + " unless it starts.");
    }
    return lines;
  }

  /** The stable name of the blocker, in lower case. */
  static String name(ExplainResponse told) {
    return told.getBlocker().name().replace("BLOCKER_", "").toLowerCase(Locale.ROOT);
  }

  /** What keeps the task from starting, and what to do. */
  static String sentences(ExplainResponse told) {
    return switch (told.getBlocker()) {
      case BLOCKER_NOT_DUE ->
          "The submitter asked for a later start. The task is due at "
              + Words.instant(told.getDueAt())
              + ".";
      case BLOCKER_BACKING_OFF ->
          "Attempt "
              + attempt(told)
              + " failed"
              + because(told.getFailure())
              + ". The next attempt is due at "
              + Words.instant(told.getDueAt())
              + ".";
      case BLOCKER_PARTITION_AWAY ->
          "Partition "
              + told.getPartition()
              + ", which owns the task, "
              + (told.getState() == TaskState.TASK_STATE_UNSPECIFIED
                  ? "does not answer: it moves to another node, recovers, or is overloaded."
                  : "does not report to the dispatcher yet.")
              + " Ask again in a moment, or look at 'reeve nodes'.";
      case BLOCKER_NO_DISPATCHER ->
          "No dispatcher answers, so no task starts. It comes back within seconds on a node with"
              + " the role tasks: look at 'reeve nodes'.";
      case BLOCKER_QUEUE_PAUSED -> paused(told);
      case BLOCKER_NO_WORKER_FOR_QUEUE ->
          "No worker serves queue " + told.getQueue() + ". " + startWorker(told);
      case BLOCKER_NO_WORKER_FOR_KIND ->
          "Workers serve queue "
              + told.getQueue()
              + ", but none of them runs kind "
              + told.getKind()
              + ". "
              + startWorker(told);
      case BLOCKER_NO_WORKER_WITH_LABELS ->
          "Workers serve queue "
              + told.getQueue()
              + " and run kind "
              + told.getKind()
              + ", but none of them has all labels that the task requires: "
              + Words.labels(told.getRequiresMap(), ", ")
              + ". Start a worker with these labels.";
      case BLOCKER_WORKERS_DRAINING ->
          "All workers that run the task finish their work and take no more. " + startWorker(told);
      case BLOCKER_NO_CREDIT ->
          "The task is the next one, and all "
              + told.getWorkers().getSlots()
              + " slots for its lane are in use. Wait until one is free, or start more workers.";
      case BLOCKER_LANE_RESERVED -> laneReserved(told);
      case BLOCKER_BEHIND -> behind(told);
      case BLOCKER_ON_ITS_WAY -> "Nothing blocks the task: a worker is about to get it.";
      case BLOCKER_QUARANTINE ->
          "Workers were lost under the task, so it runs only alone on a worker. One is set apart for"
              + " it, and starts it when its other tasks have ended. Wait.";
      case BLOCKER_RUNNING ->
          "Worker "
              + Words.printable(told.getRunning().getWorkerId())
              + " runs attempt "
              + attempt(told)
              + " since "
              + Words.instant(told.getRunning().getLeasedAt())
              + ". The attempt times out at "
              + Words.instant(told.getRunning().getTimesOutAt())
              + ".";
      case BLOCKER_COMPLETED ->
          "Attempt "
              + attempt(told)
              + " succeeded at "
              + Words.instant(told.getEnd().getFinishedAt())
              + " on worker "
              + Words.printable(told.getEnd().getWorkerId())
              + ".";
      case BLOCKER_DEAD ->
          "Attempt "
              + attempt(told)
              + " failed for good at "
              + Words.instant(told.getEnd().getFinishedAt())
              + because(told.getEnd().getFailure())
              + ". Mend the cause, then repeat the task with 'reeve dead redrive "
              + told.getTaskId()
              + "'.";
      case BLOCKER_CANCELLED ->
          "A client cancelled the task at "
              + Words.instant(told.getEnd().getFinishedAt())
              + (told.getEnd().getCancelReason().isEmpty()
                  ? "."
                  : ": " + Words.printable(told.getEnd().getCancelReason()) + ".");
      case BLOCKER_EXPIRED ->
          "No worker started the task within its queue timeout of "
              + DurationText.of(Words.toDuration(told.getEnd().getQueueTimeout()))
              + ", so it expired at "
              + Words.instant(told.getEnd().getFinishedAt())
              + ". Allow more time, or start more workers.";
      case BLOCKER_UNSPECIFIED, UNRECOGNIZED ->
          "A newer release gave a reason that is not known here. Update this program and the node"
              + " that it asks.";
    };
  }

  private static String paused(ExplainResponse told) {
    var pause = told.getPause();
    var by = Words.printable(pause.getBy());
    var reason = Words.printable(pause.getReason());
    return "Queue "
        + told.getQueue()
        + " is paused since "
        + Words.instant(pause.getSince())
        + (by.isEmpty() ? "" : " by " + by)
        + (reason.isEmpty() ? "" : " (" + reason + ")")
        + (pause.hasUntil() ? ", until " + Words.instant(pause.getUntil()) : "")
        + ". Resume it: reeve queues resume "
        + told.getQueue();
  }

  private static String behind(ExplainResponse told) {
    var ahead = told.getAhead();
    var parts = new ArrayList<String>();
    if (ahead.getUrgent() > 0) {
      parts.add(ahead.getUrgent() + " urgent");
    }
    if (ahead.getHigherPriority() > 0) {
      parts.add(ahead.getHigherPriority() + " of higher priority");
    }
    if (ahead.getOtherKinds() > 0) {
      parts.add(ahead.getOtherKinds() + " older of other kinds");
    }
    return (ahead.getAbout() ? "About " : "")
        + ahead.getTotal()
        + (ahead.getTotal() == 1 ? " task starts" : " tasks start")
        + " before it"
        + (parts.isEmpty() ? "" : " (" + String.join(", ", parts) + ")")
        + ", on "
        + told.getWorkers().getSlots()
        + (told.getWorkers().getSlots() == 1 ? " slot" : " slots")
        + ". Wait, or start more workers.";
  }

  private static String laneReserved(ExplainResponse told) {
    var workers = told.getWorkers();
    if (told.getLane() == Lane.LANE_URGENT) {
      return "The free slots are kept for a normal task, because urgent ones had their share."
          + " Wait, or start more workers.";
    }
    if (workers.getSlots() == 0) {
      return "The workers keep all their slots for urgent tasks. Start one with a lower"
          + " --urgent-percentage.";
    }
    return "Only slots for urgent tasks are free, and this is a normal task. Wait until one of the"
        + " other "
        + workers.getSlots()
        + " slots is free, or start workers with a lower --urgent-percentage.";
  }

  private static String startWorker(ExplainResponse told) {
    return BUILT_IN.contains(told.getKind())
        ? "Start one: reeve worker --queue " + told.getQueue()
        : "Start one with queue " + told.getQueue() + " and kind " + told.getKind() + ".";
  }

  private static String attempt(ExplainResponse told) {
    return told.getAttempt() + " of " + told.getAttemptsMax();
  }

  private static String because(Failure failure) {
    var words = TaskText.failure(failure);
    return words.isEmpty() ? "" : " (" + words + ")";
  }
}
