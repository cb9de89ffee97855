package io.reeve.node.cluster;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Where the workers of this node may go when it leaves. Answers at once from what is known, for a
 * node that leaves has no time to ask. Written by the registry, read by any thread.
 */
public final class Elsewhere {

  /** As many as workers take. */
  private static final int ENDPOINTS_MAX = 16;

  private final Supplier<List<MemberView>> members;
  private final String self;
  private volatile Map<String, NodeFacts> known = Map.of();

  /**
   * @param members as they are now; asked by the thread that reads
   * @param self incarnation of this node
   */
  Elsewhere(Supplier<List<MemberView>> members, String self) {
    this.members = members;
    this.self = self;
  }

  /** From now on this is known of nodes, by incarnation. */
  void know(Map<String, NodeFacts> facts) {
    known = Map.copyOf(facts);
  }

  /** Endpoints of the other nodes that serve, as {@code host:port}, the oldest node's first. */
  public List<String> endpoints() {
    return ClusterPicture.elsewhere(members.get(), known, self, ENDPOINTS_MAX);
  }
}
