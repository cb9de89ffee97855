package io.reeve.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What the JDK's jcmd says of another JVM's heap. */
public final class HeapFigures {

  private HeapFigures() {}

  /**
   * Bytes of all objects that are reachable, after a full collection, which pauses that JVM. Empty
   * where this JVM is no JDK, or may not look.
   */
  public static OptionalLong liveBytes(long pid) {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    if (!Files.isExecutable(jcmd)) {
      return OptionalLong.empty();
    }
    try {
      var process =
          new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
              .redirectErrorStream(true)
              .start();
      try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
        return total(reader.lines().toList());
      }
    } catch (IOException cannotLook) {
      return OptionalLong.empty();
    }
  }

  /** The last line reads {@code Total <instances> <bytes>}. */
  static OptionalLong total(java.util.List<String> histogram) {
    return histogram.stream()
        .filter(line -> line.startsWith("Total"))
        .mapToLong(line -> Long.parseLong(line.trim().split("\\s+", -1)[2]))
        .findFirst();
  }
}
