package io.reeve.worker.lane;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The two bounded queues of one pool and the rule by which they are served: urgent first, normal
 * only while the places outside the reserve are not all taken, and first in first out inside a
 * lane.
 *
 * <p>Not safe for use by several threads; its owner guards it. Nothing is ever dropped: a full
 * queue refuses, and the owner of the refused element decides.
 */
public final class LaneQueues<T> {

  private final int bound;
  private final ArrayDeque<T> urgent = new ArrayDeque<>();
  private final ArrayDeque<T> normal = new ArrayDeque<>();

  /**
   * @param bound how many elements may wait in both lanes together
   */
  public LaneQueues(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("expected a bound of at least 1, got " + bound);
    }
    this.bound = bound;
  }

  /** Appends to a lane, or answers false and changes nothing when the bound is reached. */
  public boolean offer(T element, boolean isUrgent) {
    if (size() >= bound) {
      return false;
    }
    (isUrgent ? urgent : normal).addLast(element);
    return true;
  }

  /**
   * Whether {@link #take} would answer an element.
   *
   * @param active places taken now, by either lane
   * @param places all of them
   * @param reserve how many of the places only urgent tasks may use
   */
  public boolean hasStartable(int active, int places, int reserve) {
    return (active < places && !urgent.isEmpty())
        || (active < places - reserve && !normal.isEmpty());
  }

  /** Removes and answers the next element to start, or null when none may start now. */
  public @Nullable T take(int active, int places, int reserve) {
    if (active < places && !urgent.isEmpty()) {
      return urgent.pollFirst();
    }
    return active < places - reserve ? normal.pollFirst() : null;
  }

  /** Removes every element that matches, in order, urgent ones first. */
  public void removeIf(Predicate<T> condition, Consumer<T> removed) {
    remove(urgent, condition, removed);
    remove(normal, condition, removed);
  }

  /** Shows every waiting element, urgent ones first. */
  public void forEach(Consumer<T> action) {
    urgent.forEach(action);
    normal.forEach(action);
  }

  public int size() {
    return urgent.size() + normal.size();
  }

  public int urgentSize() {
    return urgent.size();
  }

  public int normalSize() {
    return normal.size();
  }

  private static <T> void remove(ArrayDeque<T> lane, Predicate<T> condition, Consumer<T> removed) {
    for (Iterator<T> elements = lane.iterator(); elements.hasNext(); ) {
      var element = elements.next();
      if (condition.test(element)) {
        elements.remove();
        removed.accept(element);
      }
    }
  }
}
