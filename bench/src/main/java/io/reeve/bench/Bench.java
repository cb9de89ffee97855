package io.reeve.bench;

import io.reeve.bench.process.JournalRows;
import io.reeve.bench.process.ReeveProcess;
import io.reeve.bench.process.ReeveProcesses;
import io.reeve.client.ReeveClient;
import io.reeve.client.TaskQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Sets a benchmark up: a fresh directory, a node and a worker in processes of their own, a client
 * here.
 */
public final class Bench {

  private static final long READY_SECONDS = 60;

  private final BenchSettings settings;
  private final Path directory;
  private final LongSupplier nanoTime;
  private final BenchRun.Listener listener;

  /**
   * @param directory empty; the caller removes it
   * @param nanoTime the machine's clock, the same in all processes
   */
  public Bench(
      BenchSettings settings, Path directory, LongSupplier nanoTime, BenchRun.Listener listener) {
    this.settings = settings;
    this.directory = directory;
    this.nanoTime = nanoTime;
    this.listener = listener;
  }

  /**
   * Runs all of it.
   *
   * @param nodeFlags more flags for the node's JVM, for instance a recording
   */
  public BenchReport run(ReeveProcesses processes, String nodeFlags) {
    var port = ReeveProcesses.freePort();
    var endpoint = "127.0.0.1:" + port;
    var before = nanoTime.getAsLong();
    var node = node(processes, "node", port, nodeFlags);
    try (var client = ReeveClient.builder().endpoints(endpoint).executor(Runnable::run).build()) {
      awaitReady(client, node);
      var startSeconds = (nanoTime.getAsLong() - before) / (double) TimeUnit.SECONDS.toNanos(1);
      var worker = worker(processes, endpoint);
      var measured =
          new Usage.Processes(
              node.pid(),
              worker.pid(),
              ProcessHandle.current().pid(),
              JournalRows.inDirectory(data()));
      return new BenchRun(
              settings,
              new Load(client, worker, settings, nanoTime),
              measured,
              startSeconds,
              directory,
              nanoTime,
              listener)
          .run(machine(node));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /**
   * Measures instead what it costs that {@code tasks} tasks wait.
   *
   * @param nodeFlags as in {@link #run}
   */
  public BacklogReport backlog(ReeveProcesses processes, int tasks, String nodeFlags) {
    var port = ReeveProcesses.freePort();
    var endpoint = "127.0.0.1:" + port;
    var node = node(processes, "node", port, nodeFlags);
    try (var client = ReeveClient.builder().endpoints(endpoint).executor(Runnable::run).build()) {
      awaitReady(client, node);
      var load = new Load(client, worker(processes, endpoint), settings, nanoTime);
      return new BacklogRun(settings, load, nanoTime, listener)
          .run(
              tasks,
              node,
              () -> {
                node.kill();
                var again = node(processes, "node-again", port, nodeFlags);
                awaitReady(client, again);
                return again;
              });
    }
  }

  private ReeveProcess node(ReeveProcesses processes, String name, int port, String flags) {
    var environment = new LinkedHashMap<String, String>();
    if (!flags.isEmpty()) {
      environment.put("REEVE_JAVA_OPTS", flags);
    }
    return processes.start(
        name,
        environment,
        List.of("node", "--port", Integer.toString(port), "--data-dir", data().toString()));
  }

  private ReeveProcess worker(ReeveProcesses processes, String endpoint) {
    return processes.start(
        "worker",
        Map.of(),
        List.of(
            "bench-worker",
            "--endpoint",
            endpoint,
            "--capacity",
            Integer.toString(settings.workerCapacity()),
            "--worker",
            settings.rawWorker() ? "raw" : "sdk"));
  }

  private Path data() {
    return directory.resolve("data");
  }

  private void awaitReady(ReeveClient client, ReeveProcess node) {
    var until = nanoTime.getAsLong() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (true) {
      try {
        client.listPageAsync(TaskQuery.all().pageSize(1), "").get(5, TimeUnit.SECONDS);
        return;
      } catch (java.util.concurrent.ExecutionException
          | java.util.concurrent.TimeoutException notYet) {
        if (!node.isAlive() || nanoTime.getAsLong() > until) {
          throw new IllegalStateException(
              "the node did not become ready:\n" + node.lastWords(30), notYet);
        }
        java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the node started", interrupted);
      }
    }
  }

  private static BenchReport.Machine machine(ReeveProcess node) {
    return new BenchReport.Machine(
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.version") + " " + System.getProperty("java.vendor", ""),
        flags(node.pid()));
  }

  private static String cpuModel() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).trim())
          .findFirst()
          .orElse("unknown");
    } catch (IOException notLinux) {
      return "unknown";
    }
  }

  private static String flags(long pid) {
    try {
      var arguments =
          Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.UTF_8);
      return java.util.Arrays.stream(arguments.split("\0", -1))
          .filter(argument -> argument.startsWith("-X") || argument.startsWith("--"))
          .takeWhile(argument -> !argument.startsWith("--port"))
          .collect(Collectors.joining(" "));
    } catch (IOException notLinux) {
      return "unknown";
    }
  }
}
