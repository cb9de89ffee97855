package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.cli.ReeveMain;
import io.reeve.node.NodeMain;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node is started again on its tasks with more partitions than before, or fewer. */
@Tag("slow")
class PartitionsGrow {

  private static final String[] FOUR = {"reeve.partition.count=4"};
  private static final String[] EIGHT = {"reeve.partition.count=8"};

  private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  @Timeout(300)
  void everyTaskIsKeptAndEveryRequestIdStandsForTheSameTasks() {
    var before = new KeptTasks("before-");
    var after = new KeptTasks("after-");
    var history = new History(fleet);
    var node = fleet.node(FOUR);
    fleet.worker("crane", node, 4);
    try (var client = node.client()) {
      before.submit(client);
      before.awaitEachState(client);
    }
    node.process().kill();

    var grown = fleet.node(node.port(), () -> {}, EIGHT);

    try (var client = grown.client()) {
      before.repeat(client);
      before.areListed(client);
      after.submit(client);
      after.repeat(client);
      after.areListed(client);
      before.judge(history, client);
      after.judge(history, client);
    }
    assertThat(before.partitions()).containsExactlyInAnyOrder(0, 1, 2, 3);
    assertThat(after.partitions()).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
    refusesFewer(grown);
    System.out.printf(
        "%d and %d tasks; %s%n", before.count(), after.count(), history.checker().summary());
  }

  private void refusesFewer(NodeProcess grown) {
    grown.process().askToEnd();
    assertThat(grown.process().awaitExit()).isZero();

    var fewer =
        fleet.process(
            "fewer",
            ReeveMain.class,
            "node",
            "--port",
            "0",
            "--data-dir",
            fleet.data().toString(),
            "--set",
            FOUR[0]);

    Await.until("the node ends", ENDS_WITHIN, () -> !fewer.isAlive());
    assertThat(fewer.awaitExit()).isEqualTo(NodeMain.MISCONFIGURED);
    assertThat(fewer.said())
        .contains("reeve.partition.count: expected 8 or more, got 4")
        .contains("set it to 8, or leave it out");
    assertThat(fleet.node().process().said()).contains(", 8 partitions, ");
  }
}
