package io.reeve.domain.task;

import java.util.Collection;
import java.util.Comparator;

/**
 * What decides who may run a task: tasks of one class are interchangeable for the dispatcher, so a
 * grant of a class never meets a task that its worker cannot run.
 *
 * <p>Callers choose the names and may choose many of one hash code. The order has no other meaning
 * than to let a hash map find a class among those.
 */
public record TaskClass(String queue, String kind, Lane lane) implements Comparable<TaskClass> {

  private static final String ANY = "*";

  private static final Comparator<TaskClass> ORDER =
      Comparator.comparing(TaskClass::queue)
          .thenComparing(TaskClass::kind)
          .thenComparing(TaskClass::lane);

  @Override
  public int compareTo(TaskClass other) {
    return ORDER.compare(this, other);
  }

  /**
   * Whether a worker may run tasks of this class.
   *
   * @param queues which queues it serves; "*" alone: any
   * @param kinds which kinds it runs; "*" alone: any
   */
  public boolean isServedBy(Collection<String> queues, Collection<String> kinds) {
    return includes(queues, queue) && includes(kinds, kind);
  }

  private static boolean includes(Collection<String> names, String name) {
    return names.contains(name) || (names.size() == 1 && names.contains(ANY));
  }
}
