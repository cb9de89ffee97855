package io.reeve.cli;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A bash whose {@code reeve} is a command of this JVM: pipes, quotes and redirections are those of
 * the shell, and no JVM is started for a command.
 */
final class ShellBridge implements AutoCloseable {

  /** What one script did. */
  record Ended(int exitCode, String out, String err) {}

  /** Answers one command line: its arguments, the variables it sees, and where it writes. */
  interface Reeve {
    int run(List<String> arguments, Map<String, String> environment, Terminal terminal);
  }

  private static final int SECONDS_MAX = 200;

  private static final String SCRIPT =
      """
      #!/bin/bash
      request=$(mktemp -d "${BRIDGE:?}/request-XXXXXX")
      printf '%%s\\0' "$@" >"$request/arguments"
      env >"$request/environment"
      : >"$request/in"
      for argument in "$@"; do [ "$argument" = - ] && cat >"$request/in"; done
      exec 3<>/dev/tcp/127.0.0.1/%d
      printf '%%s\\n' "$request" >&3
      read -r code <&3
      cat "$request/err" >&2
      cat "$request/out"
      exit "$code"
      """;

  private final Path directory;
  private final ServerSocket socket;
  private final Reeve reeve;

  ShellBridge(Path directory, Reeve reeve) throws IOException {
    this.directory = directory;
    this.reeve = reeve;
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    var executable =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectories(directory.resolve("bin"));
    Files.writeString(
        Files.createFile(directory.resolve("bin/reeve"), executable),
        SCRIPT.formatted(socket.getLocalPort()));
    Files.createSymbolicLink(directory.resolve("reeve"), directory.resolve("bin/reeve"));
    var accepts = new Thread(this::serve, "shell-bridge");
    accepts.setDaemon(true);
    accepts.start();
  }

  Path directory() {
    return directory;
  }

  /** Runs a script in the directory of the bridge, where {@code ./reeve} is the command too. */
  Ended run(String script) throws IOException, InterruptedException {
    var out = Files.createTempFile(directory, "out", "");
    var err = Files.createTempFile(directory, "err", "");
    var builder =
        new ProcessBuilder("/bin/bash", "-euo", "pipefail", "-c", script)
            .directory(directory.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("BRIDGE", directory.toString());
    builder.environment().put("HOME", directory.toString());
    builder.environment().merge("PATH", directory.resolve("bin") + ":", (old, own) -> own + old);
    var process = builder.start();
    if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError("did not end in time: " + script);
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private void serve() {
    while (!socket.isClosed()) {
      try {
        var connection = socket.accept();
        new Thread(() -> answer(connection), "shell-bridge-command").start();
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void answer(Socket connection) {
    try (connection) {
      var request =
          Path.of(
              new BufferedReader(
                      new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))
                  .readLine());
      var code = run(request);
      connection.getOutputStream().write((code + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private int run(Path request) throws IOException {
    var arguments =
        Arrays.stream(Files.readString(request.resolve("arguments")).split("\0", -1))
            .map(this::found)
            .collect(Collectors.toList());
    arguments.remove(arguments.size() - 1);
    var environment =
        Files.readAllLines(request.resolve("environment")).stream()
            .filter(line -> line.matches("[A-Z_]+=.*"))
            .collect(
                Collectors.toMap(
                    line -> line.substring(0, line.indexOf('=')),
                    line -> line.substring(line.indexOf('=') + 1),
                    (one, other) -> other));
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var terminal =
        new Terminal(
            new ByteArrayInputStream(Files.readAllBytes(request.resolve("in"))),
            new Output(out),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            120,
            environment,
            Clock.systemUTC(),
            System::nanoTime,
            new Random());
    int code;
    try {
      code = reeve.run(arguments, environment, terminal);
    } catch (RuntimeException | AssertionError failed) {
      err.writeBytes(("bridge: " + failed + "\n").getBytes(StandardCharsets.UTF_8));
      code = 99;
    }
    Files.write(request.resolve("out"), out.toByteArray());
    Files.write(request.resolve("err"), err.toByteArray());
    return code;
  }

  /** A file of the shell's directory by its whole path, since this JVM is in another. */
  private String found(String argument) {
    var file = directory.resolve(argument.isEmpty() ? "-" : argument);
    return Files.isRegularFile(file) ? file.toString() : argument;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
