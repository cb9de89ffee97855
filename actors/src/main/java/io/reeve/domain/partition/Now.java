package io.reeve.domain.partition;

/**
 * One instant on both clocks.
 *
 * @param wallMs milliseconds since the epoch. Delays and expiry are measured by it; a node's does
 *     not jump, that of the node a partition moves to may differ
 * @param monoNanos of a clock that only runs forward, from an arbitrary start. Leases and execution
 *     timeouts are measured by it
 */
public record Now(long wallMs, long monoNanos) {}
