package io.reeve.domain.task;

import java.util.Comparator;
import java.util.List;

/**
 * What many tasks share: their class and their policies. A partition keeps each different profile
 * once.
 *
 * <p>Callers choose the parts and may choose many profiles of one hash code. The order has no other
 * meaning than to let a hash map find a profile among those.
 *
 * @param executionTimeoutMs how long one attempt may run; at least 1
 * @param queueTimeoutMs how long the task may wait for its first start once due; 0: for ever
 * @param tenant whom the task belongs to; may be empty
 */
public record TaskProfile(
    TaskClass taskClass,
    long executionTimeoutMs,
    long queueTimeoutMs,
    RetryPolicy retry,
    String tenant)
    implements Comparable<TaskProfile> {

  private static final Comparator<TaskProfile> ORDER =
      Comparator.comparing(TaskProfile::taskClass)
          .thenComparingLong(TaskProfile::executionTimeoutMs)
          .thenComparingLong(TaskProfile::queueTimeoutMs)
          .thenComparing(TaskProfile::retry, retries())
          .thenComparing(TaskProfile::tenant);

  public Priority priority() {
    return taskClass.priority();
  }

  /** The same of another class. */
  public TaskProfile with(TaskClass other) {
    return other.equals(taskClass)
        ? this
        : new TaskProfile(other, executionTimeoutMs, queueTimeoutMs, retry, tenant);
  }

  /** The same with another retry policy. */
  TaskProfile with(RetryPolicy other) {
    return new TaskProfile(taskClass, executionTimeoutMs, queueTimeoutMs, other, tenant);
  }

  @Override
  public int compareTo(TaskProfile other) {
    return ORDER.compare(this, other);
  }

  private static Comparator<RetryPolicy> retries() {
    return Comparator.comparingInt(RetryPolicy::attemptsMax)
        .thenComparing(RetryPolicy::backoffInitial)
        .thenComparing(RetryPolicy::backoffMax)
        .thenComparingDouble(RetryPolicy::backoffMultiplier)
        .thenComparingDouble(RetryPolicy::backoffJitter)
        .thenComparing(RetryPolicy::neverRetryCodes, TaskProfile::compare);
  }

  private static int compare(List<String> one, List<String> other) {
    for (var i = 0; i < Math.min(one.size(), other.size()); i++) {
      var order = one.get(i).compareTo(other.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(one.size(), other.size());
  }
}
