package io.reeve.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What Linux says of a process in {@code /proc}: CPU time and memory. Empty where there is no such
 * thing.
 */
public final class ProcFigures {

  /** Clock ticks per second in {@code /proc/PID/stat}; 100 on every Linux that Java runs on. */
  private static final long TICKS_PER_SECOND = 100;

  private static final int UTIME_AFTER_NAME = 11;
  private static final int STIME_AFTER_NAME = 12;

  private ProcFigures() {}

  /** Time on a CPU so far, user and kernel, in microseconds. */
  public static OptionalLong cpuMicros(long pid) {
    return read(pid, "stat").map(ProcFigures::cpuMicros).orElse(OptionalLong.empty());
  }

  /** The most memory it had resident so far, in bytes. */
  public static OptionalLong peakResidentBytes(long pid) {
    return read(pid, "status").map(ProcFigures::peakResidentBytes).orElse(OptionalLong.empty());
  }

  static OptionalLong cpuMicros(String stat) {
    // The program's name stands in parentheses and may contain anything, even those.
    var fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ", -1);
    if (fields.length <= STIME_AFTER_NAME) {
      return OptionalLong.empty();
    }
    var ticks = Long.parseLong(fields[UTIME_AFTER_NAME]) + Long.parseLong(fields[STIME_AFTER_NAME]);
    return OptionalLong.of(ticks * (1_000_000 / TICKS_PER_SECOND));
  }

  static OptionalLong peakResidentBytes(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("VmHWM:"))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .mapToLong(kibibytes -> Long.parseLong(kibibytes) * 1024)
        .findFirst();
  }

  private static java.util.Optional<String> read(long pid, String file) {
    try {
      return java.util.Optional.of(
          Files.readString(
              Path.of("/proc", Long.toString(pid), file), StandardCharsets.ISO_8859_1));
    } catch (IOException noSuchProcess) {
      return java.util.Optional.empty();
    }
  }
}
