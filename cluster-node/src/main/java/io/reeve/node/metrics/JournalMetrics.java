package io.reeve.node.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.reeve.edge.http.MetricSource;
import io.reeve.partition.Figures;
import java.util.Map;

/** What the partitions of this node carry out and write, and how long it takes. */
public record JournalMetrics(Figures figures) implements MetricSource {

  @Override
  public void bindTo(MeterRegistry registry) {
    FunctionCounter.builder("reeve.journal.events", figures, Figures::events)
        .description("Events in the rows that were stored")
        .register(registry);
    FunctionCounter.builder("reeve.partition.batches", figures, Figures::batches)
        .description("Batches of commands that partitions carried out")
        .register(registry);
    FunctionCounter.builder("reeve.partition.commands", figures, Figures::commands)
        .description("Commands in these batches")
        .register(registry);
    FunctionCounter.builder("reeve.grants", figures, Figures::grants)
        .description("Grants of the dispatcher that partitions carried out")
        .register(registry);
    FunctionCounter.builder("reeve.settlements.stale", figures, Figures::staleSettlements)
        .description("Settlements that were refused because their leases had ended")
        .register(registry);
  }

  @Override
  public void bindTo(PrometheusRegistry registry) {
    registry.register(
        (MultiCollector)
            () ->
                MetricSnapshots.of(
                    Families.histogram(
                        "reeve_journal_write_seconds",
                        "Time until a row of the journal was durable",
                        Map.of(Labels.EMPTY, figures.writes())),
                    Families.histogram(
                        "reeve_snapshot_seconds",
                        "Time until a snapshot of a partition was stored",
                        Map.of(Labels.EMPTY, figures.snapshots()))));
  }
}
