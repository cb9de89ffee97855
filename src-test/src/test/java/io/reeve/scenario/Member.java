package io.reeve.scenario;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One process of a test, and the log of what it said. */
public final class Member {

  /** From here on a JVM does not wake for the figures of jstat, nor knows of the flag. */
  private static final int JDK_WITHOUT_SAMPLES = 24;

  private final String name;
  private final Process process;
  private final Path log;

  /**
   * A process that was started.
   *
   * @param log where its output goes
   */
  public Member(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a program of this class path in a JVM of its own; not awaited.
   *
   * @param before classes that are taken from here rather than from the class path; may be empty
   * @param wrapper what runs the JVM, as {@code nsenter} would; may be empty
   * @param heap as {@code -Xmx} takes it
   * @param command the main class and its arguments
   * @param environment of the process, besides that of this one
   * @param directory where it runs
   * @param log name of the file there that takes its output
   */
  public static Member start(
      String name,
      List<String> wrapper,
      List<Path> before,
      String heap,
      List<String> command,
      Map<String, String> environment,
      Path directory,
      String log) {
    var file = directory.resolve(log);
    var classes = new ArrayList<>(before.stream().map(Path::toString).toList());
    classes.add(System.getProperty("java.class.path"));
    var all = new ArrayList<>(wrapper);
    all.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + heap,
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1"));
    if (Runtime.version().feature() < JDK_WITHOUT_SAMPLES) {
      // As the launcher has it: an idle node is measured.
      all.add("-XX:PerfDataSamplingInterval=1000");
    }
    all.addAll(List.of("-cp", String.join(File.pathSeparator, classes)));
    all.addAll(command);
    var builder =
        new ProcessBuilder(all)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(file.toFile());
    builder.environment().putAll(environment);
    try {
      return new Member(name, builder.start(), file);
    } catch (IOException e) {
      throw new UncheckedIOException("expected to start " + name, e);
    }
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** The processes that it started, theirs too, as long as it lives. */
  public List<ProcessHandle> descendants() {
    return process.descendants().toList();
  }

  /** Waits for its end, for a bounded time, and returns its exit code. */
  public int awaitExit() {
    Signals.awaitEnd(process, "the order to end");
    return process.exitValue();
  }

  /** All it printed and logged so far. */
  public String said() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGKILL. Returns when it is gone; does nothing when it already is. */
  public void kill() {
    process.destroyForcibly();
    Signals.awaitEnd(process, "SIGKILL of " + name);
  }

  /** SIGTERM; does not wait. */
  public void askToEnd() {
    process.destroy();
  }

  /** SIGSTOP: it keeps its connections and does nothing. */
  public void suspend() {
    Signals.suspend(List.of(pid()));
  }

  /** SIGCONT. */
  public void resume() {
    Signals.resume(List.of(pid()));
  }
}
