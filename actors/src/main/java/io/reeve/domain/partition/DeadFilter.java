package io.reeve.domain.partition;

import io.reeve.domain.task.ErrorGroup;
import io.reeve.domain.task.Task;

/**
 * Which dead letters are meant.
 *
 * @param queue exact match; empty: any; kind and tenant alike
 * @param fingerprint of the group of errors; 0: any
 * @param diedFromMs died at this instant or later
 * @param diedUntilMs died at this instant or earlier; Long.MAX_VALUE: whenever
 */
public record DeadFilter(
    String queue, String kind, String tenant, long fingerprint, long diedFromMs, long diedUntilMs) {

  /** All dead letters. */
  public static final DeadFilter ALL = new DeadFilter("", "", "", 0, 0, Long.MAX_VALUE);

  /** Whether this task is meant. */
  public boolean matches(Task.Dead task) {
    var profile = task.spec().profile();
    return task.finishedAtMs() >= diedFromMs
        && task.finishedAtMs() <= diedUntilMs
        && matches(queue, profile.taskClass().queue())
        && matches(kind, profile.taskClass().kind())
        && matches(tenant, profile.tenant())
        && (fingerprint == 0 || fingerprint == groupOf(task).fingerprint());
  }

  /** The group of errors of a dead task. */
  public static ErrorGroup groupOf(Task.Dead task) {
    return ErrorGroup.of(task.spec().profile().taskClass().kind(), task.failure());
  }

  private static boolean matches(String wanted, String actual) {
    return wanted.isEmpty() || wanted.equals(actual);
  }
}
