package io.reeve.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeHealthTest {

  private final PlayedReadiness readiness = new PlayedReadiness();
  private final NodeHealth health = new NodeHealth(readiness);

  @ParameterizedTest
  @CsvSource({
    "true, true, true, true",
    "false, true, true, false",
    "true, false, true, false",
    "true, true, false, false",
    "false, false, false, false"
  })
  void readyIsWhoMeansToServeAndWhoseStoreAndDispatcherWork(
      boolean serving, boolean tasks, boolean workers, boolean ready) {
    readiness.tasks(tasks);
    readiness.workers(workers);
    health.serving(serving);

    var found = get(health.look());

    var reason =
        tasks && workers ? serving ? "" : "the node is starting or leaving" : "as the test has it";
    assertThat(found).isEqualTo(new NodeHealth.Found(serving, tasks, workers, reason));
    assertThat(found.ready()).isEqualTo(ready);
  }

  @Test
  void whoDoesNotMeanToServeTakesNothingThoughAllWorks() {
    assertThat(get(health.tasks())).isFalse();
    assertThat(get(health.ready())).isFalse();

    health.serving(true);

    assertThat(get(health.tasks())).isTrue();
    assertThat(get(health.ready())).isTrue();
  }

  @Test
  void aNodeThatLeavesIsToldAtOnce() {
    var told = new AtomicInteger();
    health.onChange(told::incrementAndGet);

    health.serving(true);
    health.serving(false);

    assertThat(told).hasValue(2);
  }

  private static <T> T get(CompletionStage<T> answer) {
    return answer.toCompletableFuture().join();
  }
}
