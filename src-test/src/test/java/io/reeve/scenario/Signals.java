package io.reeve.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Signals to processes that this test started. */
public final class Signals {

  private static final Duration WITHIN = Duration.ofSeconds(30);

  private Signals() {}

  /** The processes keep their connections and do nothing. */
  public static void suspend(List<Long> pids) {
    send("-STOP", pids);
  }

  /** They go on. */
  public static void resume(List<Long> pids) {
    send("-CONT", pids);
  }

  /**
   * Any signal.
   *
   * @param signal as {@code kill} takes it, {@code -QUIT} for instance
   */
  public static void send(String signal, List<Long> pids) {
    var command = new ArrayList<>(List.of("kill", signal));
    pids.forEach(pid -> command.add(pid.toString()));
    try {
      var kill = new ProcessBuilder(command).inheritIO().start();
      awaitEnd(kill, String.join(" ", command));
      if (kill.exitValue() != 0) {
        throw new IllegalStateException("expected to " + String.join(" ", command));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until a process has ended, for a bounded time. */
  static void awaitEnd(Process process, String what) {
    try {
      if (!process.waitFor(WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("expected an end within " + WITHIN + " after " + what);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the end of a process", e);
    }
  }
}
