package io.reeve.node.cluster;

import com.google.protobuf.Timestamp;
import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.Node;
import io.reeve.v1.NodeReport;
import io.reeve.v1.NodeState;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is made of the membership and of what nodes say of themselves. */
final class ClusterPicture {

  private ClusterPicture() {}

  /**
   * Every member, in their order, with what is known of it. The membership decides who is there;
   * the dispatcher is where the highest epoch was told of.
   *
   * @param known by incarnation; what is no member is left out
   * @param answered incarnations that said so just now
   */
  static ListNodesResponse of(
      List<MemberView> members, Map<String, NodeFacts> known, Set<String> answered) {
    var highest =
        members.stream()
            .map(member -> known.get(member.incarnation()))
            .mapToLong(facts -> facts == null ? 0 : facts.dispatcherEpoch())
            .max()
            .orElse(0);
    var picture = ListNodesResponse.newBuilder();
    for (var member : members) {
      var facts = known.get(member.incarnation());
      var node =
          Node.newBuilder()
              .setAddress(member.address())
              .setIncarnation(member.incarnation())
              .setState(member.state())
              .setReachable(member.reachable())
              .addAllRoles(member.roles())
              .setAnswered(answered.contains(member.incarnation()));
      if (facts != null) {
        node.setDispatcher(highest > 0 && facts.dispatcherEpoch() == highest)
            .setReport(report(facts));
      }
      picture.addNodes(node);
    }
    return picture.build();
  }

  /**
   * Where workers of this node may go when it leaves: to members that take part, are heard of and
   * serve.
   *
   * @param self incarnation of this node
   */
  static List<String> elsewhere(
      List<MemberView> members, Map<String, NodeFacts> known, String self, int max) {
    return members.stream()
        .filter(member -> member.state() == NodeState.NODE_STATE_UP && member.reachable())
        .filter(member -> !member.incarnation().equals(self))
        .map(member -> known.get(member.incarnation()))
        .filter(facts -> facts != null && !facts.endpoint().isEmpty())
        .map(NodeFacts::endpoint)
        .distinct()
        .limit(max)
        .toList();
  }

  private static NodeReport report(NodeFacts facts) {
    var identity = facts.identity();
    return NodeReport.newBuilder()
        .setName(identity.name())
        .setEndpoint(facts.endpoint())
        .setHost(identity.host())
        .setPid(identity.pid())
        .setVersion(identity.version())
        .setStartedAt(
            Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(identity.startedAtMs(), 1000))
                .setNanos((int) Math.floorMod(identity.startedAtMs(), 1000L) * 1_000_000))
        .addAllPartitions(facts.partitions())
        .setSessions(facts.load().sessions())
        .setCpuMillicores(facts.load().cpuMillicores())
        .setHeapUsedBytes(facts.load().heapUsedBytes())
        .setHeapMaxBytes(facts.load().heapMaxBytes())
        .setDispatcherEpoch(facts.dispatcherEpoch())
        .build();
  }
}
