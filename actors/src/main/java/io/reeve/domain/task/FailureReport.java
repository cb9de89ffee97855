package io.reeve.domain.task;

/**
 * What is reported of an attempt that failed.
 *
 * @param permanent the task must not run again, whatever attempts are left
 * @param retryAfterMs wait at least this long; 0: as the policy says
 * @param random uniform in [0, 1), for the jitter of the wait
 */
public record FailureReport(Failure failure, boolean permanent, long retryAfterMs, double random) {}
