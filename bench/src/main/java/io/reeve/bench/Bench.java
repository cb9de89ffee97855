package io.reeve.bench;

import io.reeve.bench.process.JournalRows;
import io.reeve.bench.process.ProcessFailed;
import io.reeve.bench.process.ReeveProcess;
import io.reeve.bench.process.ReeveProcesses;
import io.reeve.bench.process.SharedStore;
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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Sets a benchmark up: a fresh directory, nodes and a worker in processes of their own, a client
 * here.
 */
public final class Bench {

  private static final long READY_SECONDS = 60;

  private final BenchSettings settings;
  private final @Nullable SharedStore store;
  private final List<Integer> ports;
  private final Path directory;
  private final LongSupplier nanoTime;
  private final BenchRun.Listener listener;

  /**
   * @param store where all nodes keep their tasks; null: the only node keeps them itself
   * @param directory empty; the caller removes it
   * @param nanoTime the machine's clock, the same in all processes
   */
  public Bench(
      BenchSettings settings,
      @Nullable SharedStore store,
      Path directory,
      LongSupplier nanoTime,
      BenchRun.Listener listener) {
    if (store == null && settings.nodes() > 1) {
      throw new IllegalArgumentException(
          "expected a store that " + settings.nodes() + " nodes can share, got none");
    }
    this.settings = settings;
    this.store = store;
    this.ports =
        IntStream.range(0, settings.nodes()).mapToObj(i -> ReeveProcesses.freePort()).toList();
    this.directory = directory;
    this.nanoTime = nanoTime;
    this.listener = listener;
  }

  /**
   * Runs all of it.
   *
   * @param nodeFlags more flags for each node's JVM, for instance a recording
   */
  public BenchReport run(ReeveProcesses processes, String nodeFlags) {
    var before = nanoTime.getAsLong();
    var nodes = nodes(processes, "node", nodeFlags);
    try (var client = clientOf(0)) {
      awaitReady(nodes);
      var startSeconds = (nanoTime.getAsLong() - before) / (double) TimeUnit.SECONDS.toNanos(1);
      var worker = worker(processes);
      var measured =
          new Usage.Processes(
              nodes.stream().map(ReeveProcess::pid).toList(),
              worker.pid(),
              ProcessHandle.current().pid(),
              store == null ? List::of : store.pids(),
              store == null ? JournalRows.inDirectory(data(0)) : store.rows());
      return new BenchRun(
              settings,
              new Load(client, worker, settings, nanoTime),
              measured,
              startSeconds,
              store != null,
              directory,
              nanoTime,
              listener)
          .run(machine(nodes.get(0)));
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
    var nodes = nodes(processes, "node", nodeFlags);
    try (var client = clientOf(0)) {
      awaitReady(nodes);
      var load = new Load(client, worker(processes), settings, nanoTime);
      return new BacklogRun(settings, load, nanoTime, listener)
          .run(
              tasks,
              nodes,
              () -> {
                nodes.forEach(ReeveProcess::kill);
                var again = nodes(processes, "node-again", nodeFlags);
                awaitReady(again);
                return again;
              });
    }
  }

  private ReeveClient clientOf(int number) {
    return ReeveClient.builder().endpoints(endpoint(number)).executor(Runnable::run).build();
  }

  private List<ReeveProcess> nodes(ReeveProcesses processes, String name, String flags) {
    return IntStream.range(0, ports.size())
        .mapToObj(number -> node(processes, name, number, flags))
        .toList();
  }

  private ReeveProcess node(ReeveProcesses processes, String name, int number, String flags) {
    var environment = new LinkedHashMap<String, String>();
    if (!flags.isEmpty()) {
      environment.put("REEVE_JAVA_OPTS", flags);
    }
    if (store != null) {
      environment.putAll(store.environment());
    }
    return processes.start(
        name + "-" + number,
        environment,
        List.of(
            "node",
            "--port",
            Integer.toString(ports.get(number)),
            "--http-port",
            "off",
            "--data-dir",
            data(number).toString(),
            "--set",
            "reeve.node.name=bench-" + number));
  }

  /** At the last node: the client is at the first. */
  private ReeveProcess worker(ReeveProcesses processes) {
    return processes.start(
        "worker",
        Map.of(),
        List.of(
            "bench-worker",
            "--endpoint",
            endpoint(ports.size() - 1),
            "--capacity",
            Integer.toString(settings.workerCapacity()),
            "--worker",
            settings.rawWorker() ? "raw" : "sdk"));
  }

  private String endpoint(int number) {
    return "127.0.0.1:" + ports.get(number);
  }

  private Path data(int number) {
    return directory.resolve("data-" + number);
  }

  /** Until each node answers for all partitions. */
  private void awaitReady(List<ReeveProcess> nodes) {
    for (var number = 0; number < nodes.size(); number++) {
      try (var client = clientOf(number)) {
        awaitReady(client, nodes.get(number));
      }
    }
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
          throw new ProcessFailed("the node did not become ready:\n" + node.lastWords(30), notYet);
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
