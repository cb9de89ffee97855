package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.cli.ReeveMain;
import io.reeve.client.ReeveClient;
import io.reeve.client.TaskRequest;
import io.reeve.v1.Blocker;
import io.reeve.v1.EstimateQuality;
import io.reeve.v1.ExplainResponse;
import io.reeve.v1.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Each blocker that a running program can have is provoked over the public API, named, and lifted;
 * every answer comes within 100 ms.
 */
@Tag("slow")
class BlockersAreNamed {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration ANSWER_WITHIN = Duration.ofMillis(100);

  /** The first calls of a JVM, which loads the classes for them. */
  private static final int WARM_UP = 20;

  private static final String NO_RESERVE = "reeve.worker.pool.urgent-percentage=0";

  @RegisterExtension private final Fleet fleet = new Fleet();

  private final List<Duration> answers = new ArrayList<>();

  @Test
  void eachIsRightAndQuick() {
    var node = fleet.node("reeve.partition.count=2");
    try (var client = node.client()) {
      warmUp(client);
      notDueAndCancelled(client);
      var mail = nobodyServesTheQueue(client);
      nobodyRunsTheKind(client, node);
      nobodyHasTheLabels(client, node);
      backingOffAndDead(client);
      busyWorkers(client, node);
      assertThat(client.explain(mail).getBlocker())
          .as("nobody started a worker for it")
          .isEqualTo(Blocker.BLOCKER_NO_WORKER_FOR_QUEUE);
      assertThat(answers).allMatch(took -> took.compareTo(ANSWER_WITHIN) < 0);
    }
  }

  private void warmUp(ReeveClient client) {
    var id = submit(client, TaskRequest.of("none").queue("none"));
    for (var i = 0; i < WARM_UP; i++) {
      client.explain(id);
    }
  }

  private void notDueAndCancelled(ReeveClient client) {
    var id = submit(client, TaskRequest.of("sleep").delay(Duration.ofHours(1)));
    var told = expect(client, id, Blocker.BLOCKER_NOT_DUE);
    assertThat(told.getEstimate().getStartAt()).isEqualTo(client.get(id).getDueAt());
    assertThat(told.getEstimate().getQuality())
        .isEqualTo(EstimateQuality.ESTIMATE_QUALITY_NOT_BEFORE);

    client.cancel(id, "ordered twice");
    assertThat(expect(client, id, Blocker.BLOCKER_CANCELLED).getEnd().getCancelReason())
        .isEqualTo("ordered twice");
  }

  private String nobodyServesTheQueue(ReeveClient client) {
    var soon =
        TaskRequest.of("sleep").payload("0ms").queue("nobody").queueTimeout(Duration.ofSeconds(1));
    var expires = submit(client, soon);
    var told = expect(client, expires, Blocker.BLOCKER_NO_WORKER_FOR_QUEUE);
    assertThat(told.getWorkers().getServingQueue()).isZero();
    assertThat(told.hasExpiresAt()).isTrue();
    assertThat(told.hasEstimate()).isFalse();

    client.awaitResult(expires, SOON);
    assertThat(expect(client, expires, Blocker.BLOCKER_EXPIRED).getEnd().getQueueTimeout())
        .isEqualTo(com.google.protobuf.Duration.newBuilder().setSeconds(1).build());
    return submit(client, TaskRequest.of("sleep").payload("0ms").queue("nobody"));
  }

  private void nobodyRunsTheKind(ReeveClient client, NodeProcess node) {
    fleet.worker("plain", node, 4, NO_RESERVE);
    var id = submit(client, TaskRequest.of("mail.send"));
    Await.until(
        "the worker is connected",
        SOON,
        () -> client.explain(id).getBlocker() == Blocker.BLOCKER_NO_WORKER_FOR_KIND);
    assertThat(
            expect(client, id, Blocker.BLOCKER_NO_WORKER_FOR_KIND).getWorkers().getServingQueue())
        .isEqualTo(1);
  }

