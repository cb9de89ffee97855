package io.reeve.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** One process of a {@link Fleet}, and the log of what it said. */
final class Member {

  private static final Duration SIGNAL_WITHIN = Duration.ofSeconds(10);

  private final String name;
  private final Process process;
  private final Path log;

  Member(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** All it printed and logged so far. */
  String said() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGKILL. Returns when it is gone; does nothing when it already is. */
  void kill() {
    process.destroyForcibly();
    awaitEnd(process, "SIGKILL of " + name);
  }

  /** SIGSTOP: it keeps its connections and does nothing. */
  void suspend() {
    signal("-STOP");
  }

  /** SIGCONT. */
  void resume() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      var kill = new ProcessBuilder("kill", signal, "" + pid()).inheritIO().start();
      awaitEnd(kill, "kill " + signal);
      if (kill.exitValue() != 0) {
        throw new IllegalStateException("expected to send " + signal + " to " + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitEnd(Process process, String what) {
    try {
      if (!process.waitFor(SIGNAL_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            "expected an end within " + SIGNAL_WITHIN + " after " + what);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the end of a process", e);
    }
  }
}
