package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.NOON;
import static io.reeve.domain.partition.PartitionStory.profile;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.partition.PartitionStory.Start;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Past;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Finished tasks stay within their bounds, dead ones within bounds of their own. */
class KeptTasksTest {

  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final long BYTES = Limits.TASK_OVERHEAD + 1;

  private final TaskTable tasks = new TaskTable();

  @Test
  void theOldestGoesFirstBeyondTheNumber() {
    var kept = new KeptTasks(new Limits.Kept(3, 1 << 20, 1_000), tasks);
    for (var sequence = 1; sequence <= 5; sequence++) {
      add(kept, sequence);
    }

    assertThat(sequences(kept)).containsExactly(3L, 4L, 5L);
    assertThat(kept.bytes()).isEqualTo(3 * BYTES);
    assertThat(tasks.size()).isEqualTo(3);
  }

  @Test
  void theOldestGoesFirstBeyondTheBytes() {
    var kept = new KeptTasks(new Limits.Kept(100, 2 * BYTES, 1_000), tasks);
    for (var sequence = 1; sequence <= 5; sequence++) {
      add(kept, sequence);
    }

    assertThat(sequences(kept)).containsExactly(4L, 5L);
  }

  @Test
  void theLastOneStaysHoweverLargeItIs() {
    var kept = new KeptTasks(new Limits.Kept(100, BYTES - 1, 1_000), tasks);
    add(kept, 1);
    add(kept, 2);

    assertThat(sequences(kept)).containsExactly(2L);
  }

  @Test
  void noneIsKeptWithoutRoom() {
    var kept = new KeptTasks(new Limits.Kept(0, 1 << 20, 1_000), tasks);
    add(kept, 1);

    assertThat(kept.size()).isZero();
    assertThat(kept.bytes()).isZero();
    assertThat(tasks.size()).isZero();
  }

  @Test
  void theOldestGoesWhenItsTimeIsOver() {
    var kept = new KeptTasks(new Limits.Kept(100, 1 << 20, 1_000), tasks);
    add(kept, 1);
    add(kept, 2);

    assertThat(kept.nextForgottenAtMs()).isEqualTo(NOON + 1 + 1_000);
    kept.sweep(NOON + 1 + 1_000);
    assertThat(sequences(kept)).containsExactly(1L, 2L);
    kept.sweep(NOON + 2 + 1_000);
    assertThat(sequences(kept)).containsExactly(2L);
  }

  @Test
  void aTaskOutOfTheMiddleLeavesNothingBehind() {
    var random = new SplittableRandom(SEED);
    var kept = new KeptTasks(new Limits.Kept(500, 1 << 30, 1L << 40), tasks);
    var expected = new ArrayList<Task.Finished>();
    for (var sequence = 1; sequence <= 20_000; sequence++) {
      expected.add(add(kept, sequence));
      if (expected.size() > 500) {
        expected.remove(0);
      }
      if (random.nextInt(10) < 8) {
        kept.remove(expected.remove(random.nextInt(expected.size())));
      }
    }

    assertThat(sequences(kept))
        .as("seed %d", SEED)
        .isEqualTo(expected.stream().map(task -> task.spec().sequence()).toList());
    assertThat(kept.bytes()).isEqualTo(expected.size() * BYTES);
    assertThat(tasks.size()).isEqualTo(expected.size());
    List.copyOf(expected).forEach(kept::remove);
    assertThat(kept.bytes()).isZero();
    assertThat(kept.nextForgottenAtMs()).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void completedTasksDoNotPushDeadOnesOut(Start start) {
    var story = new PartitionStory();
    var dead = story.submit(profile());
    story.lease("anna", 1);
    story.settle(Settlement.failed(dead, 1, new Failure(FailureType.ERROR, "no", ""), true, 0));
    for (var i = 0; i < PartitionStory.ROOMY.finished().max() + 10; i++) {
      var task = story.submit(profile());
      story.lease("anna", 1);
      story.complete(task);
    }
    story.start(start);

    assertThat(story.get(dead)).isInstanceOf(Task.Dead.class);
    assertThat(story.state.finishedKept()).isEqualTo(PartitionStory.ROOMY.finished().max() + 1);

    story.stall(Duration.ofDays(13));
    story.batch(events -> {});
    assertThat(story.get(dead)).isInstanceOf(Task.Dead.class);
    assertThat(story.state.finishedKept()).isEqualTo(1);

    story.stall(Duration.ofDays(2));
    story.batch(events -> {});
    assertThat(story.get(dead)).isEqualTo(Task.Absent.TASK);
  }

  private Task.Finished add(KeptTasks kept, long sequence) {
    var spec = new Task.Spec(sequence, profile(), new byte[] {1}, NOON);
    var task = new Task.Expired(spec, 0, 0, NOON, Past.NONE, NOON + sequence);
    tasks.put(sequence, task);
    kept.add(task);
    return task;
  }

  private static List<Long> sequences(KeptTasks kept) {
    return kept.sequences().boxed().toList();
  }
}
