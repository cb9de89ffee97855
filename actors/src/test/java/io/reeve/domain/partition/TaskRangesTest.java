package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.profile;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TaskRangesTest {

  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private final TaskTable table = new TaskTable();

  @Test
  void anUnknownNumberIsAbsent() {
    assertThat(table.get(0)).isEqualTo(Task.Absent.TASK);
    assertThat(table.get(-1)).isEqualTo(Task.Absent.TASK);
    assertThat(table.get(Long.MAX_VALUE)).isEqualTo(Task.Absent.TASK);
    table.put(5, task(5));
    assertThat(table.get(4)).isEqualTo(Task.Absent.TASK);
    assertThat(table.get(5 + 512)).isEqualTo(Task.Absent.TASK);
    table.remove(4);
    table.remove(1L << 60);
    assertThat(table.size()).isEqualTo(1);
  }

  /**
   * Writers that begin far behind each other, old tasks among new ones, and the first that goes.
   */
  @Test
  void anyOrderOfChangesGivesWhatATreeGives() {
    var random = new SplittableRandom(SEED);
    for (var round = 0; round < 20; round++) {
      var mine = new TaskTable();
      var theirs = new TreeMap<Long, Task>();
      var next = 1L;
      for (var step = 0; step < 20_000; step++) {
        var what = random.nextInt(100);
        if (what == 0) {
          next += random.nextLong(1L << (10 + random.nextInt(40)));
        } else if (what < 50) {
          put(mine, theirs, next++);
        } else if (what < 55) {
          put(mine, theirs, 1 + random.nextLong(next));
        } else if (!theirs.isEmpty()) {
          var sequence = theirs.ceilingKey(1 + random.nextLong(theirs.lastKey()));
          mine.remove(sequence);
          theirs.remove(sequence);
        }
      }
      assertThat(mine.size()).as("seed %d", SEED).isEqualTo(theirs.size());
      assertThat(after(mine, 0)).as("seed %d", SEED).isEqualTo(List.copyOf(theirs.keySet()));
      var from = random.nextLong(next);
      assertThat(after(mine, from))
          .as("seed %d", SEED)
          .isEqualTo(List.copyOf(theirs.tailMap(from, false).keySet()));
      theirs.forEach((sequence, task) -> assertThat(mine.get(sequence)).isSameAs(task));
      List.copyOf(theirs.keySet()).forEach(mine::remove);
      assertThat(mine.size()).isZero();
      assertThat(after(mine, 0)).isEmpty();
    }
  }

  private static void put(TaskTable mine, Map<Long, Task> theirs, long sequence) {
    var task = task(sequence);
    mine.put(sequence, task);
    theirs.put(sequence, task);
  }

  private static List<Long> after(TaskTable table, long sequence) {
    var found = new ArrayList<Long>();
    table.forEachAfter(
        sequence,
        task -> {
          found.add(task.spec().sequence());
          return true;
        });
    return found;
  }

  private static Task task(long sequence) {
    return Task.Queued.entering(new Task.Spec(sequence, profile(), new byte[0], 0), 0);
  }
}
