package io.reeve.domain.partition;

import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which task is next: of the classes that differ in their priority alone the higher one first, and
 * the lower sequence number among equals, whenever a task became ready.
 *
 * <p>Counts are exact. Entries of tasks that were cancelled or expired meanwhile are skipped when
 * their turn comes, and swept once they are more than the live ones.
 */
final class ReadyOrder {

  private static final int SWEEP_MIN = 1024;

  /** Tasks that are looked at for a place: some 50 ns each. */
  private static final int LOOK_MAX = 2048;

  private static final Priority[] PRIORITIES = Priority.values();

  /** The classes that differ in their priority alone. */
  private static final class Line {
    final TaskClass ofNormal;
    final @Nullable ClassQueue[] byPriority = new ClassQueue[PRIORITIES.length];
    int classes;

    Line(TaskClass ofNormal) {
      this.ofNormal = ofNormal;
    }

    @Nullable ClassQueue get(Priority priority) {
      return byPriority[index(priority)];
    }
  }

  private static final class ClassQueue {
    final Line line;
    final TaskClass taskClass;
    final SequenceQueue numbers = new SequenceQueue();
    int ready;
    boolean changed;

    ClassQueue(Line line, TaskClass taskClass) {
      this.line = line;
      this.taskClass = taskClass;
    }
  }

  /** By their class of normal priority. */
  private final Map<TaskClass, Line> lines = new LinkedHashMap<>();

  private final List<ClassQueue> changed = new ArrayList<>();
  private final LongPredicate isReady;

  /** The line asked for last: mostly the one asked for next. */
  private @Nullable Line last;

  private int total;

  /**
   * @param isReady whether the task with this number is ready now
   */
  ReadyOrder(LongPredicate isReady) {
    this.isReady = isReady;
  }

  /** Ready tasks of all classes. */
  int total() {
    return total;
  }

  int count(TaskClass taskClass) {
    var queue = queue(taskClass);
    return queue == null ? 0 : queue.ready;
  }

  /** The task became ready. */
  void add(TaskClass taskClass, long sequence) {
    var queue = findOrAdd(taskClass);
    queue.numbers.add(sequence);
    queue.ready++;
    total++;
    touch(queue);
  }

  /** The task is not ready any more: leased, cancelled or expired. */
  void remove(TaskClass taskClass) {
    var queue = queue(taskClass);
    if (queue == null) {
      throw new IllegalStateException("expected a class with ready tasks, got none");
    }
    queue.ready--;
    total--;
    touch(queue);
    if (queue.numbers.size() - queue.ready > Math.max(SWEEP_MIN, queue.ready)) {
      queue.numbers.retainIf(isReady);
    }
  }

  /**
   * Takes the next task out of the order, or returns -1: one of the class, or one with a higher
   * priority that differs in nothing else. So whatever a grant names, no task starts here before a
   * more important one of its line. The caller leases it and then calls {@link #remove}.
   */
  long poll(TaskClass taskClass) {
    var line = find(taskClass);
    if (line == null) {
      return -1;
    }
    for (var i = PRIORITIES.length - 1; i >= index(taskClass.priority()); i--) {
      var queue = line.byPriority[i];
      while (queue != null && queue.ready > 0 && queue.numbers.size() > 0) {
        var sequence = queue.numbers.poll();
        if (isReady.test(sequence)) {
          return sequence;
        }
      }
    }
    return -1;
  }

  /** The number of the task of this class that is next; -1: none is ready. */
  long head(TaskClass taskClass) {
    var queue = queue(taskClass);
    return queue == null ? -1 : head(queue);
  }

  private long head(ClassQueue queue) {
    var numbers = queue.numbers;
    while (queue.ready > 0 && numbers.size() > 0) {
      var sequence = numbers.peek();
      if (isReady.test(sequence)) {
        return sequence;
      }
      numbers.poll();
    }
    return -1;
  }

  /**
   * Where a ready task stands in its class, at a bounded cost however many are ready. Those of a
   * higher priority are other classes.
   */
  Place place(TaskClass taskClass, long sequence) {
    var queue = queue(taskClass);
    if (queue == null) {
      return Place.FIRST;
    }
    var rank = queue.numbers.before(sequence, isReady, LOOK_MAX);
    return new Place(rank.count(), !rank.exact());
  }

  /**
   * Classes with ready tasks, in order of first appearance of their lines, and the higher priority
   * first in a line.
   */
  List<TaskClass> readyClasses() {
    var result = new ArrayList<TaskClass>();
    forEachReady(queue -> result.add(queue.taskClass));
    return result;
  }

  private void forEachReady(Consumer<ClassQueue> consumer) {
    for (var line : lines.values()) {
      for (var i = PRIORITIES.length - 1; i >= 0; i--) {
        var queue = line.byPriority[i];
        if (queue != null && queue.ready > 0) {
          consumer.accept(queue);
        }
      }
    }
  }

  /** Is told how many tasks of a class are ready. */
  interface CountListener {

    /**
     * @param head number of the next one; -1: none is ready
     */
    void count(TaskClass taskClass, int ready, long head);
  }

  /** Tells each class whose count may have changed since the last call, and its count. */
  void drainChanged(CountListener listener) {
    for (var queue : changed) {
      queue.changed = false;
      listener.count(queue.taskClass, queue.ready, head(queue));
      if (queue.ready == 0) {
        forget(queue);
      }
    }
    changed.clear();
  }

  /** Counts every class as changed of which {@code believed} tells another count, or none. */
  void touchWhereNot(Map<TaskClass, Integer> believed) {
    believed.forEach(
        (taskClass, count) -> {
          if (count(taskClass) != count) {
            touch(taskClass);
          }
        });
    forEachReady(
        queue -> {
          if (!believed.containsKey(queue.taskClass)) {
            touch(queue);
          }
        });
  }

  /** Counts the class as changed. */
  void touch(TaskClass taskClass) {
    touch(findOrAdd(taskClass));
  }

  private void touch(ClassQueue queue) {
    if (!queue.changed) {
      queue.changed = true;
      changed.add(queue);
    }
  }

  private void forget(ClassQueue queue) {
    var line = queue.line;
    line.byPriority[index(queue.taskClass.priority())] = null;
    if (--line.classes == 0) {
      lines.remove(line.ofNormal);
      if (last == line) {
        last = null;
      }
    }
  }

  private @Nullable Line find(TaskClass taskClass) {
    var recent = last;
    if (recent != null && recent.ofNormal.isAlike(taskClass)) {
      return recent;
    }
    var line = lines.get(taskClass.withPriority(Priority.NORMAL));
    if (line != null) {
      last = line;
    }
    return line;
  }

  private @Nullable ClassQueue queue(TaskClass taskClass) {
    var line = find(taskClass);
    return line == null ? null : line.get(taskClass.priority());
  }

  private ClassQueue findOrAdd(TaskClass taskClass) {
    var line = find(taskClass);
    if (line == null) {
      line = new Line(taskClass.withPriority(Priority.NORMAL));
      lines.put(line.ofNormal, line);
      last = line;
    }
    var queue = line.get(taskClass.priority());
    if (queue == null) {
      queue = new ClassQueue(line, taskClass);
      line.byPriority[index(taskClass.priority())] = queue;
      line.classes++;
    }
    return queue;
  }

  private static int index(Priority priority) {
    return switch (priority) {
      case LOW -> 0;
      case NORMAL -> 1;
      case HIGH -> 2;
      case CRITICAL -> 3;
    };
  }
}
