package io.reeve.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs short commands in one directory, each within a bound, with its output in a file there, and
 * without the variables by which PostgreSQL's programs are told what to do.
 */
record Commands(Path directory, Duration within) {

  private static final int TOLD_MAX = 600;

  /** The output of a command that has to succeed, without the line's end. */
  String output(List<String> command) {
    var output = directory.resolve("command.log");
    var code = run(command, output);
    if (code != 0) {
      throw new LocalPostgresException(
          "%s ended with code %d: %s".formatted(command.get(0), code, end(output)));
    }
    return read(output).strip();
  }

  /** Whether a command is there and ends with 0. */
  boolean succeeds(List<String> command) {
    try {
      return run(command, directory.resolve("command.log")) == 0;
    } catch (LocalPostgresException e) {
      return false;
    }
  }

  private int run(List<String> command, Path output) {
    try {
      var process = start(command, output);
      if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new LocalPostgresException(
            "%s did not end within %d s: %s"
                .formatted(command.get(0), within.toSeconds(), end(output)));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalPostgresException("interrupted in " + command.get(0), e);
    }
  }

  /** Starts a command that goes on, with a new file for its output. */
  Process start(List<String> command, Path output) {
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().keySet().removeIf(variable -> variable.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    builder.redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    try {
      Files.deleteIfExists(output);
      return builder.redirectOutput(output.toFile()).start();
    } catch (IOException e) {
      throw new LocalPostgresException("cannot run " + command.get(0) + ": " + e.getMessage(), e);
    }
  }

  /** The last of what was written there, on one line. */
  static String end(Path output) {
    var text = read(output).strip().replaceAll("\\s*\\R\\s*", " | ");
    return text.substring(Math.max(0, text.length() - TOLD_MAX));
  }

  static String read(Path output) {
    try {
      return Files.exists(output) ? Files.readString(output) : "";
    } catch (IOException e) {
      throw new LocalPostgresException("cannot read " + output + ": " + e, e);
    }
  }
}
