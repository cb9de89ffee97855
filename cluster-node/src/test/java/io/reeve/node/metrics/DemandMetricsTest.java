package io.reeve.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.Demand;
import io.reeve.edge.grpc.WantedWorkers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class DemandMetricsTest {

  private static final Demand DEMAND = new Demand(1, 2, 3, 4, 5, 1_500_000_000L, 7, 8, 0);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private WantedWorkers wanted = answering(1);
  private final DemandMetrics metrics = new DemandMetrics(kind -> wanted.of(kind));

  @Test
  void showsTheDispatchersWord() {
    metrics.bindTo(registry);
    metrics.refresh().toCompletableFuture().join();

    assertThat(value("reeve.workers")).isEqualTo(1);
    assertThat(value("reeve.slots")).isEqualTo(2);
    assertThat(value("reeve.slots.held")).isEqualTo(3);
    assertThat(value("reeve.tasks.ready")).isEqualTo(4);
    assertThat(value("reeve.tasks.unserved")).isEqualTo(5);
    assertThat(value("reeve.task.hold.seconds")).isEqualTo(1.5);
    assertThat(value("reeve.slots.wanted")).isEqualTo(7);
    assertThat(value("reeve.workers.wanted")).isEqualTo(8);
  }

  @Test
  void whatNobodyKnowsIsNoNumber() {
    metrics.bindTo(registry);
    assertThat(value("reeve.workers.wanted")).isNaN();

    metrics.refresh().toCompletableFuture().join();
    assertThat(value("reeve.workers.wanted")).isEqualTo(8);

    wanted = kind -> CompletableFuture.failedFuture(new TimeoutException("played"));
    metrics.refresh().toCompletableFuture().join();
    assertThat(value("reeve.workers.wanted")).isNaN();

    wanted = answering(0);
    metrics.refresh().toCompletableFuture().join();
    assertThat(value("reeve.workers.wanted")).as("of one that has no epoch").isNaN();
  }

  private double value(String name) {
    return registry.get(name).gauge().value();
  }

  private static WantedWorkers answering(long epoch) {
    return kind -> CompletableFuture.completedFuture(new Dispatcher.DemandShown(epoch, DEMAND));
  }
}
