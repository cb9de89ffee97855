package io.reeve.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.Demand;
import io.reeve.domain.dispatch.ReadyTask;
import io.reeve.domain.dispatch.StreamExplanation;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.edge.ClusterView;
import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.ListWorkersResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class DemandMetricsTest {

  private static final Demand DEMAND = new Demand(1, 2, 3, 4, 5, 1_500_000_000L, 7, 8, 0);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private CompletionStage<Dispatcher.DemandShown> demand = answering(1);
  private final DemandMetrics metrics = new DemandMetrics(new Told());

  /** A cluster of which only the demand is asked. */
  private final class Told implements ClusterView {

    @Override
    public CompletionStage<ListNodesResponse> nodes() {
      throw new AssertionError("expected to be asked for the demand");
    }

    @Override
    public CompletionStage<ListWorkersResponse> workers() {
      throw new AssertionError("expected to be asked for the demand");
    }

    @Override
    public CompletionStage<Dispatcher.DemandShown> demand(WorkerKind kind) {
      return demand;
    }

    @Override
    public CompletionStage<Optional<StreamExplanation>> explain(ReadyTask task, Duration within) {
      throw new AssertionError("expected to be asked for the demand");
    }
  }

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

    demand = CompletableFuture.failedFuture(new TimeoutException("played"));
    metrics.refresh().toCompletableFuture().join();
    assertThat(value("reeve.workers.wanted")).isNaN();

    demand = answering(0);
    metrics.refresh().toCompletableFuture().join();
    assertThat(value("reeve.workers.wanted")).as("of one that has no epoch").isNaN();
  }

  private double value(String name) {
    return registry.get(name).gauge().value();
  }

  private static CompletionStage<Dispatcher.DemandShown> answering(long epoch) {
    return CompletableFuture.completedFuture(new Dispatcher.DemandShown(epoch, DEMAND));
  }
}
