package io.reeve.check;

import io.reeve.domain.task.Priority;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The queued tasks of one class in one partition, in the order in which they have to start: the
 * higher priority first, and the lower number among equals.
 */
final class StartOrder {

  /** A queued task. */
  record Place(Priority priority, long sequence, long turnFromMs) {}

  private static final Comparator<Place> NEXT_FIRST =
      Comparator.comparing(Place::priority, Comparator.comparingInt(StartOrder::rank).reversed())
          .thenComparingLong(Place::sequence);

  private final Map<Long, Place> places = new HashMap<>();
  private final TreeSet<Place> due = new TreeSet<>(NEXT_FIRST);
  private final PriorityQueue<Place> delayed =
      new PriorityQueue<>(Comparator.comparingLong(Place::turnFromMs));

  /** The task is queued from now on. */
  void enter(Priority priority, long sequence, long turnFromMs) {
    leave(sequence);
    var place = new Place(priority, sequence, turnFromMs);
    places.put(sequence, place);
    delayed.add(place);
  }

  /** The task is queued no more. */
  void leave(long sequence) {
    var place = places.remove(sequence);
    if (place != null) {
      due.remove(place);
    }
  }

  /** A task that had to start before this one, which starts at {@code atMs}; null: none. */
  @Nullable Place ahead(long sequence, long atMs) {
    var starts = places.get(sequence);
    if (starts == null) {
      return null;
    }
    for (var next = delayed.peek();
        next != null && next.turnFromMs() <= atMs;
        next = delayed.peek()) {
      delayed.remove();
      if (next.equals(places.get(next.sequence()))) {
        due.add(next);
      }
    }
    for (var place : due.headSet(starts)) {
      // A partition that starts again on a node whose clock is behind has fewer tasks due.
      if (place.turnFromMs() <= atMs) {
        return place;
      }
    }
    return null;
  }

  private static int rank(Priority priority) {
    return switch (priority) {
      case LOW -> 0;
      case NORMAL -> 1;
      case HIGH -> 2;
      case CRITICAL -> 3;
    };
  }
}
