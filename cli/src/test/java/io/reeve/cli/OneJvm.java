package io.reeve.cli;

import com.typesafe.config.ConfigFactory;
import io.reeve.node.NodeMain;
import io.reeve.node.store.PostgresSettings;
import io.reeve.worker.WorkerMain;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Real nodes and workers in the JVM of the test. Every node is ready and every worker registered
 * when the command that starts it returns; they are stopped at the end.
 */
final class OneJvm implements AutoCloseable {

  private static final long READY_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final String WORKER = "one-jvm-worker";

  private final Path directory;
  private final Deque<Thread> running = new ArrayDeque<>();
  private int nodes;
  private String endpoint = "";
  private String http = "";

  OneJvm(Path directory) {
    this.directory = directory;
  }

  /** Where the latest node serves clients and workers. */
  synchronized String endpoint() {
    return endpoint;
  }

  /** Where the latest node tells its health; empty if it does not. */
  synchronized String http() {
    return http;
  }

  /** The programs behind the command, for one command line and the variables that it sees. */
  Programs programs(Map<String, String> environment) {
    return new Programs(
        (file, settings) -> node(file, environment, settings),
        (file, settings) -> worker(file, environment, settings),
        List.of("reeve"));
  }

  /**
   * Starts a node with these settings, but on free ports and with a directory of the test. A node
   * on a database that is not there is not started: its settings are read.
   */
  private synchronized int node(
      @Nullable Path file, Map<String, String> environment, Map<String, Object> settings) {
    if (settings.containsKey(Programs.NODE_STORE)) {
      var config = Programs.nodeConfiguration(file, environment, settings);
      return PostgresSettings.of(config).toString().isEmpty() ? 1 : 0;
    }
    var data = directory.resolve("node-" + ++nodes);
    var all = new HashMap<>(settings);
    all.put(Programs.NODE_PORT, 0);
    all.putIfAbsent(Programs.NODE_HTTP_PORT, 0);
    all.put("reeve.cluster.port", 0);
    all.put(Programs.NODE_DIRECTORY, data.toString());
    begin("one-jvm-node", () -> NodeMain.run(file, ConfigFactory.parseMap(all, "test")));
    var told = data.resolve("node.json");
    await("the node serves", () -> Files.exists(told));
    var where = ConfigFactory.parseFile(told.toFile());
    endpoint = "127.0.0.1:" + where.getInt("grpc.port");
    http = where.hasPath("http.port") ? "127.0.0.1:" + where.getInt("http.port") : "";
    return 0;
  }

  private synchronized int worker(
      @Nullable Path file, Map<String, String> environment, Map<String, Object> settings) {
    var all = new HashMap<>(settings);
    all.put(Programs.WORKER_ENDPOINTS, List.of(endpoint));
    var said = new ByteArrayOutputStream();
    var out = new PrintStream(said, true, StandardCharsets.UTF_8);
    begin(
        WORKER,
        () -> WorkerMain.run(Programs.workerConfiguration(file, all), environment, out, out));
    await(
        "the worker is registered",
        () -> said.toString(StandardCharsets.UTF_8).contains(": registered at "));
    return 0;
  }

  private void begin(String name, Runnable program) {
    var thread = new Thread(program, name);
    thread.start();
    running.push(thread);
  }

  static void await(String condition, BooleanSupplier holds) {
    var until = System.nanoTime() + READY_WITHIN_NANOS;
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("waited in vain until " + condition);
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** Stops the workers, so that the next ones get all tasks. */
  synchronized void stopWorkers() {
    running.stream().filter(thread -> thread.getName().equals(WORKER)).toList().forEach(this::stop);
  }

  /** Stops all in order, workers first. */
  @Override
  public synchronized void close() {
    stopWorkers();
    List.copyOf(running).forEach(this::stop);
  }

  /** An interrupt stops a program in order, as a signal does. */
  private void stop(Thread thread) {
    running.remove(thread);
    thread.interrupt();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(60));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
