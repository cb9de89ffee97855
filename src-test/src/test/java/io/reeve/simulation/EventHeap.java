package io.reeve.simulation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What is to happen, the soonest first; of two at one instant the one that was added first. */
final class EventHeap {

  private long[] times = new long[1024];
  private long[] orders = new long[1024];
  private @Nullable Runnable[] events = new @Nullable Runnable[1024];
  private int size;
  private long added;

  boolean isEmpty() {
    return size == 0;
  }

  /** When the soonest is due; only when there is one. */
  long time() {
    return times[0];
  }

  void add(long time, Runnable event) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      orders = Arrays.copyOf(orders, size * 2);
      events = Arrays.copyOf(events, size * 2);
    }
    var order = added++;
    var at = size++;
    while (at > 0) {
      var parent = (at - 1) >> 1;
      if (times[parent] < time || (times[parent] == time && orders[parent] < order)) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    put(at, time, order, event);
  }

  /** Removes and gives the soonest; only when there is one. */
  Runnable poll() {
    var first = events[0];
    var last = --size;
    var time = times[last];
    var order = orders[last];
    var event = events[last];
    events[last] = null;
    var at = 0;
    while (true) {
      var child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && before(child + 1, times[child], orders[child])) {
        child++;
      }
      if (!before(child, time, order)) {
        break;
      }
      move(child, at);
      at = child;
    }
    if (size > 0) {
      put(at, time, order, event);
    }
    if (first == null) {
      throw new IllegalStateException("expected an event, got none");
    }
    return first;
  }

  private boolean before(int at, long time, long order) {
    return times[at] < time || (times[at] == time && orders[at] < order);
  }

  private void move(int from, int to) {
    times[to] = times[from];
    orders[to] = orders[from];
    events[to] = events[from];
  }

  private void put(int at, long time, long order, @Nullable Runnable event) {
    times[at] = time;
    orders[at] = order;
    events[at] = event;
  }
}
