package io.reeve.edge.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The figures of one part of a node. Whoever owns that part makes one and gives it to {@link
 * Metrics#add}; nothing is measured but when somebody asks.
 *
 * <p>Names are promises: {@code docs/metrics.md} lists every one, and a test compares. Labels have
 * few values, whose number is bounded: never a task, a worker or a tenant.
 */
public interface MetricSource {

  /** Registers its meters; called once. They are read by any thread and must not block. */
  default void bindTo(MeterRegistry registry) {}

  /**
   * Registers what has labels that come and go, or is a histogram; called once, and read as meters
   * are.
   */
  default void bindTo(PrometheusRegistry registry) {}

  /**
   * Asks for what its meters cannot read by themselves, and keeps the answer for them. Each scrape
   * waits for it, so it answers within two seconds; several may ask at once. Where it fails, so
   * does the scrape.
   */
  default CompletionStage<?> refresh() {
    return CompletableFuture.completedFuture(null);
  }
}
