package io.reeve.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One running process of a run. Its standard output comes line by line to whoever asks and into a
 * file beside its log, its errors go to its log.
 */
public final class ReeveProcess {

  private static final int LINES_KEPT_MAX = 10_000;
  private static final int LAST_WORDS_LINES = 20;
  private static final int STOP_KILLED_SECONDS = 5;
  private static final long LINE_STEP_MILLIS = 250;

  private final String name;
  private final Process process;
  private final Path log;
  private final PrintStream input;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>(LINES_KEPT_MAX);

  ReeveProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    var reader = new Thread(this::readLines, "output-of-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Writes one line to its standard input. */
  public void tell(String line) {
    input.println(line);
  }

  /** The next line of its standard output, or null when none comes in time. */
  public @Nullable String nextLine(long timeoutMillis) {
    try {
      return lines.poll(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while reading from " + name, interrupted);
    }
  }

  /**
   * Reads its standard output up to a line that contains {@code text}.
   *
   * @throws IllegalStateException when it ends before, or the time does; with its last words
   */
  public void awaitLine(String text, long timeoutMillis) {
    var said = new StringBuilder();
    // Asked for in short steps, so that the end of the process is noticed soon.
    for (var waited = 0L; waited <= timeoutMillis; waited += LINE_STEP_MILLIS) {
      var alive = process.isAlive();
      var line = nextLine(LINE_STEP_MILLIS);
      if (line != null && line.contains(text)) {
        return;
      }
      if (line != null) {
        said.append(line).append('\n');
        waited -= LINE_STEP_MILLIS;
      } else if (!alive) {
        break;
      }
    }
    throw new ProcessFailed(
        "expected " + name + " to say '" + text + "', got:\n" + said + lastWords(LAST_WORDS_LINES));
  }

  /** SIGKILL: no farewell. Returns when it is gone. */
  public void kill() {
    process.toHandle().destroyForcibly();
    awaitEnd(STOP_KILLED_SECONDS);
  }

  /** SIGTERM; does not wait. */
  public void askToEnd() {
    process.destroy();
  }

  /** SIGTERM, and SIGKILL when that does not help in time. */
  public void stop(int seconds) {
    process.destroy();
    if (!awaitEnd(seconds)) {
      kill();
    }
    input.close();
  }

  /** All it logged so far. */
  public String log() {
    try {
      return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The last lines of its output and its log, for an error message. */
  public String lastWords(int linesMax) {
    try {
      var all =
          Files.exists(log) ? Files.readAllLines(log, StandardCharsets.UTF_8) : List.<String>of();
      var tail = all.subList(Math.max(0, all.size() - linesMax), all.size());
      var said = List.copyOf(lines);
      return String.join("\n", said.subList(Math.max(0, said.size() - linesMax), said.size()))
          + (said.isEmpty() ? "" : "\n")
          + String.join("\n", tail);
    } catch (IOException unreadable) {
      return "(its log cannot be read: " + unreadable.getMessage() + ")";
    }
  }

  private boolean awaitEnd(int seconds) {
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void readLines() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
        var copy = Files.newBufferedWriter(log.resolveSibling(name + ".out"))) {
      for (var line = reader.readLine(); line != null; line = reader.readLine()) {
        copy.write(line + "\n");
        copy.flush();
        while (!lines.offer(line)) {
          // Nobody reads: keep the newest, as they say why a process ended.
          lines.poll();
        }
      }
    } catch (IOException | UncheckedIOException ended) {
      lines.offer("(output ended: " + ended.getMessage() + ")");
    }
  }
}
