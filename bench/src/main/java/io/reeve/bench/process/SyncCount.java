package io.reeve.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Counts the calls of fsync and fdatasync that a process makes, by strace; slows it while it
 * counts.
 */
public final class SyncCount implements AutoCloseable {

  private static final int START_SECONDS = 10;

  private final Process strace;
  private final Path report;

  private SyncCount(Process strace, Path report) {
    this.strace = strace;
    this.report = report;
  }

  /** Whether strace is there. */
  public static boolean isPossible() {
    return List.of("/usr/bin/strace", "/bin/strace").stream()
        .anyMatch(p -> Files.isExecutable(Path.of(p)));
  }

  /**
   * Begins to count; empty when the system does not let us, in which case the reason is in strace's
   * output.
   */
  public static Optional<SyncCount> begin(long pid, Path directory) throws IOException {
    var report = directory.resolve("strace-" + pid + ".txt");
    var strace =
        new ProcessBuilder(
                "strace",
                "-f",
                "-c",
                "-e",
                "trace=fsync,fdatasync",
                "-o",
                report.toString(),
                "-p",
                Long.toString(pid))
            .redirectErrorStream(true)
            .start();
    // It says that it is attached; before that, calls are not counted.
    var reader = strace.inputReader(StandardCharsets.UTF_8);
    var line = reader.readLine();
    if (line == null || !line.contains("attached")) {
      strace.destroyForcibly();
      return Optional.empty();
    }
    var drain =
        new Thread(
            () -> {
              try {
                reader.transferTo(java.io.Writer.nullWriter());
              } catch (IOException ended) {
                Thread.currentThread().interrupt();
              }
            },
            "strace-output");
    drain.setDaemon(true);
    drain.start();
    return Optional.of(new SyncCount(strace, report));
  }

  /** Ends counting and says how many there were. */
  public OptionalLong end() {
    close();
    try {
      return sum(Files.readString(report, StandardCharsets.UTF_8));
    } catch (IOException noReport) {
      return OptionalLong.empty();
    }
  }

  /** Adds up the calls column of strace's summary. */
  static OptionalLong sum(String summary) {
    var calls =
        summary
            .lines()
            .map(String::trim)
            .filter(line -> line.endsWith(" fsync") || line.endsWith(" fdatasync"))
            .mapToLong(line -> Long.parseLong(line.split("\\s+", -1)[3]))
            .sum();
    return summary.contains("calls") || summary.isBlank()
        ? OptionalLong.of(calls)
        : OptionalLong.empty();
  }

  @Override
  public void close() {
    // SIGINT would be strace's own way to end; SIGTERM makes it write its summary as well.
    strace.destroy();
    try {
      if (!strace.waitFor(START_SECONDS, TimeUnit.SECONDS)) {
        strace.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
