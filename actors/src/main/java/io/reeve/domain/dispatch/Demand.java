package io.reeve.domain.dispatch;

/**
 * How many workers the work asks for, for whoever starts and stops them.
 *
 * <p>Wanted are the slots that are held, and as many more as clear what is ready within the time
 * that the rules name, by what a task holds its slot for on average; never more than there are
 * tasks. So it rises with the backlog, and faster where tasks take long; and falls to what is held
 * once nothing waits.
 *
 * <p>A question about all workers asks for more workers like the connected ones. Tasks that none of
 * these may run want no worker then: more of them would not help. A question that names queues or
 * kinds, or one while no worker is connected, takes such tasks into account.
 *
 * @param workers connected sessions that take work
 * @param slots leases that those may hold, but for what only urgent tasks may use
 * @param held leases that they hold, and those proposed for them
 * @param ready tasks that could be leased now, were there credit
 * @param unserved of these, those that no connected worker may run
 * @param holdTimeNanos for how long a task holds its slot on average; 0: not known yet
 * @param wantedSlots leases that ought to be held
 * @param wantedWorkers that it takes for these, of the size that the connected ones have
 * @param unheardPartitions partitions whose tasks are not known just now; when there are any,
 *     {@code ready} may be too low
 */
public record Demand(
    long workers,
    long slots,
    long held,
    long ready,
    long unserved,
    long holdTimeNanos,
    long wantedSlots,
    long wantedWorkers,
    int unheardPartitions) {

  /**
   * What is counted.
   *
   * @param runnable of the ready tasks those that workers of the kind asked for may run
   */
  record Counts(long workers, long slots, long held, long ready, long unserved, long runnable) {}

  static Demand of(Counts counts, long holdTimeNanos, int unheardPartitions, DemandRules rules) {
    var wantedSlots =
        counts.held() + slotsFor(counts.runnable(), holdTimeNanos, rules.clearWithinNanos());
    var slotsEach =
        counts.workers() == 0
            ? rules.slotsPerWorker()
            : Math.max(1, (double) counts.slots() / counts.workers());
    return new Demand(
        counts.workers(),
        counts.slots(),
        counts.held(),
        counts.ready(),
        counts.unserved(),
        holdTimeNanos,
        wantedSlots,
        (long) Math.ceil(wantedSlots / slotsEach),
        unheardPartitions);
  }

  private static long slotsFor(long ready, long holdTimeNanos, long clearWithinNanos) {
    if (ready == 0 || holdTimeNanos == 0) {
      return ready; // One slot each, as long as nothing is known of them.
    }
    var slots = Math.ceil((double) ready * holdTimeNanos / clearWithinNanos);
    return Math.max(1, Math.min(ready, (long) slots));
  }
}
