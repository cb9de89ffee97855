package io.reeve.domain.task;

import java.util.Collection;

/**
 * What decides who may run a task: tasks of one class are interchangeable for the dispatcher, so a
 * grant of a class never meets a task that its worker cannot run.
 */
public record TaskClass(String queue, String kind, Lane lane) {

  private static final String ANY = "*";

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
