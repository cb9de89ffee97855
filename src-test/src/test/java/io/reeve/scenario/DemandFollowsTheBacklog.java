package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.ReeveClient;
import io.reeve.client.TaskRequest;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * An autoscaler that only looks at the wanted workers gets the backlog done, and then starts none.
 */
@Tag("slow")
class DemandFollowsTheBacklog {

  private static final Duration SOON = Duration.ofSeconds(60);

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  void workersAreWantedWhileTasksWaitAndNoneAfterwards() {
    var node = fleet.node("reeve.dispatcher.demand.clear-within=5s");
    try (var client = node.client()) {
      assertThat(wanted(client)).isZero();

      var began = System.nanoTime();
      submitSleeps(client, 40, "500ms");
      Await.until("all of them wait", SOON, () -> wanted(client) == 10);
      assertThat(node.metric("reeve_workers_wanted")).isEqualTo(10);
      assertThat(client.demand(List.of("other"), List.of()).getWantedWorkers()).isZero();
      assertThat(client.demand(List.of(), List.of()).getUnserved()).isEqualTo(40);

      fleet.worker("crane", node, 4, "reeve.worker.pool.urgent-percentage=0");
      Await.until("the first have ended", SOON, () -> client.demand(NONE, NONE).hasHoldTime());
      Await.until("nothing waits", SOON, () -> client.demand(NONE, NONE).getReady() == 0);
      Await.until("nothing is held", SOON, () -> wanted(client) == 0);
      var held = client.demand(NONE, NONE).getHoldTime();
      assertThat(Duration.ofSeconds(held.getSeconds(), held.getNanos()))
          .as("no slot was held for less than the sleep, or longer than all of it took")
          .isBetween(Duration.ofMillis(450), Duration.ofNanos(System.nanoTime() - began));

      submitSleeps(client, 400, "500ms");
      // 200 s of work within 5 s: forty slots besides the four that are held.
      Await.until("more are wanted than there are", SOON, () -> wanted(client) >= 10);
      assertThat(client.demand(NONE, NONE).getWorkers()).isEqualTo(1);
    }
  }

  private static final List<String> NONE = List.of();

  private static long wanted(ReeveClient client) {
    return client.demand(NONE, NONE).getWantedWorkers();
  }

  private static void submitSleeps(ReeveClient client, int tasks, String time) {
    var sleep = TaskRequest.of("sleep").payload(time).build();
    client.submitAll(Collections.nCopies(tasks, sleep));
  }
}
