package io.reeve.domain.dispatch;

import io.reeve.domain.rules.Pause;
import org.jspecify.annotations.Nullable;

/**
 * What the dispatcher sees of one ready task and of what stands between it and its start. Counts
 * are those of a moment ago.
 *
 * @param partitionHeard whether its partition reports to the dispatcher
 * @param pause of its queue; null: none
 * @param queueWorkers sessions that serve its queue
 * @param kindWorkers sessions that also run its kind, whatever labels their workers have
 * @param workers sessions that may run its class
 * @param draining of these, those that take no more work
 * @param slots leases that the others may hold for its lane
 * @param held leases that they hold
 * @param free leases that they may be given for its lane
 * @param reservedFree free slots that only tasks of the other lane may use
 * @param moving credit that stands at partitions, or is asked back from them
 * @param quarantined whether it must run alone on a worker
 * @param granted whether an open grant at its partition will lease it
 * @param ahead tasks of its class that start before it, in all partitions
 * @param higherAhead tasks of its queue and lane with a higher priority
 * @param urgentAhead tasks of the urgent lane that start before it
 * @param others tasks of other queues that compete with it for the same slots, about
 * @param kindsAhead tasks of its queue, lane and priority and of other kinds or labels that start
 *     before it
 * @param about whether ahead and kindsAhead are estimates
 */
public record StreamView(
    boolean partitionHeard,
    @Nullable Pause pause,
    long queueWorkers,
    long kindWorkers,
    long workers,
    long draining,
    long slots,
    long held,
    long free,
    long reservedFree,
    long moving,
    boolean quarantined,
    boolean granted,
    long ahead,
    long higherAhead,
    long urgentAhead,
    long others,
    long kindsAhead,
    boolean about) {

  /** All tasks that start before it. */
  public long aheadTotal() {
    return ahead + kindsAhead + higherAhead + urgentAhead;
  }
}
