package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.Task;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Finished tasks that stay readable, in the order they ended, within bounds of number, bytes and
 * time; the oldest are forgotten first. Any of them may be taken out before.
 *
 * <p>A ring of numbers. A task that was taken out leaves its number there, which is passed over
 * when its turn comes; once more than half of the numbers are such, the ring is written anew.
 */
final class KeptTasks {

  private static final int VOID_MIN = 64;

  private final Limits.Kept limits;
  private final TaskTable tasks;
  private final LongPredicate holds;
  private final LongConsumer forgotten;
  private long[] sequences = new long[64];

  /** Bytes of the tasks, so that forgetting one does not touch it. */
  private int[] sizes = new int[64];

  private int head;

  /** Numbers in the ring. */
  private int length;

  /** Tasks: the numbers that are not void. */
  private int size;

  private long bytes;

  KeptTasks(Limits.Kept limits, TaskTable tasks) {
    this(limits, tasks, tasks::contains, sequence -> {});
  }

  /**
   * @param holds whether the task with a number of the ring is still one of these
   * @param forgotten is told the numbers of tasks that the bounds push out
   */
  KeptTasks(Limits.Kept limits, TaskTable tasks, LongPredicate holds, LongConsumer forgotten) {
    this.limits = limits;
    this.tasks = tasks;
    this.holds = holds;
    this.forgotten = forgotten;
  }

  int size() {
    return size;
  }

  /** Bytes of the tasks, as counted against the bound. */
  long bytes() {
    return bytes;
  }

  /**
   * Takes in a task that ended last, and forgets the oldest over the bounds. The last one stays,
   * however large it is, so that those who wait for its end hear of it.
   */
  void add(Task.Finished task) {
    if (length == sequences.length) {
      resize(length * 2);
    }
    var at = index(length++);
    sequences[at] = task.spec().sequence();
    sizes[at] = bytesOf(task);
    size++;
    bytes += sizes[at];
    while (size > limits.max() || (bytes > limits.bytesMax() && size > 1)) {
      forgetOldest();
    }
  }

  /** Forgets a task, whichever place it has. */
  void remove(Task.Finished task) {
    tasks.remove(task.spec().sequence());
    leave(task);
  }

  /** A task is none of these any more, whichever place it has. It stays in the table. */
  void leave(Task.Finished task) {
    left(bytesOf(task));
    if (length - size > Math.max(VOID_MIN, size)) {
      compact();
    }
  }

  /** Forgets tasks whose time is over. */
  void sweep(long nowMs) {
    var beforeMs = TimeBounds.minus(nowMs, limits.keptMs());
    while (size > 0 && oldest().finishedAtMs() < beforeMs) {
      forgetOldest();
    }
  }

  /** When the oldest is to be forgotten; Long.MAX_VALUE when there is none. */
  long nextForgottenAtMs() {
    return size == 0 ? Long.MAX_VALUE : TimeBounds.plus(oldest().finishedAtMs(), limits.keptMs());
  }

  /** Numbers of the tasks, the longest finished first. */
  LongStream sequences() {
    return IntStream.range(0, length).mapToLong(i -> sequences[index(i)]).filter(holds);
  }

  /** Only when {@link #size} is not 0. */
  private Task.Finished oldest() {
    return (Task.Finished) tasks.get(sequences[head]);
  }

  /** Only when {@link #size} is not 0. */
  void forgetOldest() {
    var sequence = sequences[head];
    tasks.remove(sequence);
    left(sizes[head]);
    forgotten.accept(sequence);
  }

  private void left(int taskBytes) {
    size--;
    bytes -= taskBytes;
    skipVoid();
  }

  /** Numbers are never given twice, so a number in the table is still that of the finished task. */
  private void skipVoid() {
    while (length > 0 && !holds.test(sequences[head])) {
      head = index(1);
      length--;
    }
  }

  private void compact() {
    var kept = 0;
    for (var i = 0; i < length; i++) {
      var from = index(i);
      if (holds.test(sequences[from])) {
        var to = index(kept++);
        sequences[to] = sequences[from];
        sizes[to] = sizes[from];
      }
    }
    length = kept;
  }

  private void resize(int capacity) {
    var resized = new long[capacity];
    var resizedSizes = new int[capacity];
    for (var i = 0; i < length; i++) {
      resized[i] = sequences[index(i)];
      resizedSizes[i] = sizes[index(i)];
    }
    sequences = resized;
    sizes = resizedSizes;
    head = 0;
  }

  private int index(int place) {
    return (head + place) & (sequences.length - 1);
  }

  static int bytesOf(Task.Finished task) {
    var result = task instanceof Task.Completed completed ? completed.result().length : 0;
    var bytes = Math.addExact(task.spec().bytes().length, result);
    return Math.addExact(bytes, Limits.TASK_OVERHEAD + task.past().attemptBytes());
  }
}
