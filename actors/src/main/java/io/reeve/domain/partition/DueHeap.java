package io.reeve.domain.partition;

import java.util.Arrays;

/**
 * Instants with a task each, the earliest first. Most instants come in order, since most tasks have
 * the same timeouts: those lie in a queue, which costs the same however many there are. The others
 * lie in a binary heap. Both are of primitives.
 *
 * <p>Instants are compared by their difference, so those of a clock that wraps keep their order.
 * Entries are not removed when they become void; they are skipped when their time comes, and swept
 * once they may be more than the valid ones, so that the size stays below twice the valid entries
 * and a constant.
 */
final class DueHeap {

  /** Whether an entry still means anything. */
  interface Validity {
    boolean test(long at, long sequence, long tag);
  }

  private static final int SWEEP_MIN = 4096;
  private static final int WIDTH = 3;

  private final Validity validity;

  /** The heap, the earliest first. */
  private long[] entries = new long[WIDTH * 16];

  private int size;

  /** The queue, a ring of a power of two entries. */
  private long[] queue = new long[WIDTH * 16];

  private int head;
  private int queued;
  private int sweepAt = SWEEP_MIN;

  DueHeap(Validity validity) {
    this.validity = validity;
  }

  boolean isEmpty() {
    return size == 0 && queued == 0;
  }

  void push(long at, long sequence, long tag) {
    if (size + queued >= sweepAt) {
      sweep();
    }
    if (queued == 0 || at - queue[place(queued - 1)] >= 0) {
      if (queued * WIDTH == queue.length) {
        grow();
      }
      set(queue, place(queued++), at, sequence, tag);
      return;
    }
    if (size * WIDTH == entries.length) {
      entries = Arrays.copyOf(entries, entries.length * 2);
    }
    siftUp(size++, at, sequence, tag);
  }

  /** The earliest instant; only when not empty. */
  long at() {
    return queueIsFirst() ? queue[place(0)] : entries[0];
  }

  long sequence() {
    return queueIsFirst() ? queue[place(0) + 1] : entries[1];
  }

  long tag() {
    return queueIsFirst() ? queue[place(0) + 2] : entries[2];
  }

  /** Drops the earliest entry; only when not empty. */
  void pop() {
    if (queueIsFirst()) {
      head++;
      queued--;
      return;
    }
    size--;
    if (size > 0) {
      var from = size * WIDTH;
      siftDown(0, entries[from], entries[from + 1], entries[from + 2]);
    }
  }

  /**
   * Drops void entries at the front, so that {@link #at} is an instant at which something is due.
   */
  void skipVoid() {
    while (!isEmpty() && !validity.test(at(), sequence(), tag())) {
      pop();
    }
  }

  private boolean queueIsFirst() {
    return queued > 0 && (size == 0 || queue[place(0)] - entries[0] <= 0);
  }

  /** Where an entry of the queue begins, by its place in it. */
  private int place(int index) {
    return ((head + index) & (queue.length / WIDTH - 1)) * WIDTH;
  }

  private void grow() {
    var grown = new long[queue.length * 2];
    for (var i = 0; i < queued; i++) {
      System.arraycopy(queue, place(i), grown, i * WIDTH, WIDTH);
    }
    queue = grown;
    head = 0;
  }

  private void sweep() {
    sweepQueue();
    sweepHeap();
    sweepAt = Math.max(SWEEP_MIN, (size + queued) * 2);
  }

  private void sweepQueue() {
    var kept = 0;
    for (var i = 0; i < queued; i++) {
      var from = place(i);
      if (validity.test(queue[from], queue[from + 1], queue[from + 2])) {
        System.arraycopy(queue, from, queue, place(kept++), WIDTH);
      }
    }
    queued = kept;
  }

  private void sweepHeap() {
    var kept = 0;
    for (var i = 0; i < size; i++) {
      var from = i * WIDTH;
      if (validity.test(entries[from], entries[from + 1], entries[from + 2])) {
        System.arraycopy(entries, from, entries, kept++ * WIDTH, WIDTH);
      }
    }
    size = kept;
    for (var i = size / 2 - 1; i >= 0; i--) {
      var from = i * WIDTH;
      siftDown(i, entries[from], entries[from + 1], entries[from + 2]);
    }
  }

  private void siftUp(int index, long at, long sequence, long tag) {
    var i = index;
    while (i > 0) {
      var parent = (i - 1) / 2;
      if (entries[parent * WIDTH] - at <= 0) {
        break;
      }
      System.arraycopy(entries, parent * WIDTH, entries, i * WIDTH, WIDTH);
      i = parent;
    }
    set(entries, i * WIDTH, at, sequence, tag);
  }

  private void siftDown(int index, long at, long sequence, long tag) {
    var i = index;
    while (2 * i + 1 < size) {
      var child = 2 * i + 1;
      if (child + 1 < size && entries[(child + 1) * WIDTH] - entries[child * WIDTH] < 0) {
        child++;
      }
      if (entries[child * WIDTH] - at >= 0) {
        break;
      }
      System.arraycopy(entries, child * WIDTH, entries, i * WIDTH, WIDTH);
      i = child;
    }
    set(entries, i * WIDTH, at, sequence, tag);
  }

  private static void set(long[] into, int from, long at, long sequence, long tag) {
    into[from] = at;
    into[from + 1] = sequence;
    into[from + 2] = tag;
  }
}
