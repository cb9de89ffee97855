package io.reeve.domain.partition;

/**
 * One instant on both clocks.
 *
 * @param wallMs milliseconds since the epoch; may jump. Delays and expiry are measured by it
 * @param monoNanos of a clock that only runs forward, from an arbitrary start. Leases and execution
 *     timeouts are measured by it
 */
public record Now(long wallMs, long monoNanos) {}
