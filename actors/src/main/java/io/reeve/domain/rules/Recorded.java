package io.reeve.domain.rules;

/**
 * What the events of the dispatcher's journal add up to.
 *
 * @param epoch of the last dispatcher; 0: there was none
 * @param events taken in since the snapshot that it was read from, or since the beginning
 */
public record Recorded(long epoch, QueueRules rules, long events) {

  public static final Recorded NOTHING = new Recorded(0, QueueRules.NONE, 0);

  /** After this event. */
  public Recorded after(DispatcherEvent event) {
    if (event instanceof EpochStarted started) {
      return new Recorded(started.epoch(), rules, events + 1);
    }
    return new Recorded(epoch, rules.after((QueueSet) event), events + 1);
  }

  /**
   * The event with which the next dispatcher begins.
   *
   * @param above an epoch that partitions are known to heed; more than the journal knows after a
   *     part of it was lost
   */
  public EpochStarted next(long above, long atMs, String node) {
    return new EpochStarted(Math.max(epoch, above) + 1, atMs, node);
  }
}
