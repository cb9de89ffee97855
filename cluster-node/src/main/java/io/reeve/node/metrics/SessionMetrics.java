package io.reeve.node.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.reeve.edge.http.MetricSource;
import java.util.function.IntSupplier;

/**
 * The workers that are connected to this node.
 *
 * @param open sessions of workers; asked by any thread
 */
public record SessionMetrics(IntSupplier open) implements MetricSource {

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("reeve.worker.sessions", open::getAsInt)
        .description("Sessions of workers that are open on this node")
        .register(registry);
  }
}
