package io.reeve.domain.partition;

import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which task is next: per class the higher priority first, and the lower sequence number among
 * equals, whenever a task became ready.
 *
 * <p>Counts are exact. Entries of tasks that were cancelled or expired meanwhile are skipped when
 * their turn comes, and swept once they are more than the live ones.
 */
final class ReadyOrder {

  private static final int SWEEP_MIN = 1024;
  private static final Priority[] PRIORITIES = Priority.values();

  private static final class ClassQueue {
    final TaskClass taskClass;
    final SequenceQueue[] byPriority = new SequenceQueue[PRIORITIES.length];
    int ready;
    int entries;
    boolean changed;

    ClassQueue(TaskClass taskClass) {
      this.taskClass = taskClass;
      for (var i = 0; i < byPriority.length; i++) {
        byPriority[i] = new SequenceQueue();
      }
    }
  }

  private final Map<TaskClass, ClassQueue> classes = new LinkedHashMap<>();
  private final List<ClassQueue> changed = new ArrayList<>();
  private final LongPredicate isReady;

  /** The class asked for last: mostly the one asked for next. */
  private @Nullable ClassQueue last;

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
    var queue = find(taskClass);
    return queue == null ? 0 : queue.ready;
  }

  /** The task became ready. */
  void add(TaskProfile profile, long sequence) {
    var queue = findOrAdd(profile.taskClass());
    queue.byPriority[index(profile.priority())].add(sequence);
    queue.entries++;
    queue.ready++;
    total++;
    touch(queue);
  }

  /** The task is not ready any more: leased, cancelled or expired. */
  void remove(TaskProfile profile) {
    var queue = find(profile.taskClass());
    if (queue == null) {
      throw new IllegalStateException("expected a class with ready tasks, got none");
    }
    queue.ready--;
    total--;
    touch(queue);
    if (queue.entries - queue.ready > Math.max(SWEEP_MIN, queue.ready)) {
      sweep(queue);
    }
  }

  /**
   * Takes the next task of the class out of the order, or returns -1. The caller leases it and then
   * calls {@link #remove}.
   */
  long poll(TaskClass taskClass) {
    var queue = find(taskClass);
    if (queue == null || queue.ready == 0) {
      return -1;
    }
    for (var i = PRIORITIES.length - 1; i >= 0; i--) {
      var numbers = queue.byPriority[i];
      while (numbers.size() > 0) {
        var sequence = numbers.poll();
        queue.entries--;
        if (isReady.test(sequence)) {
          return sequence;
        }
      }
    }
    return -1;
  }

  /** Classes with ready tasks, in order of first appearance. */
  List<TaskClass> readyClasses() {
    var result = new ArrayList<TaskClass>();
    classes.forEach(
        (taskClass, queue) -> {
          if (queue.ready > 0) {
            result.add(taskClass);
          }
        });
    return result;
  }

  /** Tells each class whose count may have changed since the last call, and its count. */
  void drainChanged(ObjIntConsumer<TaskClass> consumer) {
    for (var queue : changed) {
      queue.changed = false;
      consumer.accept(queue.taskClass, queue.ready);
      if (queue.ready == 0) {
        classes.remove(queue.taskClass);
        if (last == queue) {
          last = null;
        }
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
    for (var queue : classes.values()) {
      if (queue.ready > 0 && !believed.containsKey(queue.taskClass)) {
        touch(queue);
      }
    }
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

  private void sweep(ClassQueue queue) {
    queue.entries = 0;
    for (var numbers : queue.byPriority) {
      numbers.retainIf(isReady);
      queue.entries += numbers.size();
    }
  }

  private @Nullable ClassQueue find(TaskClass taskClass) {
    var recent = last;
    if (recent != null && recent.taskClass.equals(taskClass)) {
      return recent;
    }
    var queue = classes.get(taskClass);
    if (queue != null) {
      last = queue;
    }
    return queue;
  }

  private ClassQueue findOrAdd(TaskClass taskClass) {
    var queue = find(taskClass);
    if (queue == null) {
      queue = new ClassQueue(taskClass);
      classes.put(taskClass, queue);
      last = queue;
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
