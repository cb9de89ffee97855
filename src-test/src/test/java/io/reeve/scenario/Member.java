package io.reeve.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One process of a test, and the log of what it said. */
public final class Member {

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

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
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
