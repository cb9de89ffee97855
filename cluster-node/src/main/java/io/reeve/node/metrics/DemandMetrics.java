package io.reeve.node.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.Demand;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.edge.ClusterView;
import io.reeve.edge.http.MetricSource;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How many workers the work of the whole cluster asks for, by the word of the dispatcher, whom each
 * scrape asks. While it cannot be asked the figures are NaN: zero would be an order to stop them
 * all.
 */
public final class DemandMetrics implements MetricSource {

  private static final WorkerKind ALL = new WorkerKind(Set.of(), Set.of());
  private static final double NANOS_PER_S = 1e9;

  private final ClusterView cluster;
  private volatile @Nullable Demand shown;

  public DemandMetrics(ClusterView cluster) {
    this.cluster = cluster;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(
        registry, "reeve.workers.wanted", "How many workers the work needs", Demand::wantedWorkers);
    gauge(registry, "reeve.workers", "Connected workers that accept work", Demand::workers);
    gauge(
        registry, "reeve.slots.wanted", "How many leases workers should hold", Demand::wantedSlots);
    gauge(registry, "reeve.slots", "How many leases the connected workers may hold", Demand::slots);
    gauge(
        registry,
        "reeve.slots.held",
        "Leases that workers hold or that are proposed for them",
        Demand::held);
    gauge(registry, "reeve.tasks.ready", "Tasks that could be leased now", Demand::ready);
    gauge(
        registry,
        "reeve.tasks.unserved",
        "Ready tasks that no connected worker may run",
        Demand::unserved);
    gauge(
        registry,
        "reeve.task.hold.seconds",
        "Average time that a task occupies its slot; 0: not known yet",
        demand -> demand.holdTimeNanos() / NANOS_PER_S);
  }

  @Override
  public CompletionStage<?> refresh() {
    return cluster.demand(ALL).handle((answer, failure) -> shown = known(answer));
  }

  /** What to show of an answer that may be none, or that of a dispatcher without an epoch. */
  private static @Nullable Demand known(Dispatcher.@Nullable DemandShown answer) {
    return answer == null || answer.epoch() == 0 ? null : answer.demand();
  }

  private void gauge(
      MeterRegistry registry, String name, String description, ToDoubleFunction<Demand> figure) {
    Gauge.builder(
            name,
            () -> {
              var demand = shown;
              return demand == null ? Double.NaN : figure.applyAsDouble(demand);
            })
        .description(description)
        .register(registry);
  }
}