  private void nobodyHasTheLabels(ReeveClient client, NodeProcess node) {
    var id =
        submit(
            client,
            TaskRequest.of("sleep").payload("0ms").require("zone", "eu").require("disk", "ssd"));
    var told = expect(client, id, Blocker.BLOCKER_NO_WORKER_WITH_LABELS);
    assertThat(told.getRequiresMap())
        .containsOnly(Map.entry("zone", "eu"), Map.entry("disk", "ssd"));
    assertThat(told.getWorkers().getServingKind()).isEqualTo(1);
    assertThat(told.getWorkers().getServingTask()).isZero();
    fleet.process(
        "half", ReeveMain.class, "worker", "--endpoint=" + node.endpoint(), "--label=zone=eu");
    Await.until(
        "the worker with one of the labels is connected",
        SOON,
        () -> client.explain(id).getWorkers().getServingKind() == 2);
    expect(client, id, Blocker.BLOCKER_NO_WORKER_WITH_LABELS);

    fleet.process(
        "whole",
        ReeveMain.class,
        "worker",
        "--endpoint=" + node.endpoint(),
        "--id=whole",
        "--label=zone=eu",
        "--label=disk=ssd",
        "--label=rack=7");

    assertThat(client.awaitResult(id, SOON).getWorkerId()).isEqualTo("whole");
  }

  private void backingOffAndDead(ReeveClient client) {
    var id =
        submit(
            client,
            TaskRequest.of("fail")
                .payload("{\"message\": \"on purpose\"}")
                .attemptsMax(2)
                .backoffInitial(Duration.ofSeconds(2)));
    Await.until(
        "the first attempt failed",
        SOON,
        () -> client.get(id).getState() == TaskState.TASK_STATE_WAITING);
    var told = expect(client, id, Blocker.BLOCKER_BACKING_OFF);
    assertThat(told.getAttempt()).isEqualTo(1);
    assertThat(told.getAttemptsMax()).isEqualTo(2);
    assertThat(told.getFailure().getMessage()).contains("on purpose");

    client.awaitResult(id, SOON);
    assertThat(expect(client, id, Blocker.BLOCKER_DEAD).getEnd().getFailure().getMessage())
        .contains("on purpose");
  }

  /** Two slots, one of them for urgent tasks. */
  private void busyWorkers(ReeveClient client, NodeProcess node) {
    var worker =
        fleet.process(
            "busy",
            ReeveMain.class,
            "worker",
            "--endpoint=" + node.endpoint(),
            "--queue=busy",
            "--slots=2",
            "--urgent-percentage=50");
    var sleep = TaskRequest.of("sleep").payload("1m").queue("busy");
    var running = submit(client, sleep);
    Await.until(
        "it runs", SOON, () -> client.get(running).getState() == TaskState.TASK_STATE_LEASED);
    var attempt = expect(client, running, Blocker.BLOCKER_RUNNING).getRunning();
    assertThat(attempt.getWorkerId()).isEqualTo(client.get(running).getWorkerId());
    assertThat(attempt.getAttempt()).isEqualTo(1);

    var next = submit(client, sleep);
    var reserved = expect(client, next, Blocker.BLOCKER_LANE_RESERVED);
    assertThat(reserved.getWorkers().getReservedFree()).isEqualTo(1);
    assertThat(reserved.getWorkers().getSlots()).isEqualTo(1);

    var urgent = submit(client, TaskRequest.of("sleep").payload("1m").queue("busy").urgent());
    Await.until(
        "the urgent one runs",
        SOON,
        () -> client.get(urgent).getState() == TaskState.TASK_STATE_LEASED);
    expect(client, next, Blocker.BLOCKER_NO_CREDIT);

    var many = client.submitAll(Collections.nCopies(20, sleep.build())).taskIds();
    var behind = expect(client, many.get(19), Blocker.BLOCKER_BEHIND);
    assertThat(behind.getAhead().getTotal()).isEqualTo(20);
    assertThat(behind.getAhead().getAbout()).isFalse();

    client.cancel(running, "make room");
    Await.until(
        "the next one runs",
        SOON,
        () -> client.explain(next).getBlocker() == Blocker.BLOCKER_RUNNING);

    worker.askToEnd();
    Await.until(
        "the worker takes no more",
        SOON,
        () -> client.explain(many.get(0)).getBlocker() == Blocker.BLOCKER_WORKERS_DRAINING);
    expect(client, many.get(0), Blocker.BLOCKER_WORKERS_DRAINING);
  }

  private static String submit(ReeveClient client, TaskRequest.Builder task) {
    return client.submit(task.build()).taskId();
  }

  private ExplainResponse expect(ReeveClient client, String id, Blocker blocker) {
    var began = System.nanoTime();
    var told = client.explain(id);
    answers.add(Duration.ofNanos(System.nanoTime() - began));
    assertThat(told.getBlocker()).as(told.toString()).isEqualTo(blocker);
    return told;
  }
}
