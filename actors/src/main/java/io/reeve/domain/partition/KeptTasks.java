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
    sequences[index(length++)] = task.spec().sequence();
    size++;
    bytes += bytesOf(task);
    while (size > limits.max() || (bytes > limits.bytesMax() && size > 1)) {
      remove(oldest());
    }
  }

  /** Forgets a task, whichever place it has. */
  void remove(Task.Finished task) {
    tasks.remove(task.spec().sequence());
    size--;
    bytes -= bytesOf(task);
    skipVoid();
    if (length - size > Math.max(VOID_MIN, size)) {
      compact();
    }
  }

  /** Forgets tasks whose time is over. */
  void sweep(long nowMs) {
    var beforeMs = TimeBounds.minus(nowMs, limits.keptMs());
    while (size > 0 && oldest().finishedAtMs() < beforeMs) {
      remove(oldest());
    }
  }

  /** When the oldest is to be forgotten; Long.MAX_VALUE when there is none. */
  long nextForgottenAtMs() {
    return size == 0 ? Long.MAX_VALUE : TimeBounds.plus(oldest().finishedAtMs(), limits.keptMs());
  }

  /** Numbers of the tasks, the longest finished first. */
  LongStream sequences() {
    return IntStream.range(0, length)
        .mapToLong(i -> sequences[index(i)])
        .filter(sequence -> tasks.get(sequence) instanceof Task.Finished);
  }

  /** Only when {@link #size} is not 0. */
  private Task.Finished oldest() {
    return (Task.Finished) tasks.get(sequences[head]);
  }

  private void skipVoid() {
    while (length > 0 && !(tasks.get(sequences[head]) instanceof Task.Finished)) {
      head = index(1);
      length--;
    }
  }

  private void compact() {
    var kept = 0;
    for (var i = 0; i < length; i++) {
      var sequence = sequences[index(i)];
      if (tasks.get(sequence) instanceof Task.Finished) {
        sequences[index(kept++)] = sequence;
      }
    }
    length = kept;
  }

  private void resize(int capacity) {
    var resized = new long[capacity];
    for (var i = 0; i < length; i++) {
      resized[i] = sequences[index(i)];
    }
    sequences = resized;
    head = 0;
  }

  private int index(int place) {
    return (head + place) & (sequences.length - 1);
  }

  static long bytesOf(Task.Finished task) {
    var result = task instanceof Task.Completed completed ? completed.result().length : 0;
    return (long) task.spec().bytes().length + result + Limits.TASK_OVERHEAD;
  }
}
