package io.reeve.node.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.reeve.edge.NodeHealth;
import io.reeve.edge.http.MetricSource;
import java.util.concurrent.CompletionStage;

/** Whether the node is ready, as its health has it; looked at by each scrape. */
public final class ReadinessMetrics implements MetricSource {

  private final NodeHealth health;
  private volatile boolean ready;

  public ReadinessMetrics(NodeHealth health) {
    this.health = health;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("reeve.node.ready", () -> ready ? 1 : 0)
        .description("1 while /health/ready answers 200, else 0")
        .register(registry);
  }

  @Override
  public CompletionStage<?> refresh() {
    return health.ready().thenAccept(now -> ready = now);
  }
}
