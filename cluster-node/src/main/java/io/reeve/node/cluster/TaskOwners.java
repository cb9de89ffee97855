package io.reeve.node.cluster;

import io.reeve.v1.NodeState;
import java.util.List;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * The members that own partitions: only they can take tasks in, and take partitions over.
 *
 * @param up how many take part in everything
 * @param reachable how many of those are heard of by everybody
 */
public record TaskOwners(int up, int reachable) {

  /** As this node sees the membership now; may be asked by any thread. */
  public static TaskOwners of(Cluster cluster) {
    return of(MemberView.of(cluster.state()));
  }

  static TaskOwners of(List<MemberView> members) {
    var up =
        members.stream()
            .filter(member -> member.state() == NodeState.NODE_STATE_UP)
            .filter(member -> member.roles().contains(Role.TASKS.word()))
            .toList();
    return new TaskOwners(up.size(), (int) up.stream().filter(MemberView::reachable).count());
  }
}
