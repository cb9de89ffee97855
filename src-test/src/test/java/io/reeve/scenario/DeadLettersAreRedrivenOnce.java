package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.client.TaskQuery;
import io.reeve.client.TaskRequest;
import io.reeve.v1.DeadLetterFilter;
import io.reeve.v1.DeadLetterGroup;
import io.reeve.v1.Priority;
import io.reeve.v1.RetryPolicy;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Many tasks die. The node is killed half way through their redrive, and the redrive goes on. Each
 * dead task has one new task with the same specification, however often the command runs.
 */
class DeadLettersAreRedrivenOnce {

  private static final int PER_CALL = 500;
  private static final Duration SOON = Duration.ofSeconds(60);

  private static final String[] SETTINGS = {
    "reeve.partition.count=4",
    "reeve.partition.dead.max=100000",
    "reeve.partition.dead.bytes-max=256MiB",
    "reeve.partition.memory.finished=0.5"
  };

  private static final DeadLetterFilter MEANT =
      DeadLetterFilter.newBuilder().setQueue("default").setKind("fail").build();

  private static final TaskRequest FAILS =
      TaskRequest.of("fail")
          .payload("{\"permanent\": true, \"message\": \"order 17 not found\"}")
          .urgent()
          .priority(Priority.PRIORITY_HIGH)
          .tenant("shop")
          .label("team", "finance")
          .name("bill")
          .attemptsMax(5)
          .backoffInitial(Duration.ofMillis(300))
          .neverRetry("NO_FUNDS")
          .executionTimeout(Duration.ofSeconds(20))
          .queueTimeout(Duration.ofHours(7))
          .build();

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  @Timeout(300)
  void thoughTheNodeIsKilledHalfWay() {
    redriveWithAKillBetween(3_000, "512m", SOON);
  }

  @Tag("long")
  @Test
  @Timeout(900)
  void hundredThousandOfThemToo() {
    // Dead tasks of both lives have a quarter of a half of the old generation.
    redriveWithAKillBetween(100_000, "2g", Duration.ofMinutes(5));
  }

  private void redriveWithAKillBetween(int tasks, String heap, Duration diedWithin) {
    var node = fleet.node(0, heap, Map.of(), () -> {}, SETTINGS);
    var worker = fleet.worker("first", node, 200);
    var redriven = new AtomicLong();
    CompletableFuture<Boolean> interrupted;
    try (var client = node.client()) {
      for (var call = 0; call < tasks / PER_CALL; call++) {
        client.submitAll("call-" + call, Collections.nCopies(PER_CALL, FAILS));
      }
      Await.until("all are dead", diedWithin, () -> dead(client) == tasks);
      worker.kill();
      interrupted = CompletableFuture.supplyAsync(() -> redrive(client, redriven));
      Await.until("half of them are redriven", SOON, () -> redriven.get() >= tasks / 2);
      node.process().kill();
      Await.until("the command has ended", SOON, interrupted::isDone);
    }

    var again = fleet.node(node.port(), heap, Map.of(), () -> {}, SETTINGS);
    try (var client = again.client()) {
      var changes = RetryPolicy.getDefaultInstance();
      var rest = client.deadLetters().redriveAll(MEANT, changes, done -> {});
      System.out.printf(
          "%d redriven before the node was killed, %d by the second command%n",
          redriven.get(), rest);
      assertThat(rest).isLessThanOrEqualTo(tasks - redriven.get());
      assertThat(dead(client)).isZero();
      assertThat(client.deadLetters().redriveAll(MEANT, changes, done -> {})).isZero();
      eachIsThereOnceMore(client, tasks);

      fleet.worker("second", again, 200);
      Await.until("all are dead again", diedWithin, () -> dead(client) == tasks);
      bothHistoriesAreThere(client);
    }
    var history = new History(fleet);
    history.readOn();
    assertThat(history.checker().violations()).isEmpty();
    assertThat(history.checker().unfinished()).isEmpty();
  }

  /** Whether the command came to its end. */
  private static boolean redrive(ReeveClient client, AtomicLong redriven) {
    try {
      client.deadLetters().redriveAll(MEANT, RetryPolicy.getDefaultInstance(), redriven::set);
      return true;
    } catch (ReeveException nodeIsAway) {
      return false;
    }
  }

  private static long dead(ReeveClient client) {
    return client.deadLetters().groups(MEANT).getGroupsList().stream()
        .mapToLong(DeadLetterGroup::getCount)
        .sum();
  }

  private static void eachIsThereOnceMore(ReeveClient client, int tasks) {
    Map<String, Task> all = new HashMap<>();
    client.list(TaskQuery.all()).forEach(task -> all.put(task.getId(), task));
    var old =
        all.values().stream().filter(task -> task.getState() == TaskState.TASK_STATE_DEAD).toList();
    var spec = FAILS.spec().toBuilder().clearPayload().build();

    assertThat(all).hasSize(2 * tasks);
    assertThat(old).hasSize(tasks);
    assertThat(old).extracting(Task::getRedrivenAs).doesNotHaveDuplicates();
    for (var task : old) {
      var next = all.get(task.getRedrivenAs());
      assertThat(next).as(task.getId()).isNotNull();
      assertThat(next.getRedriveOf()).isEqualTo(task.getId());
      assertThat(next.getState()).isEqualTo(TaskState.TASK_STATE_READY);
      assertThat(next.getAttempt()).isZero();
      assertThat(next.getSpec()).isEqualTo(spec);
    }
    var sample = client.get(old.get(0).getRedrivenAs());
    assertThat(sample.getSpec()).isEqualTo(FAILS.spec());
  }

  private static void bothHistoriesAreThere(ReeveClient client) {
    List<Task> letters =
        StreamSupport.stream(client.deadLetters().list(MEANT).spliterator(), false)
            .limit(20)
            .toList();

    for (var letter : letters) {
      var old = client.get(letter.getRedriveOf());
      assertThat(letter.getAttemptsList()).hasSize(1);
      assertThat(letter.getAttempts(0).getWorkerId()).startsWith("second");
      assertThat(old.getAttemptsList()).hasSize(1);
      assertThat(old.getAttempts(0).getWorkerId()).startsWith("first");
      assertThat(old.getAttempts(0).getFailure().getMessage()).contains("order 17 not found");
    }
  }
}
