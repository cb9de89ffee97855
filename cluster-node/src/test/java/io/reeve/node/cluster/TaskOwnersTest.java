package io.reeve.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.v1.NodeState;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskOwnersTest {

  private static final MemberView OWNER = member(NodeState.NODE_STATE_UP, true, "tasks");
  private static final MemberView BOTH = member(NodeState.NODE_STATE_UP, true, "edge", "tasks");
  private static final MemberView EDGE = member(NodeState.NODE_STATE_UP, true, "edge");
  private static final MemberView DEAF = member(NodeState.NODE_STATE_UP, false, "tasks");
  private static final MemberView LEAVING = member(NodeState.NODE_STATE_LEAVING, true, "tasks");
  private static final MemberView JOINING = member(NodeState.NODE_STATE_JOINING, true, "tasks");

  @Test
  void edgesOwnNothing() {
    assertThat(TaskOwners.of(List.of(EDGE, OWNER, BOTH))).isEqualTo(new TaskOwners(2, 2));
    assertThat(TaskOwners.of(List.of(EDGE))).isEqualTo(new TaskOwners(0, 0));
  }

  @Test
  void whoComesOrGoesTakesNothingOver() {
    assertThat(TaskOwners.of(List.of(OWNER, LEAVING, JOINING))).isEqualTo(new TaskOwners(1, 1));
  }

  @Test
  void whoIsNotHeardOfIsThereButNotReachable() {
    assertThat(TaskOwners.of(List.of(EDGE, DEAF))).isEqualTo(new TaskOwners(1, 0));
  }

  private static MemberView member(NodeState state, boolean reachable, String... roles) {
    return new MemberView("crane:7355", "crane", state, reachable, List.of(roles));
  }
}
