package io.reeve.bench.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * The processes of one run. Whatever ends the run, Ctrl-C included, none of them outlives it.
 *
 * <p>Each process is this same program with another command line, started by the launcher when
 * there is one, so that it has the flags a user's process has.
 */
public final class ReeveProcesses implements AutoCloseable {

  /** Set by the launcher to its own path. */
  public static final String LAUNCHER_PROPERTY = "reeve.launcher";

  private static final int STOP_SECONDS = 5;

  private final List<String> reeve;
  private final Path logs;
  private final Runnable afterStop;
  private final Thread hook;
  private final Deque<ReeveProcess> running = new ArrayDeque<>();
  private boolean closed;

  /**
   * @param reeve the command that the arguments of {@link #start} are appended to
   * @param logs directory for the outputs of the processes
   * @param afterStop runs once, after all processes have ended
   */
  public ReeveProcesses(List<String> reeve, Path logs, Runnable afterStop) {
    this.reeve = List.copyOf(reeve);
    this.logs = logs;
    this.afterStop = afterStop;
    this.hook = new Thread(this::stopAll, "reeve-processes-stop");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The command line of this very program, to start another of it. */
  public static List<String> thisProgram(String mainClass) {
    var launcher = System.getProperty(LAUNCHER_PROPERTY, "");
    if (!launcher.isEmpty()) {
      return List.of(launcher);
    }
    var command = new ArrayList<String>();
    command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
    var configuration = System.getProperty("config.file", "");
    if (!configuration.isEmpty()) {
      command.add("-Dconfig.file=" + configuration);
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    return command;
  }

  /** A port of the loopback address that nobody listens on now. */
  public static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort);
    }
  }

  /**
   * Starts one process.
   *
   * @param name names its log file and the process in messages
   * @param environment variables beside those of this process; an empty value removes one
   */
  public synchronized ReeveProcess start(
      String name, Map<String, String> environment, List<String> arguments) {
    if (closed) {
      throw new IllegalStateException("expected a run in progress, got one that ends");
    }
    var command = new ArrayList<>(reeve);
    command.addAll(arguments);
    var log = logs.resolve(name + ".log");
    var builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.to(log.toFile()));
    // The build is the business of the process that started the run.
    builder.environment().put("REEVE_NO_BUILD", "1");
    environment.forEach(
        (variable, value) -> {
          if (value.isEmpty()) {
            builder.environment().remove(variable);
          } else {
            builder.environment().put(variable, value);
          }
        });
    try {
      Files.createDirectories(logs);
      var process = new ReeveProcess(name, builder.start(), log);
      running.push(process);
      return process;
    } catch (IOException cannotStart) {
      throw new UncheckedIOException(
          new IOException("cannot start " + name + ": " + cannotStart.getMessage(), cannotStart));
    }
  }

  /** Stops all processes, the one that was started first as the last, and waits for their end. */
  @Override
  public void close() {
    stopAll();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // The hook runs already and finds nothing left to stop.
      return;
    }
  }

  private synchronized void stopAll() {
    if (closed) {
      return;
    }
    closed = true;
    var ending = new ArrayList<ReeveProcess>();
    // The first is the server of the others: they take their leave of it, all at once, and then it
    // goes.
    while (running.size() > 1) {
      ending.add(running.pop());
    }
    ending.forEach(ReeveProcess::askToEnd);
    ending.forEach(process -> process.stop(STOP_SECONDS));
    running.forEach(server -> server.stop(STOP_SECONDS));
    running.clear();
    afterStop.run();
  }
}
