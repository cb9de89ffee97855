package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.ReeveClient;
import io.reeve.client.TaskRequest;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.TaskEvent;
import io.reeve.v1.PauseQueueRequest;
import io.reeve.v1.Queue;
import io.reeve.v1.ResumeQueueRequest;
import io.reeve.v1.SetQueueRequest;
import io.reeve.v1.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A queue is paused while a worker's idle credit stands at the partitions, the node is killed, and
 * starts again. Nothing of the queue starts before it is resumed, and then all of it at once.
 */
class PausedQueueStaysPaused {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  /** More changes than a snapshot of the dispatcher's journal stands for. */
  private static final int CHANGES = 450;

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  @Timeout(300)
  void nothingStartsThoughTheNodeIsKilledAndAllStartsWhenItIsResumed() {
    var leasedAt = new ArrayList<Long>();
    var heeded = new ArrayList<RulesHeeded>();
    var history =
        new History(
            fleet,
            (partition, event) -> {
              if (event instanceof TaskEvent.Leased lease) {
                leasedAt.add(lease.atMs());
              } else if (event instanceof RulesHeeded rules) {
                heeded.add(rules);
              }
            });
    var node = fleet.node();
    fleet.workerOf(List.of("default", "mail"), "crane", node, 32);
    try (var client = node.client()) {
      serves(client);
      var before = client.queue("mail");
      assertThat(before.getVersion()).isZero();

      var paused =
          client.pauseQueue(
              PauseQueueRequest.newBuilder()
                  .setName("mail")
                  .setReason("the provider is down")
                  .setBy("ann")
                  .build());

      assertThat(paused.getOwingPartitionsList()).isEmpty();
      var waiting = client.submitAll(Collections.nCopies(20, mail())).taskIds();
      serves(client);
      noneStarted(client, waiting);

      node.process().kill();
      node = fleet.node(node.port(), () -> {});
      serves(client);
      noneStarted(client, waiting);
      var kept = client.queue("mail");
      assertThat(kept.getPause().getBy()).isEqualTo("ann");
      assertThat(kept.getPause().getReason()).isEqualTo("the provider is down");
      assertThat(kept.getReadyNormal()).isEqualTo(20);

      history.readOn();
      leasedAt.clear();
      var resumedAtMs = System.currentTimeMillis();
      client.resumeQueue(ResumeQueueRequest.newBuilder().setName("mail").build());

      for (var id : waiting) {
        var ended = client.awaitResult(id, SOON);
        assertThat(ended.getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
        assertThat(ended.getAttempt()).isEqualTo(1);
      }
      history.readOn();
      assertThat(leasedAt).hasSize(20);
      assertThat(Collections.max(leasedAt) - resumedAtMs).isLessThan(AT_ONCE.toMillis());
      assertThat(heeded).isNotEmpty();
      assertThat(history.checker().violations()).isEmpty();
    }
  }

  @Test
  @Timeout(300)
  void rulesOutliveMoreChangesThanASnapshotStandsFor() {
    var node = fleet.node();
    try (var client = node.client()) {
      for (var change = 1; change <= CHANGES; change++) {
        var name = "queue-" + change % 7;
        client.setQueue(
            SetQueueRequest.newBuilder()
                .setName(name)
                .setSettings(
                    client.queue(name).getSettings().toBuilder().setWeight(1 + change % 1000))
                .build());
      }
      var before = client.queues("").getQueuesList();
      assertThat(before).extracting(Queue::getName).hasSize(7).isSorted();
      assertThat(node.process().said()).doesNotContain("Failed to save snapshot");

      node.process().kill();
      node = fleet.node(node.port(), () -> {});

      assertThat(client.queues("").getQueuesList()).isEqualTo(before);
    }
  }

  /** Whether the worker is connected, and its credit stands: a task starts and ends. */
  private static void serves(ReeveClient client) {
    var id = client.submit(TaskRequest.of("echo").payload("hello").build()).taskId();
    assertThat(client.awaitResult(id, SOON).getState()).isEqualTo(TaskState.TASK_STATE_COMPLETED);
  }

  private static TaskRequest mail() {
    return TaskRequest.of("echo").queue("mail").payload("hello").build();
  }

  private static void noneStarted(ReeveClient client, List<String> ids) {
    assertThat(ids)
        .allSatisfy(
            id -> {
              var task = client.get(id);
              assertThat(task.getState()).isEqualTo(TaskState.TASK_STATE_READY);
              assertThat(task.getAttempt()).isZero();
            });
  }
}
