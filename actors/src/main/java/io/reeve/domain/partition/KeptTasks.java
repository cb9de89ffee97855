package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.Task;
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
    this.limits = limits;
    this.tasks = tasks;
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
    forget(task.spec().sequence(), bytesOf(task));
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
    return IntStream.range(0, length).mapToLong(i -> sequences[index(i)]).filter(tasks::contains);
  }

  /** Only when {@link #size} is not 0. */
  private Task.Finished oldest() {
    return (Task.Finished) tasks.get(sequences[head]);
  }

  private void forgetOldest() {
    forget(sequences[head], sizes[head]);
  }

  private void forget(long sequence, int taskBytes) {
    tasks.remove(sequence);
    size--;
    bytes -= taskBytes;
    skipVoid();
  }

  /** Numbers are never given twice, so a number in the table is still that of the finished task. */
  private void skipVoid() {
    while (length > 0 && !tasks.contains(sequences[head])) {
      head = index(1);
      length--;
    }
  }

  private void compact() {
    var kept = 0;
    for (var i = 0; i < length; i++) {
      var from = index(i);
      if (tasks.contains(sequences[from])) {
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
    return Math.addExact(Math.addExact(task.spec().bytes().length, result), Limits.TASK_OVERHEAD);
  }
}
