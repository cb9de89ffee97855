package io.reeve.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the machine's own programs, each for a bounded time. */
final class Shell {

  private static final Duration WITHIN = Duration.ofSeconds(10);

  /** How a command ended, and all it said. */
  record Result(int code, String output) {}

  private Shell() {}

  /** What a command that has to succeed said. */
  static String run(String... command) {
    var result = attempt("", List.of(command));
    if (result.code() != 0) {
      throw new IllegalStateException(
          "%s ended with %d: %s"
              .formatted(String.join(" ", command), result.code(), result.output()));
    }
    return result.output();
  }

  /** Runs a command that has to succeed, with this as its standard input. */
  static void feed(String input, List<String> command) {
    var result = attempt(input, command);
    if (result.code() != 0) {
      throw new IllegalStateException(
          "%s ended with %d: %s%nits input was:%n%s"
              .formatted(String.join(" ", command), result.code(), result.output(), input));
    }
  }

  /** Runs a command that may fail. A program that is not there ends with 127, as in a shell. */
  static Result attempt(String input, List<String> command) {
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (var to = process.getOutputStream()) {
        to.write(input.getBytes(StandardCharsets.UTF_8));
      }
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("expected an end of " + command + " within " + WITHIN);
      }
      return new Result(process.exitValue(), output.strip());
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("error=2")) {
        return new Result(127, command.get(0) + ": not found");
      }
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in " + command, e);
    }
  }
}
