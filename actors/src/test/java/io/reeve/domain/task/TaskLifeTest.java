package io.reeve.domain.task;

import static io.reeve.domain.task.TaskSamples.ATTEMPTS_MAX;
import static io.reeve.domain.task.TaskSamples.DISK_FULL;
import static io.reeve.domain.task.TaskSamples.LOST;
import static io.reeve.domain.task.TaskSamples.NOON;
import static io.reeve.domain.task.TaskSamples.OTHER_RESULT;
import static io.reeve.domain.task.TaskSamples.RESULT;
import static io.reeve.domain.task.TaskSamples.WORKER;
import static io.reeve.domain.task.TaskSamples.queued;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Any commands in any order, with fences old, right and never given. {@code -Dseed=} repeats a run.
 */
class TaskLifeTest {

  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int LIVES = 5_000;
  private static final int COMMANDS = 60;

  private final Random random = new Random(SEED);
  private final Set<TaskState> statesSeen = EnumSet.noneOf(TaskState.class);
  private final Set<Class<?>> eventsSeen = new HashSet<>();

  @Test
  void anyOrderOfCommandsKeepsTheInvariants() {
    for (var life = 0; life < LIVES; life++) {
      try {
        live();
      } catch (AssertionError e) {
        throw new AssertionError("seed " + SEED + ", life " + life, e);
      }
    }

    assertThat(statesSeen).containsExactlyInAnyOrder(TaskState.values());
    assertThat(eventsSeen).containsExactlyInAnyOrder(TaskEvent.class.getPermittedSubclasses());
  }

  private void live() {
    Task start = queued();
    var events = new ArrayList<TaskEvent>();
    var task = start;
    var nowMs = NOON;
    for (var i = 0; i < COMMANDS; i++) {
      nowMs += random.nextInt(20_000);
      statesSeen.add(task.stateAt(nowMs));
      if (anyCommand(task, nowMs) instanceof TaskEvent event) {
        var next = event.applyTo(task);
        checkStep(task, event, next);
        events.add(event);
        eventsSeen.add(event.getClass());
        task = next;
      }
    }

    assertThat(replayed(start, events)).isEqualTo(task);
  }

  private static void checkStep(Task before, TaskEvent event, Task next) {
    assertThat(before).isNotInstanceOf(Task.Finished.class);
    assertThat(next.spec()).isSameAs(before.spec());
    assertThat(next.attempt()).isBetween(0, ATTEMPTS_MAX);
    assertThat(next.fence()).isGreaterThanOrEqualTo(next.attempt());
    if (event instanceof TaskEvent.Leased) {
      assertThat(before).isInstanceOf(Task.Queued.class);
      assertThat(next.fence()).isEqualTo(before.fence() + 1);
    } else {
      assertThat(next.fence()).isEqualTo(before.fence());
    }
  }

  private static Task replayed(Task start, List<TaskEvent> events) {
    var task = start;
    for (var event : events) {
      task = event.applyTo(task);
    }
    return task;
  }

  private Decision anyCommand(Task task, long nowMs) {
    var fence = random.nextInt(3) == 0 ? random.nextLong(-1, task.fence() + 2) : task.fence();
    return switch (random.nextInt(40)) {
      case 0 -> task.complete(fence, random.nextBoolean() ? RESULT : OTHER_RESULT, nowMs);
      case 1, 2, 3, 4 ->
          task.fail(
              fence,
              new FailureReport(anyFailure(), false, random.nextInt(2_000), random.nextDouble()),
              nowMs);
      case 5 ->
          task.fail(fence, new FailureReport(anyFailure(), true, 0, random.nextDouble()), nowMs);
      case 6, 7 -> task.lose(fence, LOST, LossRule.DEFAULT, nowMs);
      case 8, 9, 10, 11, 12 -> task.release(fence, "draining", nowMs);
      case 13 -> task.cancel("not needed", nowMs);
      case 14, 15 -> task.expire(nowMs);
      default ->
          random.nextInt(3) == 0
              ? task.lease("holder-" + random.nextInt(2), WORKER, nowMs, nowMs + 30_000)
              : Decision.Already.SO;
    };
  }

  private Failure anyFailure() {
    return random.nextBoolean() ? DISK_FULL : LOST;
  }
}
