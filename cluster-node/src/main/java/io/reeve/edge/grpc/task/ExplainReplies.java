package io.reeve.edge.grpc.task;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.dispatch.StreamExplanation;
import io.reeve.domain.rules.Pause;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.edge.calls.Explanation;
import io.reeve.edge.calls.WireTime;
import io.reeve.partition.Clients;
import io.reeve.v1.EstimateQuality;
import io.reeve.v1.ExplainResponse;
import io.reeve.v1.QueuePause;
import io.reeve.v1.RunningAttempt;
import io.reeve.v1.StartEstimate;
import io.reeve.v1.TaskEnd;
import io.reeve.v1.TasksAhead;
import io.reeve.v1.WorkersOfTask;
import java.time.Duration;

/** Puts explanations into the words of the public protocol. */
final class ExplainReplies {

  private ExplainReplies() {}

  /**
   * @param nowMs from when on estimates count
   */
  static ExplainResponse reply(Explanation told, long nowMs) {
    var reply =
        ExplainResponse.newBuilder()
            .setTaskId(told.id().toString())
            .setBlocker(told.blocker())
            .setPartition(told.id().partition());
    var located = told.located();
    if (located != null) {
      addTask(reply, located);
      var stream = told.stream();
      if (stream != null) {
        addStream(reply, located, stream, nowMs);
      }
    }
    return reply.build();
  }

  private static void addTask(ExplainResponse.Builder reply, Clients.Located located) {
    var task = located.task();
    var profile = located.profile();
    reply
        .setState(TaskReplies.state(task.state()))
        .setQueue(profile.taskClass().queue())
        .setKind(profile.taskClass().kind())
        .setLane(lane(profile.taskClass().lane()))
        .setPriority(priority(profile.priority()))
        .setAttempt(task.attempt())
        .setAttemptsMax(profile.retry().attemptsMax())
        .setDueAt(WireTime.instant(task.dueAtMs()))
        .putAllRequires(profile.taskClass().needs().asMap());
    if (located.expiresAtMs() != 0) {
      reply.setExpiresAt(WireTime.instant(located.expiresAtMs()));
    }
    switch (task.state()) {
      case WAITING -> {
        var failure = task.failure();
        if (task.attempt() > 0 && failure != null) {
          reply.setFailure(TaskReplies.failure(failure));
        }
        reply.setEstimate(
            StartEstimate.newBuilder()
                .setStartAt(WireTime.instant(task.dueAtMs()))
                .setQuality(EstimateQuality.ESTIMATE_QUALITY_NOT_BEFORE));
      }
      case LEASED ->
          reply.setRunning(
              RunningAttempt.newBuilder()
                  .setWorkerId(task.workerId())
                  .setAttempt(task.attempt())
                  .setFence(task.fence())
                  .setLeasedAt(WireTime.instant(task.leasedAtMs()))
                  .setTimesOutAt(
                      WireTime.instant(
                          TimeBounds.plus(task.leasedAtMs(), profile.executionTimeoutMs()))));
      case READY -> {}
      case COMPLETED, DEAD, CANCELLED, EXPIRED -> reply.setEnd(end(located));
    }
  }

  private static TaskEnd end(Clients.Located located) {
    var task = located.task();
    var end =
        TaskEnd.newBuilder()
            .setFinishedAt(WireTime.instant(task.finishedAtMs()))
            .setCancelReason(task.cancelReason())
            .setWorkerId(task.workerId());
    var failure = task.failure();
    if (failure != null) {
      end.setFailure(TaskReplies.failure(failure));
    }
    var queueTimeoutMs = located.profile().queueTimeoutMs();
    if (task.state() == io.reeve.domain.task.TaskState.EXPIRED) {
      end.setQueueTimeout(WireTime.duration(Duration.ofMillis(queueTimeoutMs)));
    }
    return end.build();
  }

  private static void addStream(
      ExplainResponse.Builder reply,
      Clients.Located located,
      StreamExplanation stream,
      long nowMs) {
    var view = stream.view();
    reply.setWorkers(
        WorkersOfTask.newBuilder()
            .setServingQueue(view.queueWorkers())
            .setServingKind(view.kindWorkers())
            .setServingTask(view.workers())
            .setDraining(view.draining())
            .setSlots(view.slots())
            .setHeld(view.held())
            .setReservedFree(view.reservedFree()));
    reply.setAhead(
        TasksAhead.newBuilder()
            .setTotal(view.aheadTotal())
            .setSameClass(view.ahead())
            .setHigherPriority(view.higherAhead())
            .setUrgent(view.urgentAhead())
            .setOtherKinds(view.kindsAhead())
            .setAbout(located.place().about() || view.about()));
    var pause = view.pause();
    if (pause != null) {
      addPause(reply, pause);
    }
    if (stream.startInNanos() != StreamExplanation.NOT_KNOWN) {
      var startAtMs = TimeBounds.plus(nowMs, Duration.ofNanos(stream.startInNanos()).toMillis());
      reply.setEstimate(
          StartEstimate.newBuilder()
              .setStartAt(WireTime.instant(startAtMs))
              .setQuality(EstimateQuality.ESTIMATE_QUALITY_ROUGH));
    }
  }

  private static void addPause(ExplainResponse.Builder reply, Pause pause) {
    var told =
        QueuePause.newBuilder()
            .setBy(pause.by())
            .setReason(pause.reason())
            .setSince(WireTime.instant(pause.sinceMs()));
    if (pause.untilMs() != 0) {
      told.setUntil(WireTime.instant(pause.untilMs()));
      reply.setEstimate(
          StartEstimate.newBuilder()
              .setStartAt(told.getUntil())
              .setQuality(EstimateQuality.ESTIMATE_QUALITY_NOT_BEFORE));
    }
    reply.setPause(told);
  }

  private static io.reeve.v1.Lane lane(Lane lane) {
    return switch (lane) {
      case NORMAL -> io.reeve.v1.Lane.LANE_NORMAL;
      case URGENT -> io.reeve.v1.Lane.LANE_URGENT;
    };
  }

  private static io.reeve.v1.Priority priority(Priority priority) {
    return switch (priority) {
      case LOW -> io.reeve.v1.Priority.PRIORITY_LOW;
      case NORMAL -> io.reeve.v1.Priority.PRIORITY_NORMAL;
      case HIGH -> io.reeve.v1.Priority.PRIORITY_HIGH;
      case CRITICAL -> io.reeve.v1.Priority.PRIORITY_CRITICAL;
    };
  }
}
