package io.reeve.node.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.reeve.edge.http.HttpServer;
import io.reeve.edge.http.MetricSource;
import io.reeve.edge.http.api.Api;

/** What callers take of the HTTP port; both are asked by any thread. */
public record HttpMetrics(HttpServer server, Api api) implements MetricSource {

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("reeve.http.connections", server, HttpServer::connections)
        .description("Open connections to the HTTP server")
        .register(registry);
    Gauge.builder("reeve.http.event.streams", api, Api::openStreams)
        .description("Open streams of events of the HTTP API")
        .register(registry);
  }
}
