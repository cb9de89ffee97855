package io.reeve.node.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.reeve.partition.TimeFigures;
import java.util.Map;
import java.util.TreeMap;

/** Makes the families of a scrape whose labels come and go. */
final class Families {

  private Families() {}

  /**
   * @param name without {@code _total}
   */
  static CounterSnapshot counter(String name, String help, Map<Labels, Long> values) {
    var family = CounterSnapshot.builder().name(name).help(help);
    values.forEach(
        (labels, value) ->
            family.dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(labels)
                    .value(value)
                    .build()));
    return family.build();
  }

  static GaugeSnapshot gauge(String name, String help, Map<Labels, Double> values) {
    var family = GaugeSnapshot.builder().name(name).help(help);
    values.forEach(
        (labels, value) ->
            family.dataPoint(
                GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(labels)
                    .value(value)
                    .build()));
    return family.build();
  }

  static HistogramSnapshot histogram(String name, String help, Map<Labels, TimeFigures> times) {
    var family = HistogramSnapshot.builder().name(name).help(help);
    times.forEach(
        (labels, figures) ->
            family.dataPoint(
                HistogramSnapshot.HistogramDataPointSnapshot.builder()
                    .labels(labels)
                    .classicHistogramBuckets(
                        ClassicHistogramBuckets.of(figures.boundsSeconds(), figures.counts()))
                    .sum(figures.sumSeconds())
                    .build()));
    return family.build();
  }

  /** These values, each with its name as this label. */
  static <T> Map<Labels, T> by(String label, Map<String, T> values) {
    var labelled = new TreeMap<Labels, T>();
    values.forEach((name, value) -> labelled.put(Labels.of(label, name), value));
    return labelled;
  }
}
