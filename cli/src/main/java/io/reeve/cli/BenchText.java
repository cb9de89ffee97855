package io.reeve.cli;

import io.reeve.bench.BacklogReport;
import io.reeve.bench.BenchReport;
import io.reeve.bench.BenchReport.ByProcess;
import io.reeve.bench.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A benchmark's report as a person reads it. */
final class BenchText {

  private BenchText() {}

  static List<String> lines(BenchReport report) {
    var settings = report.settings();
    var lines = new ArrayList<String>();
    lines.add(
        text(
            "%d CPUs (%s), %s, Java %s",
            report.machine().cpus(),
            report.machine().cpu(),
            report.machine().os(),
            report.machine().java()));
    lines.add("node flags: " + report.machine().javaFlags());
    lines.add(
        text(
            "%d rounds of %,d tasks of %d bytes, after %,d tasks of warm-up; nodes: %d; worker: %s",
            settings.rounds(),
            settings.tasks(),
            settings.payloadBytes(),
            settings.warmUpTasks(),
            settings.nodes(),
            settings.rawWorker() ? "raw" : "sdk"));
    lines.add("");
    var cold = report.coldStart();
    lines.add(
        text(
            "cold start: ready after %.1f s; first %,d tasks %,.0f/s, first %,d tasks %,.0f/s",
            cold.startSeconds(),
            cold.firstTasks(),
            cold.firstPerSecond(),
            cold.moreTasks(),
            cold.morePerSecond()));
    lines.add("");
    lines.addAll(throughput(report));
    lines.add("");
    lines.addAll(latency(report));
    lines.add("");
    lines.add(syncs(report.syncs()));
    lines.add("peak memory, MiB: server / worker / client " + byProcess(report.peakResidentMiB()));
    return lines;
  }

  static List<String> lines(BacklogReport report) {
    return List.of(
        text(
            "%,d tasks of %d bytes wait; submitted at %,.0f/s by a cold node",
            report.tasks(), report.payloadBytes(), report.submitPerSecond()),
        "heap per waiting task: "
            + (report.heapBytesPerTask() == null
                ? "not measured, because this Java is no JDK"
                : text("%.0f bytes", report.heapBytesPerTask())),
        text("ready again after kill -9: %.1f s", report.restartSeconds()),
        text(
            "%,d others run past them at %,.0f/s, then %,d at %,d/s; %d snapshots, the longest stored"
                + " in %d ms",
            report.endToEndTasks(),
            report.endToEndPerSecond(),
            report.pacedTasks(),
            report.pacedPerSecond(),
            report.snapshots(),
            report.longestSnapshotMs()),
        text(
            "slowest submission at that pace: %d ms during a snapshot, %d ms without one",
            report.longestAckDuringSnapshotMs(), report.longestAckOtherwiseMs()));
  }

  private static List<String> throughput(BenchReport report) {
    var table =
        new TextTable(
            "PHASE",
            "TASKS/S",
            "MIN",
            "MAX",
            byProcess("CPU µs/TASK ", report),
            "JOURNAL ROWS/TASK");
    for (var phase : report.phases()) {
      var rate = phase.tasksPerSecond();
      table.row(
          phase.name(),
          text("%,.0f", rate.median()),
          text("%,.0f", rate.min()),
          text("%,.0f", rate.max()),
          byProcess(phase.cpuMicrosPerTask()),
          rows(phase.journalRowsPerTask()));
    }
    return table.lines(0, (column, cell) -> cell);
  }

  private static List<String> latency(BenchReport report) {
    var latency = report.latency();
    var table = new TextTable("IDLE LATENCY, ms", "MEDIAN", "MIN", "MAX");
    row(table, "submit → start p50", latency.startP50Ms());
    row(table, "submit → start p99", latency.startP99Ms());
    row(table, "submit → ack p50", latency.ackP50Ms());
    row(table, "submit → ack p99", latency.ackP99Ms());
    var lines = new ArrayList<>(table.lines(0, (column, cell) -> cell));
    lines.add(
        text(
            "%d singles a round at %d/s; %s %s; journal rows/task %s",
            latency.singles(),
            report.settings().singlesPerSecond(),
            byProcess("CPU µs/task ", report),
            byProcess(latency.cpuMicrosPerTask()),
            rows(latency.journalRowsPerTask())));
    return lines;
  }

  private static void row(TextTable table, String name, Spread spread) {
    table.row(
        name,
        text("%.2f", spread.median()),
        text("%.2f", spread.min()),
        text("%.2f", spread.max()));
  }

  private static String syncs(BenchReport.Syncs syncs) {
    return syncs.skipped().isEmpty()
        ? "fsyncs per task: under load "
            + rows(syncs.perTaskUnderLoad())
            + ", single "
            + rows(syncs.perTaskSingle())
        : "fsyncs per task: not counted, " + syncs.skipped();
  }

  /** Server, worker, client, and the store where it has processes of its own. */
  private static String byProcess(String figure, BenchReport report) {
    var store =
        report.phases().stream().anyMatch(phase -> phase.cpuMicrosPerTask().store() != null);
    return figure + (store ? "s/w/c/PostgreSQL" : "s/w/c");
  }

  private static String byProcess(ByProcess figures) {
    return figure(figures.server())
        + " / "
        + figure(figures.worker())
        + " / "
        + figure(figures.client())
        + (figures.store() == null ? "" : " / " + figure(figures.store()));
  }

  private static String figure(@Nullable Double value) {
    return value == null ? "?" : text("%.1f", value);
  }

  private static String rows(@Nullable Double value) {
    return value == null ? "?" : text("%.4f", value);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
