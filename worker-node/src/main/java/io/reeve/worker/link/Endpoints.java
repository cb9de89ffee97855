package io.reeve.worker.link;

import io.reeve.worker.settings.Endpoint;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The servers that are tried, one at a time: first those that a leaving server named, once each,
 * then the configured ones in their order; after the last of them comes the first.
 */
final class Endpoints {

  private final List<Endpoint> configured;
  private final Deque<Endpoint> named = new ArrayDeque<>();
  private int index;

  /**
   * @param configured at least one; never forgotten
   */
  Endpoints(List<Endpoint> configured) {
    this.configured = List.copyOf(configured);
    if (this.configured.isEmpty()) {
      throw new IllegalArgumentException("expected at least one endpoint, got none");
    }
  }

  /** The endpoint that is tried now, or that the session is at. */
  Endpoint current() {
    var first = named.peekFirst();
    return first == null ? configured.get(index) : first;
  }

  /** The current one did not do. */
  void moveOn() {
    if (named.pollFirst() == null) {
      index = (index + 1) % configured.size();
    }
  }

  /**
   * The current one is leaving and names others, maybe none. They replace any that were named
   * before, since the latest list is the right one.
   */
  void sentTo(List<Endpoint> others) {
    var leaving = current();
    moveOn();
    named.clear();
    others.stream().filter(other -> !other.equals(leaving)).distinct().forEach(named::addLast);
  }
}
