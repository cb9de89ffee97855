package io.reeve.worker.builtin;

import com.fasterxml.jackson.databind.JsonNode;
import io.reeve.worker.Failed;
import io.reeve.worker.Rejected;
import io.reeve.worker.TaskContext;
import io.reeve.worker.TaskHandler;
import io.reeve.worker.settings.TimeText;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs a command from an allow-list, without a shell: {@code {"command": ["/usr/bin/sha256sum",
 * "file"], "env": {}, "cwd": "/tmp", "timeout": "30s", "encoding": "text"}}, all but the command
 * optional. With {@code "encoding": "base64"} the output is given byte for byte.
 *
 * <p>The result is {@code {"exitCode": 0, "stdout": "...", "stderr": "...", "encoding": "text",
 * "truncated": false}}; the outputs are cut until it fits into the server's limit of a result. Any
 * other exit code fails the attempt with the code {@code exit-N}.
 *
 * <p>The command has ended when its first process has. Whatever that process leaves running is
 * killed, and so is everything when the attempt is to stop, takes longer than its timeout, or loses
 * its worker.
 */
final class ExecHandler implements TaskHandler {

  static final String EXAMPLE =
      "{\"command\": [\"/usr/bin/sha256sum\", \"file\"], \"env\": {\"LANG\": \"C\"}, \"cwd\":"
          + " \"/tmp\", \"timeout\": \"30s\", \"encoding\": \"text\"}, all but \"command\" optional";

  private static final int ERROR_TEXT_MAX = 2000;

  /**
   * The number of the system's error "argument list too long" in the texts of Java's exceptions.
   */
  private static final Pattern E2BIG = Pattern.compile("error(=|: )7\\b");

  /** What a task asks for. */
  record Order(
      @Nullable List<@Nullable String> command,
      @Nullable Map<String, @Nullable String> env,
      @Nullable String cwd,
      @Nullable JsonNode timeout,
      @Nullable String encoding) {}

  private final BuiltinSettings.Exec settings;
  private final UnaryOperator<@Nullable String> environment;
  private final LongSupplier nanos;
  private final NativeText nativeText;
  private final Commands commands;

  /**
   * @param environment the worker's own variables, by name
   * @param nanos the monotonic clock
   * @param nativeText what can be passed on to a command
   */
  ExecHandler(
      BuiltinSettings.Exec settings,
      UnaryOperator<@Nullable String> environment,
      LongSupplier nanos,
      NativeText nativeText) {
    this.settings = settings;
    this.environment = environment;
    this.nanos = nanos;
    this.nativeText = nativeText;
    this.commands = new Commands(environment);
  }

  @Override
  public Object handle(TaskContext task) throws Exception {
    var order = Orders.read(task, Order.class, EXAMPLE);
    var builder = new ProcessBuilder(command(order));
    var timeout = Times.timeout(order.timeout(), settings.timeout());
    var encoding = BoundedResult.encoding(order.encoding());
    directory(builder, order);
    variables(builder.environment(), order);
    try (var command = start(builder)) {
      var process = command.process();
      process.getOutputStream().close();
      var stdout = new OutputCapture(process.getInputStream(), settings.outputMax());
      var stderr = new OutputCapture(process.getErrorStream(), settings.outputMax());
      if (!command.await(stdout, stderr, timeout.toNanos(), nanos)) {
        throw new Failed(
            "timeout", "the command ran longer than its timeout of " + TimeText.of(timeout));
      }
      if (process.exitValue() != 0) {
        throw new Failed(
            "exit-" + process.exitValue(),
            "the command ended with exit code "
                + process.exitValue()
                + tail(stderr.output().text()));
      }
      var result = new BoundedResult(task.resultBytesMax());
      result.fields().put("exitCode", process.exitValue());
      result.putOutput("stdout", stdout.output());
      result.putOutput("stderr", stderr.output());
      return result.write(encoding);
    }
  }

  private List<String> command(Order order) throws Rejected {
    var command = order.command();
    if (command == null || command.isEmpty()) {
      throw Orders.refused(EXAMPLE, "no command");
    }
    for (var argument : command) {
      if (argument == null) {
        throw Orders.refused(EXAMPLE, "null among the arguments");
      }
      checked("arguments", argument);
    }
    if (!settings.allowed().contains(command.get(0))) {
      throw new Rejected(
          "NOT_ALLOWED",
          "expected an executable of reeve.worker.builtin.exec.allowed, got another");
    }
    return List.copyOf(command);
  }

  private void directory(ProcessBuilder builder, Order order) throws Rejected {
    if (order.cwd() == null) {
      return;
    }
    var directory = new File(checked("cwd", order.cwd()));
    if (!directory.isAbsolute() || !directory.isDirectory()) {
      throw new Rejected(
          "NO_SUCH_DIRECTORY", "expected cwd to be the absolute path of an existing directory");
    }
    builder.directory(directory);
  }

  private void variables(Map<String, String> variables, Order order) throws Rejected {
    variables.clear();
    for (var name : settings.inheritedEnvironment()) {
      var value = environment.apply(name);
      if (value != null) {
        variables.put(name, value);
      }
    }
    if (order.env() == null) {
      return;
    }
    for (var variable : order.env().entrySet()) {
      if (!settings.allowedEnvironment().contains(variable.getKey())) {
        throw new Rejected(
            "NOT_ALLOWED",
            "expected variables of reeve.worker.builtin.exec.allowed-environment, got another");
      }
      if (variable.getValue() == null) {
        throw Orders.refused(EXAMPLE, "null as the value of a variable");
      }
      variables.put(variable.getKey(), checked("variables", variable.getValue()));
    }
  }

  private String checked(String what, String text) throws Rejected {
    if (text.indexOf('\0') >= 0) {
      throw Orders.refused(EXAMPLE, "a NUL character in " + what);
    }
    if (!nativeText.passesOn(text)) {
      throw new Rejected(
          "NOT_ENCODABLE",
          "expected "
              + what
              + " that the worker's locale can express, got a character that the encoding "
              + nativeText
              + " lacks; start the worker in a UTF-8 locale, for instance with LC_ALL=C.UTF-8");
    }
    return text;
  }

  private RunningCommand start(ProcessBuilder builder)
      throws Rejected, Failed, IOException, InterruptedException {
    var executable = Path.of(builder.command().get(0));
    if (!Files.isRegularFile(executable) || !Files.isExecutable(executable)) {
      throw new Failed(
          "NOT_EXECUTABLE", "expected an executable file on this worker at " + executable);
    }
    try {
      return commands.start(builder);
    } catch (IOException failure) {
      if (E2BIG.matcher(String.valueOf(failure.getMessage())).find()) {
        throw new Rejected(
            "ARGUMENTS_TOO_LONG",
            "expected arguments and variables that the system can pass on, got more (one argument"
                + " may have 128 KiB on Linux)",
            failure);
      }
      throw failure;
    }
  }

  private static String tail(String stderr) {
    if (stderr.isBlank()) {
      return "";
    }
    var text = stderr.strip();
    var start = Math.max(0, text.length() - ERROR_TEXT_MAX);
    if (start > 0 && Character.isLowSurrogate(text.charAt(start))) {
      start++;
    }
    return ": " + text.substring(start);
  }
}
