package io.reeve.node.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.reeve.edge.http.MetricSource;
import io.reeve.partition.Figures;
import io.reeve.partition.Figures.Count;
import io.reeve.partition.PartitionLook;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.ToIntFunction;

/**
 * What became of the tasks whose partitions are on this node, and how these partitions are, which
 * each scrape asks them. A partition that does not answer in time is missing in the latter.
 */
public final class TaskMetrics implements MetricSource {

  private static final long LOOK_WITHIN_MS = 1000;
  private static final double MS_PER_S = 1000;

  /** Queues with ready tasks that are told apart, the largest ones. */
  private static final int QUEUES_MAX = 50;

  private final Figures figures;
  private final Clock clock;
  private volatile List<PartitionLook> looks = List.of();

  /**
   * @param clock that of the partitions
   */
  public TaskMetrics(Figures figures, Clock clock) {
    this.figures = figures;
    this.clock = clock;
  }

  @Override
  public CompletionStage<?> refresh() {
    return figures.look(LOOK_WITHIN_MS).thenAccept(answered -> looks = answered);
  }

  @Override
  public void bindTo(PrometheusRegistry registry) {
    registry.register((MultiCollector) this::collected);
  }

  private MetricSnapshots collected() {
    var all = new ArrayList<MetricSnapshot>();
    all.add(counter("reeve_tasks_submitted", "Tasks that were taken in", Count.SUBMITTED));
    all.add(counter("reeve_attempts_started", "Leases that began", Count.STARTED));
    all.add(counter("reeve_tasks_completed", "Tasks that succeeded", Count.COMPLETED));
    all.add(counter("reeve_tasks_retried", "Failed attempts with another to come", Count.RETRIED));
    all.add(counter("reeve_tasks_died", "Tasks that failed for good", Count.DIED));
    all.add(counter("reeve_tasks_cancelled", "Tasks that were cancelled", Count.CANCELLED));
    all.add(counter("reeve_tasks_expired", "Tasks that nobody started in time", Count.EXPIRED));
    all.add(counter("reeve_leases_released", "Leases handed back unused", Count.RELEASED));
    all.add(failed());
    all.add(
        Families.histogram(
            "reeve_task_wait_seconds",
            "Time from the instant at which a task was due until an attempt started",
            Families.by("queue", figures.waits())));
    all.add(
        Families.histogram(
            "reeve_task_run_seconds",
            "Time from the start of an attempt to its success",
            Families.by("kind", figures.runs())));
    var seen = looks;
    all.add(
        Families.gauge(
            "reeve_partition_tasks",
            "Tasks in the partitions of this node",
            Families.by("state", states(seen))));
    all.add(
        Families.gauge(
            "reeve_partitions",
            "Partitions of this node that answered",
            Map.of(Labels.EMPTY, (double) seen.size())));
    all.add(
        Families.gauge(
            "reeve_schedules",
            "Schedules in the partitions of this node",
            Map.of(Labels.EMPTY, sum(seen, PartitionLook::schedules))));
    var queues = queues(seen);
    var ready = new TreeMap<String, Double>();
    var oldest = new TreeMap<String, Double>();
    var nowMs = clock.millis();
    queues.forEach(
        (queue, of) -> {
          ready.put(queue, (double) of.ready());
          oldest.put(queue, of.ready() == 0 ? 0 : Math.max(0, nowMs - of.oldestDueMs()) / MS_PER_S);
        });
    all.add(
        Families.gauge(
            "reeve_queue_ready_tasks",
            "Tasks of a queue that a worker may run",
            Families.by("queue", ready)));
    all.add(
        Families.gauge(
            "reeve_queue_oldest_ready_seconds",
            "For how long the ready task of a queue has waited that has waited longest",
            Families.by("queue", oldest)));
    return new MetricSnapshots(all);
  }

  private CounterSnapshot counter(String name, String help, Count count) {
    var values = new TreeMap<Labels, Long>();
    figures.classes().forEach((key, of) -> values.put(labels(key), of.of(count)));
    return Families.counter(name, help, values);
  }

  private CounterSnapshot failed() {
    var values = new TreeMap<Labels, Long>();
    figures
        .classes()
        .forEach(
            (key, of) -> {
              var types =
                  Map.of(
                      "error", Count.FAILED_ERROR,
                      "timed_out", Count.FAILED_TIMED_OUT,
                      "worker_lost", Count.FAILED_WORKER_LOST,
                      "rejected", Count.FAILED_REJECTED);
              types.forEach(
                  (type, count) ->
                      values.put(labels(key).merge(Labels.of("type", type)), of.of(count)));
            });
    return Families.counter("reeve_attempts_failed", "Attempts that failed", values);
  }

  private static Labels labels(Figures.Key key) {
    return Labels.of("kind", key.kind(), "queue", key.queue());
  }

  private static Map<String, Double> states(List<PartitionLook> looks) {
    return Map.of(
        "waiting", sum(looks, PartitionLook::waiting),
        "ready", sum(looks, PartitionLook::ready),
        "leased", sum(looks, PartitionLook::leased),
        "dead", sum(looks, PartitionLook::dead),
        "finished", sum(looks, PartitionLook::finished));
  }

  private static double sum(List<PartitionLook> looks, ToIntFunction<PartitionLook> figure) {
    return looks.stream().mapToInt(figure).sum();
  }

  /** The largest queues with ready tasks, and the others together. */
  private static Map<String, PartitionLook.OfQueue> queues(List<PartitionLook> looks) {
    var found = new HashMap<String, PartitionLook.OfQueue>();
    for (var look : looks) {
      look.queues().forEach((queue, of) -> found.merge(queue, of, PartitionLook.OfQueue::and));
    }
    var shown = new LinkedHashMap<String, PartitionLook.OfQueue>();
    shown.put(Figures.OTHER, new PartitionLook.OfQueue(0, Long.MAX_VALUE));
    found.entrySet().stream()
        .sorted(Comparator.comparingInt(entry -> -entry.getValue().ready()))
        .forEach(
            entry ->
                shown.merge(
                    shown.size() <= QUEUES_MAX ? entry.getKey() : Figures.OTHER,
                    entry.getValue(),
                    PartitionLook.OfQueue::and));
    return shown;
  }
}
