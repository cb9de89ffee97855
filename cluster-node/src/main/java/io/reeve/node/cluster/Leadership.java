package io.reeve.node.cluster;

/**
 * The dispatcher as this node sees it. The node's registry writes it, any thread reads it; news of
 * other nodes may be late, so two nodes may see different things for a moment.
 */
public final class Leadership {

  private volatile Seen now = new Seen(0, 0, false);

  /**
   * What is seen at one moment.
   *
   * @param epoch the highest that was heard of; 0: nobody has spoken of a dispatcher yet
   * @param changes how many dispatchers took over from the one that was known before
   * @param here whether the dispatcher works on this node
   */
  public record Seen(long epoch, long changes, boolean here) {}

  public Seen now() {
    return now;
  }

  void see(DispatcherPlace place, boolean here) {
    now = new Seen(place.epoch(), place.changes(), here);
  }
}
