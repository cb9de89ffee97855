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
        .description("Sessions of workers that are open on this node")
        .register(registry);
    Gauge.builder("reeve.grpc.connections", server, GrpcServer::connections)
        .description("Connections to the gRPC server that are open")
        .register(registry);
    Gauge.builder("reeve.in.flight", server, s -> s.room().used())
        .description("Bytes of requests that are worked on and of answers that are not read yet")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("reeve.in.flight.max", server, s -> s.room().max())
        .description("Bytes that may be in flight before callers are refused or held back")
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
