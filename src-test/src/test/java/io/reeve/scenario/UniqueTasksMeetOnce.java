package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.client.Submission;
import io.reeve.client.TaskQuery;
import io.reeve.client.TaskRequest;
import io.reeve.v1.OnCollision;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import io.reeve.v1.UniqueScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two clients submit tasks with the same unique keys, and the node is killed half way. Of each key
 * there is one task at a time, and both clients hear of the same one.
 */
@Timeout(300)
class UniqueTasksMeetOnce {

  private static final int KEYS = 400;
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String[] FOUR = {"reeve.partition.count=4"};
  private static final String[] EIGHT = {"reeve.partition.count=8"};

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  void thoughTheNodeIsKilledWhileTheyAreSubmitted() {
    var node = fleet.node(FOUR);
    var answered = new AtomicInteger();
    List<Submission> ones;
    List<Submission> others;
    try (var one = node.client();
        var other = node.client()) {
      var first = submitting("one", one, OnCollision.ON_COLLISION_RETURN_FIRST, answered);
      var second = submitting("other", other, OnCollision.ON_COLLISION_RETURN_FIRST, answered);
      Await.until("half is answered", SOON, () -> answered.get() >= KEYS);
      node.process().kill();
      fleet.node(node.port(), () -> {}, FOUR);
      ones = first.join();
      others = second.join();

      assertThat(ids(ones)).isEqualTo(ids(others)).doesNotHaveDuplicates().hasSize(KEYS);
      for (var i = 0; i < KEYS; i++) {
        assertThat(ones.get(i).returnedFirst()).isNotEqualTo(others.get(i).returnedFirst());
      }
      assertThat(repeated("one", one)).isEqualTo(ids(ones));
      assertThat(tasks(one)).hasSize(KEYS);

      endAll(one, node);
      var again = submitting("again", one, OnCollision.ON_COLLISION_REFUSE, answered).join();
      assertThat(ids(again)).doesNotContainAnyElementsOf(ids(ones));
      assertThat(repeated("other", other)).as("whatever became of them").isEqualTo(ids(ones));
    }
    judge();
  }

  @Test
  void thoughTheNodeIsKilledWhileTheyAreReplaced() {
    var node = fleet.node(FOUR);
    var answered = new AtomicInteger();
    try (var one = node.client();
        var other = node.client()) {
      var first = submitting("one", one, OnCollision.ON_COLLISION_REPLACE, answered);
      var second = submitting("other", other, OnCollision.ON_COLLISION_REPLACE, answered);
      Await.until("half is answered", SOON, () -> answered.get() >= KEYS);
      node.process().kill();
      fleet.node(node.port(), () -> {}, FOUR);
      var all = new ArrayList<>(ids(first.join()));
      all.addAll(ids(second.join()));

      var tasks = tasks(one);
      assertThat(tasks).extracting(Task::getId).containsExactlyInAnyOrderElementsOf(all);
      assertThat(keysIn(tasks, TaskState.TASK_STATE_READY)).doesNotHaveDuplicates().hasSize(KEYS);
      assertThat(keysIn(tasks, TaskState.TASK_STATE_CANCELLED)).hasSize(KEYS);
    }
    judge();
  }

  @Test
  void thoughThePartitionsBecomeMore() {
    var node = fleet.node(FOUR);
    var answered = new AtomicInteger();
    List<String> before;
    try (var client = node.client()) {
      var made = submitting("before", client, OnCollision.ON_COLLISION_REFUSE, answered);
      before = ids(made.join());
    }
    node.process().kill();
    var grown = fleet.node(node.port(), () -> {}, EIGHT);

    try (var client = grown.client()) {
      var met = submitting("met", client, OnCollision.ON_COLLISION_RETURN_FIRST, answered).join();
      assertThat(ids(met)).isEqualTo(before);
      assertThat(met).allMatch(Submission::returnedFirst);

      endAll(client, grown);
      var after = submitting("after", client, OnCollision.ON_COLLISION_REFUSE, answered).join();
      assertThat(partitions(before)).containsOnly(0, 1, 2, 3);
      assertThat(partitions(ids(after))).contains(0, 1, 2, 3, 4, 5, 6, 7);
    }
    judge();
  }

  // ---- Steps

  /** Submits a task of each key, again and again under one request id until there is an answer. */
  private static CompletableFuture<List<Submission>> submitting(
      String name, ReeveClient client, OnCollision onCollision, AtomicInteger answered) {
    return CompletableFuture.supplyAsync(
        () -> {
          var submissions = new ArrayList<Submission>();
          for (var i = 0; i < KEYS; i++) {
            submissions.add(submitted(client, name + "-" + i, task(i, onCollision)));
            answered.incrementAndGet();
          }
          return submissions;
        },
        // Each has a thread of its own: the common pool of a small machine has one.
        task -> new Thread(task, name).start());
  }

  private static Submission submitted(ReeveClient client, String requestId, TaskRequest task) {
    while (true) {
      try {
        return client.submit(requestId, task);
      } catch (ReeveException failure) {
        if (!failure.isOutcomeUnknown()) {
          throw failure;
        }
      }
    }
  }

  private static TaskRequest task(int key, OnCollision onCollision) {
    return TaskRequest.of("echo")
        .payload("hello")
        .unique("order-" + key, UniqueScope.UNIQUE_SCOPE_UNTIL_ENDED, onCollision)
        .build();
  }

  private static List<String> repeated(String name, ReeveClient client) {
    var ids = new ArrayList<String>();
    for (var i = 0; i < KEYS; i++) {
      var repeat = client.submit(name + "-" + i, task(i, OnCollision.ON_COLLISION_RETURN_FIRST));
      assertThat(repeat.alreadySubmitted()).isTrue();
      ids.add(repeat.taskId());
    }
    return ids;
  }

  private void endAll(ReeveClient client, NodeProcess node) {
    var worker = fleet.worker("crane", node, 50);
    Await.until(
        "all are completed",
        SOON,
        () -> keysIn(tasks(client), TaskState.TASK_STATE_COMPLETED).size() == KEYS);
    worker.kill();
  }

  private static List<String> ids(List<Submission> submissions) {
    return submissions.stream().map(Submission::taskId).toList();
  }

  private static List<Integer> partitions(List<String> ids) {
    return ids.stream().map(id -> Integer.valueOf(id.substring(0, id.indexOf('-')))).toList();
  }

  private static List<Task> tasks(ReeveClient client) {
    return StreamSupport.stream(client.list(TaskQuery.all()).spliterator(), false).toList();
  }

  private static List<String> keysIn(List<Task> tasks, TaskState state) {
    return tasks.stream()
        .filter(task -> task.getState() == state)
        .map(task -> task.getSpec().getUnique().getKey())
        .toList();
  }

  private void judge() {
    var history = new History(fleet);
    history.readOn();
    assertThat(history.checker().violations()).isEmpty();
  }
}
