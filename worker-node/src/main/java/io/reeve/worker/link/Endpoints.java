package io.reeve.worker.link;

import io.reeve.worker.settings.Endpoint;
import java.util.List;

/** The servers in their order, and the one that is tried now; after the last comes the first. */
final class Endpoints {

  private final List<Endpoint> all;
  private int index;

  /**
   * @param all at least one
   */
  Endpoints(List<Endpoint> all) {
    this.all = List.copyOf(all);
    if (this.all.isEmpty()) {
      throw new IllegalArgumentException("expected at least one endpoint, got none");
    }
  }

  Endpoint current() {
    return all.get(index);
  }

  void moveOn() {
    index = (index + 1) % all.size();
  }
}
