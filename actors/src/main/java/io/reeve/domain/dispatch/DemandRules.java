package io.reeve.domain.dispatch;

/**
 * What {@link Demand} is reckoned by.
 *
 * @param clearWithinNanos within which what is ready ought to be leased; above 0
 * @param slotsPerWorker of a worker, as long as none is connected; at least 1
 */
public record DemandRules(long clearWithinNanos, int slotsPerWorker) {}
