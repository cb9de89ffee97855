package io.reeve.domain.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskTableTest {

  private static final TaskProfile PROFILE =
      new TaskProfile(
          new TaskClass("default", "mail", Lane.NORMAL, Priority.NORMAL),
          300_000,
          0,
          new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2, 0),
          "");

  private record Frozen(TaskTable table, List<Task> tasks) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aFrozenTableStaysWhatItWasWhateverHappensToTheOtherOne(long seed) {
    var random = new Random(seed);
    var table = new TaskTable();
    var model = new TreeMap<Long, Task>();
    var frozen = new ArrayList<Frozen>();
    var next = 1L;
    for (var step = 0; step < 20_000; step++) {
      var choice = random.nextInt(100);
      if (choice < 45) {
        var task = task(next);
        table.put(next, task);
        model.put(next++, task);
      } else if (choice < 70 && !model.isEmpty()) {
        var sequence = someKey(model, random, next);
        var task = task(sequence);
        table.put(sequence, task);
        model.put(sequence, task);
      } else if (choice < 99 && !model.isEmpty()) {
        var sequence = someKey(model, random, next);
        table.remove(sequence);
        model.remove(sequence);
      } else {
        frozen.add(new Frozen(table.freeze(), List.copyOf(model.values())));
      }
    }

    frozen.add(new Frozen(table, List.copyOf(model.values())));
    for (var copy : frozen) {
      assertThat(copy.table().size()).isEqualTo(copy.tasks().size());
      var read = new ArrayList<Task>();
      copy.table().forEach(read::add);
      assertThat(read).usingElementComparator((a, b) -> a == b ? 0 : 1).isEqualTo(copy.tasks());
      for (var task : copy.tasks()) {
        assertThat(copy.table().get(task.spec().sequence())).isSameAs(task);
      }
    }
  }

  private static long someKey(NavigableMap<Long, Task> model, Random random, long next) {
    var found = model.ceilingKey(1 + (long) (random.nextDouble() * next));
    return found == null ? model.lastKey() : found;
  }

  private static Task task(long sequence) {
    return Task.Queued.entering(new Task.Spec(sequence, PROFILE, new byte[0], 0), 0);
  }
}
