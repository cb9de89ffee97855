package io.reeve.domain.partition;

import io.reeve.domain.task.Task;

/**
 * Finished tasks in the order they ended, within bounds of number, bytes and time; the oldest are
 * forgotten first.
 */
final class Finished {

  private long[] sequences = new long[64];
  private int head;
  private int size;
  private long bytes;

  int size() {
    return size;
  }

  void add(long sequence, Task.Finished task) {
    if (size == sequences.length) {
      var grown = new long[size * 2];
      for (var i = 0; i < size; i++) {
        grown[i] = sequences[(head + i) & (sequences.length - 1)];
      }
      sequences = grown;
      head = 0;
    }
    sequences[(head + size++) & (sequences.length - 1)] = sequence;
    bytes += bytesOf(task);
  }

  /** Sequence number of the oldest; only when {@link #size} is not 0. */
  long oldest() {
    return sequences[head];
  }

  /** Sequence numbers, the longest finished first. */
  long[] sequences() {
    var copy = new long[size];
    for (var i = 0; i < size; i++) {
      copy[i] = sequences[(head + i) & (sequences.length - 1)];
    }
    return copy;
  }

  /** Forgets the oldest while there are more, or more bytes, than the bounds allow. */
  void trim(Limits limits, TaskTable tasks) {
    while (size > limits.finishedMax() || (bytes > limits.finishedBytesMax() && size > 0)) {
      forgetOldest(tasks);
    }
  }

  /** Forgets those that ended before {@code beforeMs}. */
  void trimEndedBefore(long beforeMs, TaskTable tasks) {
    while (size > 0
        && tasks.get(oldest()) instanceof Task.Finished task
        && task.finishedAtMs() < beforeMs) {
      forgetOldest(tasks);
    }
  }

  private void forgetOldest(TaskTable tasks) {
    var sequence = oldest();
    if (tasks.get(sequence) instanceof Task.Finished task) {
      bytes -= bytesOf(task);
      tasks.remove(sequence);
    }
    head = (head + 1) & (sequences.length - 1);
    size--;
  }

  private static long bytesOf(Task.Finished task) {
    var result = task instanceof Task.Completed completed ? completed.result().length : 0;
    return (long) task.spec().bytes().length + result + Limits.TASK_OVERHEAD;
  }
}
