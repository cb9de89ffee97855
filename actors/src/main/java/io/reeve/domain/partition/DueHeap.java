package io.reeve.domain.partition;

import java.util.Arrays;

/**
 * Instants with a task each, the earliest first: a binary heap of primitives. Instants are compared
 * by their difference, so those of a clock that wraps keep their order. Entries are not removed
 * when they become void; they are skipped when their time comes, and swept once they may be more
 * than the valid ones, so that the size stays below twice the valid entries and a constant.
 */
final class DueHeap {

  /** Whether an entry still means anything. */
  interface Validity {
    boolean test(long at, long sequence, long tag);
  }

  private static final int SWEEP_MIN = 4096;
  private static final int WIDTH = 3;

  private final Validity validity;
  private long[] entries = new long[WIDTH * 16];
  private int size;
  private int sweepAt = SWEEP_MIN;

  DueHeap(Validity validity) {
    this.validity = validity;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void push(long at, long sequence, long tag) {
    if (size >= sweepAt) {
      sweep();
    }
    if (size * WIDTH == entries.length) {
      entries = Arrays.copyOf(entries, entries.length * 2);
    }
    siftUp(size++, at, sequence, tag);
  }

  /** The earliest instant; only when not empty. */
  long at() {
    return entries[0];
  }

  long sequence() {
    return entries[1];
  }

  long tag() {
    return entries[2];
  }

  /** Drops the earliest entry; only when not empty. */
  void pop() {
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
    while (size > 0 && !validity.test(entries[0], entries[1], entries[2])) {
      pop();
    }
  }

  private void sweep() {
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
    sweepAt = Math.max(SWEEP_MIN, kept * 2);
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
    set(i, at, sequence, tag);
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
    set(i, at, sequence, tag);
  }

  private void set(int index, long at, long sequence, long tag) {
    var from = index * WIDTH;
    entries[from] = at;
    entries[from + 1] = sequence;
    entries[from + 2] = tag;
  }
}
