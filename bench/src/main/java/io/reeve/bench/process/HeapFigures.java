package io.reeve.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** What the JDK's jcmd says of another JVM's heap. */
public final class HeapFigures {

  private static final int WAIT_SECONDS = 60;

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
      // By a file: the other JVM stands still while it writes, so it must not wait for a reader.
      var histogram = Files.createTempFile("reeve-heap-", ".txt");
      try {
        var process =
            new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .redirectOutput(histogram.toFile())
                .start();
        if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
        return total(Files.readAllLines(histogram, StandardCharsets.UTF_8));
      } finally {
        Files.delete(histogram);
      }
    } catch (IOException cannotLook) {
      return OptionalLong.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return OptionalLong.empty();
    }
  }

  /** The last line reads {@code Total <instances> <bytes>}. */
  static OptionalLong total(List<String> histogram) {
    return histogram.stream()
        .filter(line -> line.startsWith("Total"))
        .mapToLong(line -> Long.parseLong(line.trim().split("\\s+", -1)[2]))
        .findFirst();
  }
}
