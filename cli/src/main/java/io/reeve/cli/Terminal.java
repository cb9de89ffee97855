package io.reeve.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Properties;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a command, and what it may assume of them.
 *
 * @param outIsTerminal whether a person sees {@code out}; colours and cut lines go nowhere else
 * @param errIsTerminal whether a person sees {@code err}; progress bars go nowhere else
 * @param columns width of the terminal
 * @param environment the process's variables
 * @param clock tells the time, for ages
 * @param nanoTime measures durations, for rates
 * @param random fit for secrets
 */
public record Terminal(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    int columns,
    Map<String, String> environment,
    Clock clock,
    LongSupplier nanoTime,
    RandomGenerator random) {

  private static final int COLUMNS_DEFAULT = 120;
  private static final int COLUMNS_MIN = 40;

  /**
   * The terminal of this process. The launcher tells by properties which outputs are terminals,
   * since the JVM cannot tell its two outputs apart; without it nothing is taken for one.
   */
  static Terminal ofProcess(Map<String, String> environment, Properties properties) {
    return new Terminal(
        System.in,
        new Output(new FileOutputStream(FileDescriptor.out)),
        new PrintStream(System.err, true, StandardCharsets.UTF_8),
        Boolean.parseBoolean(properties.getProperty("reeve.terminal.out")),
        Boolean.parseBoolean(properties.getProperty("reeve.terminal.err")),
        columns(properties.getProperty("reeve.terminal.columns", "")),
        environment,
        Clock.systemUTC(),
        System::nanoTime,
        new SecureRandom());
  }

  private static int columns(String given) {
    try {
      return Math.max(COLUMNS_MIN, Integer.parseInt(given));
    } catch (NumberFormatException unknown) {
      return COLUMNS_DEFAULT;
    }
  }

  /** Whether output may be coloured: on a terminal, unless NO_COLOR is set (no-color.org). */
  boolean colours() {
    return outIsTerminal
        && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !environment.getOrDefault("TERM", "").equals("dumb");
  }

  /** Whether progress bars are welcome. */
  boolean progress() {
    return errIsTerminal && !environment.getOrDefault("TERM", "").equals("dumb");
  }

  /** Why output could not be written, or null. */
  @Nullable IOException outFailure() {
    return out instanceof Output output ? output.failure() : null;
  }

  /** Writes one line, and ends the command if nobody gets it. */
  void print(String line) {
    out.println(line);
    var failure = outFailure();
    if (failure != null) {
      throw new Output.Lost(failure);
    }
  }

  void flush() {
    out.flush();
    err.flush();
  }
}
