package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.node.NodeMain;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Somebody wants more partitions and restarts the nodes of a cluster one by one. The first one with
 * the new number is refused, and the others go on; once all were stopped, all of them start with
 * it.
 */
@Tag("slow")
class ClusterGrows {

  private static final String[] FOUR = {"reeve.partition.count=4"};
  private static final String[] EIGHT = {"reeve.partition.count=8"};

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  @Timeout(600)
  void onlyAllNodesTogetherGetMorePartitionsAndNothingIsLostOrDoubled() {
    var before = new KeptTasks("before-");
    var between = new KeptTasks("between-");
    var after = new KeptTasks("after-");
    try (var cluster = new ClusterOfThree(fleet)) {
      var history = new History(fleet);
      cluster.startAll(FOUR);
      fleet.worker("crane", cluster.endpoints(), 4);
      try (var client = cluster.client()) {
        before.submit(client);
        before.awaitEachState(client);
        oneIsRefused(cluster);
        between.submit(client);
        before.repeat(client);
      }
      cluster.stopAll();

      cluster.startAll(EIGHT);

      try (var client = cluster.client()) {
        before.repeat(client);
        between.repeat(client);
        between.areListed(client);
        after.submit(client);
        after.repeat(client);
        after.areListed(client);
        before.judge(history, client);
        between.judge(history, client);
        after.judge(history, client);
      }
      assertThat(between.partitions()).containsExactlyInAnyOrder(0, 1, 2, 3);
      assertThat(after.partitions()).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
      System.out.println(history.checker().summary());
    }
  }

  private static void oneIsRefused(ClusterOfThree cluster) {
    var south = cluster.node("south").process();
    south.askToEnd();
    assertThat(south.awaitExit()).isZero();

    var refused = cluster.startInVain("south", EIGHT);

    assertThat(refused.awaitExit()).isEqualTo(NodeMain.MISCONFIGURED);
    assertThat(refused.said())
        .contains("reeve.partition.count: expected the number that the running nodes have, got 8");
    cluster.start("south");
    assertThat(cluster.node("south").process().said()).contains(", 4 partitions, ");
  }
}
