package io.reeve.partition;

import io.reeve.domain.task.Lane;

/**
 * One lease on its way to a worker.
 *
 * @param sequence of the task within the partition that sends it
 * @param alone the worker must hold nothing beside it
 * @param spec bytes of the task's reeve.v1.TaskSpec as submitted; shared, never changed
 */
public record Assignment(
    long sequence,
    long fence,
    int attempt,
    Lane lane,
    boolean alone,
    long leaseExpiresAtMs,
    long executionTimeoutMs,
    long submittedAtMs,
    byte[] spec) {}
