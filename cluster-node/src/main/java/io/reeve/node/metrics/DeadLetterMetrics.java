package io.reeve.node.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.reeve.edge.http.MetricSource;
import java.util.function.LongSupplier;

/** What became of dead letters on this node. */
public final class DeadLetterMetrics implements MetricSource {

  private final LongSupplier forgotten;

  /**
   * @param forgotten open dead letters that the bounds of partitions pushed out so far
   */
  public DeadLetterMetrics(LongSupplier forgotten) {
    this.forgotten = forgotten;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    FunctionCounter.builder(
            "reeve.dead.letters.forgotten", forgotten, supplier -> supplier.getAsLong())
        .description("Dead letters that the bounds pushed out before anybody decided about them")
        .register(registry);
  }
}
