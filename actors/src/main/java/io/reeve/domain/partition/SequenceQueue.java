package io.reeve.domain.partition;

import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * Sequence numbers, smallest first. Numbers mostly arrive in order and go through a ring; the few
 * that come back later (retries, released leases) go through a binary heap.
 */
final class SequenceQueue {

  private long[] ring = new long[16];
  private int head;
  private int ringSize;
  private long lastInRing = Long.MIN_VALUE;

  private long[] heap = new long[0];
  private int heapSize;

  int size() {
    return ringSize + heapSize;
  }

  void add(long sequence) {
    if (ringSize == 0 || sequence > lastInRing) {
      if (ringSize == ring.length) {
        resizeRing(ring.length * 2);
      }
      ring[(head + ringSize++) & (ring.length - 1)] = sequence;
      lastInRing = sequence;
    } else {
      pushHeap(sequence);
    }
  }

  /** The smallest number; only when {@link #size} is not 0. */
  long peek() {
    return heapSize > 0 && (ringSize == 0 || heap[0] < ring[head]) ? heap[0] : ring[head];
  }

  /** Takes the smallest number out; only when {@link #size} is not 0. */
  long poll() {
    if (heapSize > 0 && (ringSize == 0 || heap[0] < ring[head])) {
      return popHeap();
    }
    var sequence = ring[head];
    head = (head + 1) & (ring.length - 1);
    ringSize--;
    if (ring.length > 1024 && ringSize < ring.length / 8) {
      resizeRing(ring.length / 2);
    }
    return sequence;
  }

  /**
   * How many numbers stand before a given one.
   *
   * @param exact false: counted from a sample, or there are more
   */
  record Rank(long count, boolean exact) {}

  /**
   * How many numbers below {@code sequence} count. It looks at up to {@code lookMax} numbers in the
   * ring, evenly spread, and at as many in the heap.
   */
  Rank before(long sequence, LongPredicate counts, int lookMax) {
    var ofHeap = heapBefore(sequence, counts, lookMax);
    var below = ringBefore(sequence);
    // Odd, since what every second task has in common is the likeliest pattern.
    var step = Math.max(1, (below + lookMax - 1) / lookMax) | 1;
    var looked = 0L;
    var hits = 0L;
    for (var i = 0; i < below; i += step) {
      looked++;
      hits += counts.test(ring[(head + i) & (ring.length - 1)]) ? 1 : 0;
    }
    var ofRing = step == 1 ? hits : hits * below / looked;
    return new Rank(ofRing + ofHeap.count, step == 1 && ofHeap.exact);
  }

  /** Numbers of the ring below {@code sequence}; they are in order. */
  private int ringBefore(long sequence) {
    var low = 0;
    var high = ringSize;
    while (low < high) {
      var middle = (low + high) >>> 1;
      if (ring[(head + middle) & (ring.length - 1)] < sequence) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Walks down from the root, and below no number that is not smaller. */
  private Rank heapBefore(long sequence, LongPredicate counts, int lookMax) {
    var open = new int[2 * Integer.SIZE];
    var depth = 0;
    var looked = 0;
    var count = 0L;
    open[depth++] = 0;
    while (depth > 0) {
      var at = open[--depth];
      if (at >= heapSize || heap[at] >= sequence) {
        continue;
      }
      if (looked++ == lookMax) {
        return new Rank(count, false);
      }
      count += counts.test(heap[at]) ? 1 : 0;
      open[depth++] = 2 * at + 2;
      open[depth++] = 2 * at + 1;
    }
    return new Rank(count, true);
  }

  /** Drops every number that is not to be kept. */
  void retainIf(LongPredicate keep) {
    var numbers = new long[size()];
    var kept = 0;
    while (size() > 0) {
      var sequence = poll();
      if (keep.test(sequence)) {
        numbers[kept++] = sequence;
      }
    }
    for (var i = 0; i < kept; i++) {
      add(numbers[i]);
    }
  }

  private void resizeRing(int capacity) {
    var resized = new long[capacity];
    for (var i = 0; i < ringSize; i++) {
      resized[i] = ring[(head + i) & (ring.length - 1)];
    }
    ring = resized;
    head = 0;
  }

  private void pushHeap(long sequence) {
    if (heapSize == heap.length) {
      heap = Arrays.copyOf(heap, Math.max(16, heapSize * 2));
    }
    var i = heapSize++;
    while (i > 0 && heap[(i - 1) / 2] > sequence) {
      heap[i] = heap[(i - 1) / 2];
      i = (i - 1) / 2;
    }
    heap[i] = sequence;
  }

  private long popHeap() {
    var top = heap[0];
    var moved = heap[--heapSize];
    var i = 0;
    while (2 * i + 1 < heapSize) {
      var child = 2 * i + 1;
      if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= moved) {
        break;
      }
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = moved;
    return top;
  }
}
