package io.reeve.node.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.reeve.edge.http.MetricSource;
import io.reeve.node.cluster.Leadership;

/** Where the dispatcher works, as this node sees it. */
public record LeadershipMetrics(Leadership leadership) implements MetricSource {

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("reeve.dispatcher.epoch", () -> leadership.now().epoch())
        .description("Highest epoch of a dispatcher that this node has heard of; 0: none")
        .register(registry);
    Gauge.builder("reeve.dispatcher.here", () -> leadership.now().here() ? 1 : 0)
        .description("1 on the node where the dispatcher runs, else 0")
        .register(registry);
    FunctionCounter.builder("reeve.dispatcher.changes", leadership, seen -> seen.now().changes())
        .description("How often a new dispatcher replaced the one that this node knew")
        .register(registry);
  }
}
