package io.reeve.worker.builtin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.reeve.worker.Failed;
import io.reeve.worker.PermanentFailure;
import io.reeve.worker.Rejected;
import io.reeve.worker.TaskContext;
import io.reeve.worker.TaskHandler;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a command from an allow-list, without a shell: {@code {"command": ["/usr/bin/sha256sum",
 * "file"], "env": {}, "cwd": "/tmp", "timeout": "30s"}}, all but the command optional.
 *
 * <p>The result is {@code {"exitCode": 0, "stdout": "...", "stderr": "...", "truncated": false}}.
 * Any other exit code fails the attempt with the code {@code exit-N}. When the attempt is to stop,
 * or takes longer than its timeout, the process and its descendants are killed.
 */
final class ExecHandler implements TaskHandler {

  private static final Duration LAST_WORDS = Duration.ofMillis(500);
  private static final int ERROR_TEXT_MAX = 2000;

  /** What a task asks for. */
  record Order(
      @Nullable List<String> command,
      @Nullable Map<String, String> env,
      @Nullable String cwd,
      @Nullable JsonNode timeout) {}

  private final BuiltinSettings.Exec settings;
  private final UnaryOperator<@Nullable String> environment;

  /**
   * @param environment the worker's own variables, by name
   */
  ExecHandler(BuiltinSettings.Exec settings, UnaryOperator<@Nullable String> environment) {
    this.settings = settings;
    this.environment = environment;
  }

  @Override
  public Object handle(TaskContext task) throws Exception {
    var order = task.payloadAs(Order.class);
    var command = command(order);
    var timeout = Times.of(order.timeout(), settings.timeout());
    var process = start(command, order);
    try (var stdout = new Captured(process.getInputStream(), settings.outputMax(), "stdout");
        var stderr = new Captured(process.getErrorStream(), settings.outputMax(), "stderr")) {
      process.getOutputStream().close();
      if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new Failed("timeout", "the command ran longer than " + timeout);
      }
      // A descendant may hold the streams open for ever; what it says later is not the command's.
      var out = stdout.text(LAST_WORDS);
      var err = stderr.text(LAST_WORDS);
      if (process.exitValue() != 0) {
        throw new Failed(
            "exit-" + process.exitValue(),
            "the command ended with exit code " + process.exitValue() + tail(err));
      }
      var result = JsonNodeFactory.instance.objectNode();
      result.put("exitCode", process.exitValue());
      result.put("stdout", out);
      result.put("stderr", err);
      result.put("truncated", stdout.isTruncated() || stderr.isTruncated());
      return result;
    } finally {
      kill(process);
    }
  }

  private List<String> command(Order order) throws Rejected {
    var command = order.command();
    if (command == null || command.isEmpty()) {
      throw new Rejected("PAYLOAD_UNREADABLE", "expected a command, got none");
    }
    if (!settings.allowed().contains(command.get(0))) {
      throw new Rejected(
          "NOT_ALLOWED",
          "expected an executable of reeve.worker.builtin.exec.allowed, got another");
    }
    if (command.stream().anyMatch(part -> part == null || part.indexOf('\0') >= 0)) {
      throw new Rejected("PAYLOAD_UNREADABLE", "expected arguments of text, got null or NUL");
    }
    return command;
  }

  private Process start(List<String> command, Order order) throws PermanentFailure, IOException {
    var builder = new ProcessBuilder(command);
    if (order.cwd() != null) {
      var directory = new File(order.cwd());
      if (!directory.isAbsolute() || !directory.isDirectory()) {
        throw new Rejected("NO_SUCH_DIRECTORY", "expected cwd to be an existing directory");
      }
      builder.directory(directory);
    }
    var variables = builder.environment();
    variables.clear();
    for (var name : settings.inheritedEnvironment()) {
      var value = environment.apply(name);
      if (value != null) {
        variables.put(name, value);
      }
    }
    if (order.env() != null) {
      for (var variable : order.env().entrySet()) {
        if (!settings.allowedEnvironment().contains(variable.getKey())) {
          throw new Rejected(
              "NOT_ALLOWED",
              "expected variables of reeve.worker.builtin.exec.allowed-environment, got another");
        }
        variables.put(variable.getKey(), variable.getValue());
      }
    }
    return builder.start();
  }

  /** The process and all that it started; those that left its family in time are out of reach. */
  private static void kill(Process process) {
    var family = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    family.forEach(ProcessHandle::destroyForcibly);
  }

  private static String tail(String stderr) {
    if (stderr.isBlank()) {
      return "";
    }
    var text = stderr.strip();
    return ": "
        + (text.length() <= ERROR_TEXT_MAX ? text : text.substring(text.length() - ERROR_TEXT_MAX));
  }
}
