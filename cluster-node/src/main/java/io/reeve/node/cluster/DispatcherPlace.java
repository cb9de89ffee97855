package io.reeve.node.cluster;

/**
 * Where the dispatcher worked when it was last heard of. A higher epoch is always the later one, so
 * news may come in any order and any number of times.
 *
 * @param incarnation of its node; empty: nobody has said so yet
 * @param node for people
 * @param changes how often a later one was heard of than the one known before
 */
record DispatcherPlace(String incarnation, String node, long epoch, long changes) {

  static final DispatcherPlace UNKNOWN = new DispatcherPlace("", "", 0, 0);

  /** The place when this is told too. */
  DispatcherPlace after(NodeFacts facts) {
    return facts.dispatcherEpoch() > epoch
        ? new DispatcherPlace(
            facts.identity().incarnation(),
            facts.identity().toString(),
            facts.dispatcherEpoch(),
            epoch == 0 ? 0 : changes + 1)
        : this;
  }

  boolean isOnTheNodeOf(DispatcherPlace other) {
    return incarnation.equals(other.incarnation);
  }
}
