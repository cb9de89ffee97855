package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.TaskRequest;
import io.reeve.v1.TaskState;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A client that follows task after task over one connection stays connected. Each watch ends by
 * itself; were each of them reset some seconds later, the server would cut the client off as an
 * attacker.
 */
@Tag("slow")
class ManyResultsAreAwaited {

  private static final int TASKS = 1_000;
  private static final Duration SOON = Duration.ofSeconds(60);

  /** Longer than a client gives a watch to end by itself. */
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(7);

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  void theConnectionLasts() {
    var node = fleet.node();
    fleet.worker("stork", node, 16, "reeve.worker.pool.prefetch=64");
    try (var client = node.client()) {
      var ids =
          client
              .submitAll(
                  "many", Collections.nCopies(TASKS, TaskRequest.of("echo").payload("x").build()))
              .taskIds();
      for (var id : ids) {
        assertThat(client.awaitResult(id, SOON).getState())
            .isEqualTo(TaskState.TASK_STATE_COMPLETED);
      }
      Await.pass(LONG_ENOUGH);

      assertThat(client.awaitResult(ids.get(0), SOON).getState())
          .isEqualTo(TaskState.TASK_STATE_COMPLETED);
      assertThat(node.process().said()).doesNotContain("Maximum throttle throughput exceeded");
    }
  }
}
