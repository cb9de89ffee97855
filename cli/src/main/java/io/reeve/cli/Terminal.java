package io.reeve.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Properties;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Where a command reads and writes, and what it may assume of that.
 *
 * @param outIsTerminal whether a person sees {@code out}; colours and cut lines go nowhere else
 * @param errIsTerminal whether a person sees {@code err}; progress bars go nowhere else
 * @param columns width of the terminal
 * @param environment the process's variables
 * @param clock what time it is, for ages
 * @param nanoTime what measures, for rates
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
   * The terminal of this process. The launcher says by properties what is a terminal, since the JVM
   * cannot tell its two outputs apart; without it nothing is taken for one.
   */
  static Terminal ofProcess(Map<String, String> environment, Properties properties) {
    return new Terminal(
        System.in,
        new PrintStream(System.out, false, StandardCharsets.UTF_8),
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

  void flush() {
    out.flush();
    err.flush();
  }
}
