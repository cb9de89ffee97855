package io.reeve.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One process of a {@link Fleet}, and the log of what it said. */
final class Member {

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
    Signals.awaitEnd(process, "SIGKILL of " + name);
  }

  /** SIGSTOP: it keeps its connections and does nothing. */
  void suspend() {
    Signals.suspend(List.of(pid()));
  }

  /** SIGCONT. */
  void resume() {
    Signals.resume(List.of(pid()));
  }
}
