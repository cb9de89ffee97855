package io.reeve.domain.task;

import java.util.Comparator;

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

  @Override
  public int compareTo(TaskProfile other) {
    return ORDER.compare(this, other);
  }

  private static Comparator<RetryPolicy> retries() {
    return Comparator.comparingInt(RetryPolicy::attemptsMax)
        .thenComparing(RetryPolicy::backoffInitial)
        .thenComparing(RetryPolicy::backoffMax)
        .thenComparingDouble(RetryPolicy::backoffMultiplier)
        .thenComparingDouble(RetryPolicy::backoffJitter);
  }
}
