package io.reeve.node.cluster;

import io.reeve.v1.NodeState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;

/**
 * A member as the membership of the cluster knows it, whatever the member itself says.
 *
 * @param address where it talks to other nodes, as {@code host:port}
 * @param incarnation as in {@link NodeFacts.Identity}
 * @param reachable whether every observer hears its heartbeats
 * @param roles as {@link Role#word} names them, sorted; of a later version it may have others
 */
record MemberView(
    String address, String incarnation, NodeState state, boolean reachable, List<String> roles) {

  /** Pekko lists the data centre among the roles. */
  private static final String DATA_CENTRE = "dc-";

  private static final Map<MemberStatus, NodeState> STATES =
      Map.of(
          MemberStatus.joining(), NodeState.NODE_STATE_JOINING,
          MemberStatus.weaklyUp(), NodeState.NODE_STATE_JOINING,
          MemberStatus.up(), NodeState.NODE_STATE_UP,
          MemberStatus.leaving(), NodeState.NODE_STATE_LEAVING,
          MemberStatus.exiting(), NodeState.NODE_STATE_LEAVING,
          MemberStatus.down(), NodeState.NODE_STATE_DOWN,
          MemberStatus.removed(), NodeState.NODE_STATE_DOWN);

  /** All members, the oldest first. */
  static List<MemberView> of(CurrentClusterState cluster) {
    var members = new ArrayList<Member>();
    cluster.getMembers().forEach(members::add);
    members.sort(Member.ageOrdering());
    return members.stream()
        .map(
            member ->
                new MemberView(
                    hostAndPort(member.address()),
                    incarnation(member.uniqueAddress()),
                    STATES.getOrDefault(member.status(), NodeState.NODE_STATE_DOWN),
                    !cluster.getUnreachable().contains(member),
                    roles(member)))
        .toList();
  }

  private static List<String> roles(Member member) {
    return member.getRoles().stream()
        .filter(role -> !role.startsWith(DATA_CENTRE))
        .sorted()
        .toList();
  }

  static String hostAndPort(Address address) {
    return address.getHost().orElse("") + ":" + address.getPort().map(String::valueOf).orElse("");
  }

  static String incarnation(UniqueAddress address) {
    return Long.toHexString(address.longUid());
  }
}
