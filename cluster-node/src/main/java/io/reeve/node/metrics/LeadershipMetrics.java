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
        .description("The highest epoch of a dispatcher that this node has heard of; 0: none")
        .register(registry);
    Gauge.builder("reeve.dispatcher.here", () -> leadership.now().here() ? 1 : 0)
        .description("1 on the node where the dispatcher works, else 0")
        .register(registry);
    FunctionCounter.builder("reeve.dispatcher.changes", leadership, seen -> seen.now().changes())
        .description("Dispatchers that this node saw take over from the one it knew")
        .register(registry);
  }
}
