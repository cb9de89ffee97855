package io.reeve.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The table of all runs of this JVM, written anew after each. Recovery is counted for each
 * partition by itself, taking tasks in and giving them out apart, from the fault or from its end.
 */
final class RigReport {

  private static final Path FILE = Path.of("target", "rig", "report.md");

  /**
   * What one run of one scenario showed.
   *
   * @param scenario its name, and how it was done
   * @param recoveries in milliseconds, by what they are counted from
   */
  record Row(
      String scenario,
      String profile,
      long seed,
      int tasks,
      int again,
      int faults,
      Map<String, List<Long>> recoveries,
      List<String> wrong) {}

  private static final List<Row> ROWS = new ArrayList<>();

  private RigReport() {}

  static synchronized void add(Row row) {
    ROWS.add(row);
    try {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, text());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text() {
    var byScenario =
        ROWS.stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.scenario() + " | " + row.profile(),
                    TreeMap::new,
                    Collectors.toList()));
    var text =
        new StringBuilder(
            """
            | Scenario | Profile | Seeds | Tasks acknowledged | of them leased again | Faults \
            | Recovery: p50 / p99 / max in s | Wrong |
            |---|---|---|---|---|---|---|---|
            """);
    byScenario.forEach((name, rows) -> text.append(line(name, rows)));
    text.append("\n");
    ROWS.stream()
        .flatMap(
            row ->
                row.wrong().stream()
                    .map(what -> "- %s, seed %d: %s\n".formatted(row.scenario(), row.seed(), what)))
        .forEach(text::append);
    return text.toString();
  }

  private static String line(String name, List<Row> rows) {
    var seeds = rows.stream().map(row -> "" + row.seed()).collect(Collectors.joining(" "));
    var recoveries = new TreeMap<String, List<Long>>();
    rows.forEach(
        row ->
            row.recoveries()
                .forEach(
                    (from, all) ->
                        recoveries.computeIfAbsent(from, it -> new ArrayList<>()).addAll(all)));
    return "| %s | %s | %d | %d | %d | %s | %d |\n"
        .formatted(
            name,
            rows.size() > 3
                ? rows.get(0).seed() + " to " + rows.get(rows.size() - 1).seed()
                : seeds,
            rows.stream().mapToInt(Row::tasks).sum(),
            rows.stream().mapToInt(Row::again).sum(),
            rows.stream().mapToInt(Row::faults).sum(),
            recoveries.entrySet().stream()
                .map(entry -> entry.getKey() + " " + percentiles(entry.getValue()))
                .collect(Collectors.joining("; ")),
            rows.stream().mapToInt(row -> row.wrong().size()).sum());
  }

  static String percentiles(List<Long> millis) {
    var sorted = millis.stream().sorted().toList();
    return sorted.isEmpty()
        ? "none"
        : "%s / %s / %s"
            .formatted(
                seconds(sorted.get(sorted.size() / 2)),
                seconds(sorted.get(Math.min(sorted.size() - 1, sorted.size() * 99 / 100))),
                seconds(sorted.get(sorted.size() - 1)));
  }

  private static String seconds(long millis) {
    var tenths = Math.round(millis / 100.0);
    return tenths / 10 + "." + tenths % 10;
  }

  /** For a message. */
  static String seconds(Duration duration) {
    return seconds(duration.toMillis()) + " s";
  }
}
