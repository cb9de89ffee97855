package io.reeve.domain.task;

import java.util.Collection;
import java.util.Comparator;

/**
 * Tasks that the same workers may run and that are equally important: they are interchangeable for
 * the dispatcher, so a grant of a class never meets a task that its worker cannot run.
 *
 * <p>Callers choose the names and may choose many of one hash code. The order has no other meaning
 * than to let a hash map find a class among those.
 *
 * @param needs labels that a worker must have
 * @param quarantined each of them runs alone on a worker
 */
public record TaskClass(
    String queue, String kind, Lane lane, Priority priority, Labels needs, boolean quarantined)
    implements Comparable<TaskClass> {

  private static final String ANY = "*";

  private static final Comparator<TaskClass> ORDER =
      Comparator.comparing(TaskClass::queue)
          .thenComparing(TaskClass::kind)
          .thenComparing(TaskClass::lane)
          .thenComparing(TaskClass::priority)
          .thenComparing(TaskClass::needs)
          .thenComparing(TaskClass::quarantined);

  /** Tasks that run beside others. */
  public TaskClass(String queue, String kind, Lane lane, Priority priority, Labels needs) {
    this(queue, kind, lane, priority, needs, false);
  }

  /** Tasks that need no labels. */
  public TaskClass(String queue, String kind, Lane lane, Priority priority) {
    this(queue, kind, lane, priority, Labels.NONE);
  }

  /** By hand, because each task asks several times, mostly about the same object. */
  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof TaskClass that
            && lane == that.lane
            && priority == that.priority
            && quarantined == that.quarantined
            && kind.equals(that.kind)
            && queue.equals(that.queue)
            && needs.equals(that.needs));
  }

  /** Of the names and labels only: there are few classes of the same ones. */
  @Override
  public int hashCode() {
    return 31 * queue.hashCode() + kind.hashCode() + needs.hashCode();
  }

  @Override
  public int compareTo(TaskClass other) {
    return ORDER.compare(this, other);
  }

  /** The class of the tasks that differ from these in their priority alone. */
  public TaskClass withPriority(Priority other) {
    return priority == other ? this : new TaskClass(queue, kind, lane, other, needs, quarantined);
  }

  /** The class of the tasks that differ from these in running alone. */
  public TaskClass inQuarantine() {
    return quarantined ? this : new TaskClass(queue, kind, lane, priority, needs, true);
  }

  /** Whether both classes differ in their priority at most: the same workers may run them. */
  public boolean isAlike(TaskClass other) {
    return queue.equals(other.queue)
        && kind.equals(other.kind)
        && lane == other.lane
        && quarantined == other.quarantined
        && needs.equals(other.needs);
  }

  /**
   * Whether a worker may run tasks of this class.
   *
   * @param queues as below
   * @param kinds as below
   * @param labels those of the worker
   */
  public boolean isServedBy(Collection<String> queues, Collection<String> kinds, Labels labels) {
    return labels.include(needs) && isServedBy(queues, kinds);
  }

  /**
   * Whether a worker may run tasks of this class if it has the labels.
   *
   * @param queues which queues it serves; "*" alone: any
   * @param kinds which kinds it runs; "*" alone: any
   */
  public boolean isServedBy(Collection<String> queues, Collection<String> kinds) {
    return includes(queues, queue) && includes(kinds, kind);
  }

  /** Whether {@code names} has this one; "*" alone has any. */
  public static boolean includes(Collection<String> names, String name) {
    return names.contains(name) || (names.size() == 1 && names.contains(ANY));
  }
}
