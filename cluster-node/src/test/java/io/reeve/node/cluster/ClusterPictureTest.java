package io.reeve.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.reeve.v1.Node;
import io.reeve.v1.NodeState;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClusterPictureTest {

  private static final MemberView CRANE = member("crane", NodeState.NODE_STATE_UP, true);
  private static final MemberView HERON = member("heron", NodeState.NODE_STATE_UP, true);
  private static final MemberView GONE_DEAF = member("ibis", NodeState.NODE_STATE_UP, false);
  private static final MemberView LEAVING = member("stork", NodeState.NODE_STATE_LEAVING, true);

  @Test
  void theMembershipDecidesWhoIsThereAndInWhichOrder() {
    var nodes = list(List.of(HERON, CRANE), known(facts("crane", 0), facts("removed", 0)));

    assertThat(nodes).extracting(Node::getIncarnation).containsExactly("heron", "crane");
    assertThat(nodes.get(0).hasReport()).as("heron never answered").isFalse();
    assertThat(nodes.get(0).getRolesList()).containsExactly("edge", "tasks");
    assertThat(nodes.get(0).getAnswered()).isFalse();
    assertThat(nodes.get(1).getReport().getEndpoint()).isEqualTo("crane:7460");
  }

  @Test
  void whoDoesNotAnswerIsShownAsItWasLast() {
    var nodes =
        list(List.of(CRANE, GONE_DEAF), known(facts("crane", 0), facts("ibis", 0)), "crane");

    assertThat(nodes.get(0).getAnswered()).isTrue();
    assertThat(nodes.get(1).getAnswered()).isFalse();
    assertThat(nodes.get(1).getReachable()).isFalse();
    assertThat(nodes.get(1).getReport().getName()).isEqualTo("ibis");
  }

  @Test
  void theDispatcherIsWhereTheHighestEpochIs() {
    var nodes = list(List.of(CRANE, HERON, LEAVING), known(facts("crane", 4), facts("heron", 5)));

    assertThat(nodes).extracting(Node::getDispatcher).containsExactly(false, true, false);
  }

  @Test
  void theDispatcherIsNowhereWhenItsNodeIsGone() {
    var nodes = list(List.of(CRANE), known(facts("crane", 0), facts("removed", 5)));

    assertThat(nodes).extracting(Node::getDispatcher).containsExactly(false);
  }

  @Test
  void aReportSaysEverythingThatTheNodeSaid() {
    var report = list(List.of(CRANE), known(facts("crane", 5))).get(0).getReport();

    assertThat(report.getHost()).isEqualTo("box");
    assertThat(report.getPid()).isEqualTo(42);
    assertThat(report.getVersion()).isEqualTo("1.2.3");
    assertThat(report.getStartedAt())
        .isEqualTo(Timestamp.newBuilder().setSeconds(1).setNanos(500_000_000).build());
    assertThat(report.getPartitionsList()).containsExactly(1, 3);
    assertThat(report.getSessions()).isEqualTo(2);
    assertThat(report.getCpuMillicores()).isEqualTo(125);
    assertThat(report.getHeapUsedBytes()).isEqualTo(10);
    assertThat(report.getHeapMaxBytes()).isEqualTo(20);
    assertThat(report.getDispatcherEpoch()).isEqualTo(5);
  }

  @Test
  void workersAreSentToOtherMembersThatTakePartAreHeardOfAndServe() {
    var starting = member("wren", NodeState.NODE_STATE_UP, true);
    var unknown = member("owl", NodeState.NODE_STATE_UP, true);
    var known =
        known(
            facts("crane", 0),
            facts("heron", 0),
            facts("ibis", 0),
            facts("stork", 0),
            facts("wren", "", 0));

    var endpoints =
        ClusterPicture.elsewhere(
            List.of(CRANE, GONE_DEAF, LEAVING, starting, unknown, HERON), known, "crane", 16);

    assertThat(endpoints).containsExactly("heron:7460");
  }

  @Test
  void workersAreToldOfSoManyAtMost() {
    var known = known(facts("crane", 0), facts("heron", 0));

    assertThat(ClusterPicture.elsewhere(List.of(CRANE, HERON), known, "self", 1))
        .containsExactly("crane:7460");
  }

  // ---- The dispatcher's place -------------------------------------------------------------------

  @Test
  void aHigherEpochIsTheLaterPlaceWhateverTheOrderOfTheNews() {
    var place = DispatcherPlace.UNKNOWN.after(facts("heron", 5)).after(facts("crane", 4));

    assertThat(place).isEqualTo(new DispatcherPlace("heron", "heron (heron:7355)", 5, 0));
    assertThat(place.after(facts("wren", 0))).isEqualTo(place);
  }

  @Test
  void aNewEpochOnTheSameNodeIsNoMove() {
    var place = DispatcherPlace.UNKNOWN.after(facts("heron", 5));

    assertThat(place.after(facts("heron", 6)).isOnTheNodeOf(place)).isTrue();
    assertThat(place.after(facts("crane", 7)).isOnTheNodeOf(place)).isFalse();
  }

  @Test
  void everyLaterEpochIsAChangeButTheFirstOneHeardOf() {
    var place = DispatcherPlace.UNKNOWN.after(facts("heron", 5));
    assertThat(place.changes()).isZero();

    place = place.after(facts("heron", 6)).after(facts("heron", 6)).after(facts("crane", 5));
    assertThat(place.changes()).isEqualTo(1);

    assertThat(place.after(facts("crane", 9)).changes()).isEqualTo(2);
  }

  // ---- What is played ---------------------------------------------------------------------------

  private static List<Node> list(
      List<MemberView> members, Map<String, NodeFacts> known, String... answered) {
    return ClusterPicture.of(members, known, Set.of(answered)).getNodesList();
  }

  private static MemberView member(String name, NodeState state, boolean reachable) {
    return new MemberView(name + ":7355", name, state, reachable, List.of("edge", "tasks"));
  }

  private static Map<String, NodeFacts> known(NodeFacts... all) {
    var known = new java.util.HashMap<String, NodeFacts>();
    for (var facts : all) {
      known.put(facts.identity().incarnation(), facts);
    }
    return known;
  }

  private static NodeFacts facts(String name, long epoch) {
    return facts(name, name + ":7460", epoch);
  }

  static NodeFacts facts(String name, String endpoint, long epoch) {
    return new NodeFacts(
        new NodeFacts.Identity(name + ":7355", name, name, "box", 42, "1.2.3", 1500),
        endpoint,
        epoch,
        List.of(1, 3),
        new NodeFacts.Load(2, 125, 10, 20));
  }
}
