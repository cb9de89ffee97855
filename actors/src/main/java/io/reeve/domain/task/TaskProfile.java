package io.reeve.domain.task;

/**
 * What many tasks share: their class and their policies. A partition keeps each different profile
 * once.
 *
 * @param executionTimeoutMs how long one attempt may run; at least 1
 * @param queueTimeoutMs how long the task may wait for its first start once due; 0: for ever
 * @param tenant whom the task belongs to; may be empty
 */
public record TaskProfile(
    TaskClass taskClass,
    Priority priority,
    long executionTimeoutMs,
    long queueTimeoutMs,
    RetryPolicy retry,
    String tenant) {}
