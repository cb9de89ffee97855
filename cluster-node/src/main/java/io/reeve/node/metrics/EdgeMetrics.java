package io.reeve.node.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.reeve.edge.calls.Reason;
import io.reeve.edge.grpc.GrpcServer;
import io.reeve.edge.http.MetricSource;

/**
 * What callers take of this node, and how often they were refused.
 *
 * @param server asked by any thread
 */
public record EdgeMetrics(GrpcServer server) implements MetricSource {

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("reeve.worker.sessions", server, GrpcServer::openSessions)
        .description("Open worker streams on this node")
        .register(registry);
    Gauge.builder("reeve.grpc.connections", server, GrpcServer::connections)
        .description("Open connections to the gRPC server")
        .register(registry);
    Gauge.builder("reeve.in.flight", server, s -> s.room().used())
        .description("Bytes of requests in progress and of answers that callers have not read yet")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("reeve.in.flight.max", server, s -> s.room().max())
        .description("Bytes in flight beyond which callers are refused or slowed down")
        .baseUnit("bytes")
        .register(registry);
    for (var reason : Reason.values()) {
      FunctionCounter.builder("reeve.refusals", server, s -> s.refusals().of(reason))
          .tag("reason", reason.name())
          .description("Calls and streams that ended with a refusal")
          .register(registry);
    }
  }
}
