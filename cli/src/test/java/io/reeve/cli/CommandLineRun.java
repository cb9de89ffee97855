package io.reeve.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One run of a command line, with what it wrote. */
final class CommandLineRun {

  static final Clock NOON = Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String input = "";
  private boolean onTerminal;
  private int columns = 120;
  private Map<String, String> environment = Map.of();
  private Clock clock = NOON;

  /** What the programs behind the command were started with. */
  final List<Map<String, Object>> started = new ArrayList<>();

  /** The files of settings they were started with, null where there was none. */
  final List<@Nullable Path> files = new ArrayList<>();

  private @Nullable OutputStream elsewhere;

  /** Lets the output go there, and not be kept. */
  CommandLineRun outputTo(OutputStream target) {
    elsewhere = target;
    return this;
  }

  CommandLineRun input(String text) {
    input = text;
    return this;
  }

  CommandLineRun onTerminal(int columns) {
    this.onTerminal = true;
    this.columns = columns;
    return this;
  }

  CommandLineRun environment(Map<String, String> environment) {
    this.environment = environment;
    return this;
  }

  /** For what waits for other processes. */
  CommandLineRun realTime() {
    clock = Clock.systemUTC();
    return this;
  }

  int run(String... arguments) {
    return run(
        new Programs(
            (file, settings) -> {
              started.add(settings);
              files.add(file);
              return 0;
            },
            (file, settings) -> {
              started.add(settings);
              files.add(file);
              return 0;
            },
            List.of("reeve")),
        arguments);
  }

  int run(Programs programs, String... arguments) {
    var terminal =
        new Terminal(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new Output(elsewhere == null ? out : elsewhere),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            onTerminal,
            false,
            columns,
            environment,
            clock,
            // Every look at it is half a second later, so that rates are the same in each run.
            new Ticks(500_000_000)::next,
            new Random(1));
    return ReeveCommand.run(terminal, programs, arguments);
  }

  private static final class Ticks {
    private final long step;
    private long now;

    Ticks(long step) {
      this.step = step;
    }

    synchronized long next() {
      now += step;
      return now;
    }
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
