package io.reeve.domain.dispatch;

import io.reeve.domain.task.TaskClass;
import java.util.Comparator;
import java.util.TreeSet;

/** The waiting classes of one queue and lane that the same workers may run, the next one first. */
final class Part {

  private static final Comparator<TaskClass> HIGHER_FIRST =
      Comparator.comparing(TaskClass::priority).reversed();

  /** The higher priority, then the older head; among those they take turns. */
  static final Comparator<ReadyClass> NEXT_FIRST =
      Comparator.comparing((ReadyClass ready) -> ready.taskClass, HIGHER_FIRST)
          .thenComparingLong(ready -> ready.placedHeadMs)
          .thenComparingLong(ready -> ready.turn);

  final Share share;
  final TreeSet<ReadyClass> classes = new TreeSet<>(NEXT_FIRST);

  Part(Share share) {
    this.share = share;
  }
}
