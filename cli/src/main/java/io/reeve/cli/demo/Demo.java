package io.reeve.cli.demo;

import io.reeve.bench.process.ProcessFailed;
import io.reeve.bench.process.ReeveProcess;
import io.reeve.bench.process.ReeveProcesses;
import io.reeve.cli.demo.FileChoice.Chosen;
import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.client.TaskQuery;
import io.reeve.client.TaskRequest;
import io.reeve.v1.TaskState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * One demonstration: a node, two workers, a digest task per file, one worker killed halfway, and
 * the check of every result.
 */
public final class Demo {

  private static final int TASKS_PER_CALL = 500;
  private static final int URGENT_EVERY = 5;
  private static final int SLOTS = 4;

  /**
   * Of the node, then of each worker. Alone on two cores the node takes 6 s; beside three builds
   * all three processes took 24 s, and that is not the slowest machine.
   */
  private static final Duration READY_WITHIN = Duration.ofMinutes(1);

  private static final Duration LOOK_INTERVAL = Duration.ofMillis(300);
  private static final int LOG_LINES = 20;

  /** A worker prints this word when it is ready for work. */
  private static final String REGISTERED = "registered";

  private static final TaskQuery LIVE =
      TaskQuery.all()
          .states(
              TaskState.TASK_STATE_WAITING,
              TaskState.TASK_STATE_READY,
              TaskState.TASK_STATE_LEASED);

  /** Is told of each step. */
  public interface Listener {
    /** All processes are up. */
    void started(long nodePid, String endpoint, long firstWorkerPid, long secondWorkerPid);

    void submitted(int tasks, int urgent, Duration took);

    /** How many tasks have ended, and how many run. */
    void progress(int ended, int running);

    void killed(long workerPid, int ended, int tasks);
  }

  /** The result of a demonstration. */
  public record Outcome(
      Verdict verdict, int urgent, Duration took, long killedPid, boolean inTime) {

    public double tasksPerSecond() {
      return verdict.completed() / Math.max(0.001, took.toNanos() / 1e9);
    }
  }

  private final ReeveProcesses processes;
  private final Path directory;
  private final List<String> tool;
  private final Duration timeout;
  private final LongSupplier nanoTime;
  private final Listener listener;

  /**
   * @param directory where the node keeps its data; removed by the caller
   * @param tool command that computes a digest; the file's path is appended
   * @param timeout how long the tasks may take before those that have not ended count as lost
   */
  public Demo(
      ReeveProcesses processes,
      Path directory,
      List<String> tool,
      Duration timeout,
      LongSupplier nanoTime,
      Listener listener) {
    this.processes = processes;
    this.directory = directory;
    this.tool = List.copyOf(tool);
    this.timeout = timeout;
    this.nanoTime = nanoTime;
    this.listener = listener;
  }

  /** Runs the demonstration. */
  public Outcome run(List<Chosen> files) {
    var port = ReeveProcesses.freePort();
    var endpoint = "127.0.0.1:" + port;
    var node =
        processes.start(
            "node",
            Map.of(),
            List.of(
                "node",
                "--port",
                Integer.toString(port),
                "--http-port",
                "0",
                "--data-dir",
                directory.toString()));
    try (var client = ReeveClient.builder().endpoints(endpoint).build()) {
      awaitReady(client, node);
      var first = startWorker("worker-1", endpoint);
      var second = startWorker("worker-2", endpoint);
      first.awaitLine(REGISTERED, READY_WITHIN.toMillis());
      second.awaitLine(REGISTERED, READY_WITHIN.toMillis());
      listener.started(node.pid(), endpoint, first.pid(), second.pid());
      var before = nanoTime.getAsLong();
      var digests = submit(client, files);
      var inTime = follow(client, digests.size(), first, second, node, before);
      var took = Duration.ofNanos(nanoTime.getAsLong() - before);
      var verdict = Verdict.of(digests, client.list(TaskQuery.all().withBytes()));
      return new Outcome(verdict, urgentOf(files.size()), took, second.pid(), inTime);
    }
  }

  private ReeveProcess startWorker(String id, String endpoint) {
    // Variables for a user's own worker must not reach these.
    var environment =
        Map.of(
            "ORCHESTRATOR_ENDPOINT", endpoint,
            "WORKER_POOLS_COUNT", "",
            "WORKER_POOL_CAPACITY", "",
            "WORKER_POOL_URGENT_PERCENTAGE", "",
            "WORKER_HEARTBEAT_SECONDS", "");
    return processes.start(
        id,
        environment,
        List.of(
            "worker",
            "--endpoint",
            endpoint,
            "--id",
            id,
            "--slots",
            Integer.toString(SLOTS),
            "--allow-exec",
            tool.get(0)));
  }

  private void awaitReady(ReeveClient client, ReeveProcess node) {
    var until = nanoTime.getAsLong() + READY_WITHIN.toNanos();
    while (true) {
      try {
        var unused = client.list(TaskQuery.all().pageSize(1)).iterator().hasNext();
        return;
      } catch (ReeveException notYet) {
        if (!node.isAlive() || nanoTime.getAsLong() > until) {
          throw new ProcessFailed("the node did not start:\n" + node.lastWords(LOG_LINES), notYet);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    }
  }

  /** Submits a task per file; returns which digest each task should find. */
  private Map<String, String> submit(ReeveClient client, List<Chosen> files) {
    var before = nanoTime.getAsLong();
    var digests = new LinkedHashMap<String, String>();
    for (var from = 0; from < files.size(); from += TASKS_PER_CALL) {
      var batch = files.subList(from, Math.min(files.size(), from + TASKS_PER_CALL));
      var requests = new ArrayList<TaskRequest>();
      for (var i = 0; i < batch.size(); i++) {
        requests.add(request(batch.get(i), isUrgent(from + i)));
      }
      var ids = client.submitAll(requests).taskIds();
      for (var i = 0; i < batch.size(); i++) {
        digests.put(ids.get(i), batch.get(i).digest());
      }
    }
    listener.submitted(
        files.size(), urgentOf(files.size()), Duration.ofNanos(nanoTime.getAsLong() - before));
    return digests;
  }

  private static boolean isUrgent(int index) {
    return index % URGENT_EVERY == 0;
  }

  private static int urgentOf(int tasks) {
    return (tasks + URGENT_EVERY - 1) / URGENT_EVERY;
  }

  private TaskRequest request(Chosen chosen, boolean urgent) {
    var command = new ArrayList<>(tool);
    command.add(chosen.file().toString());
    var request =
        TaskRequest.of("exec")
            .payloadJson(Map.of("command", command))
            .name("sha256 of " + chosen.file().getFileName());
    return (urgent ? request.urgent() : request).build();
  }

  /**
   * Watches until all have ended, killing the second worker on the way; false when time ran out.
   */
  private boolean follow(
      ReeveClient client,
      int tasks,
      ReeveProcess first,
      ReeveProcess second,
      ReeveProcess node,
      long before) {
    var killed = false;
    while (true) {
      var states = new EnumMap<TaskState, Integer>(TaskState.class);
      client.list(LIVE).forEach(task -> states.merge(task.getState(), 1, Integer::sum));
      // A task that the server no longer lists as live has ended or is lost; the verdict tells
      // which.
      var ended = tasks - states.values().stream().mapToInt(Integer::intValue).sum();
      listener.progress(ended, states.getOrDefault(TaskState.TASK_STATE_LEASED, 0));
      if (!killed && ended * 2 >= tasks) {
        second.kill();
        killed = true;
        listener.killed(second.pid(), ended, tasks);
      }
      if (ended >= tasks) {
        return true;
      }
      requireAlive(node, "node");
      requireAlive(first, "first worker");
      if (nanoTime.getAsLong() - before > timeout.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
    }
  }

  private static void requireAlive(ReeveProcess process, String name) {
    if (!process.isAlive()) {
      throw new ProcessFailed(
          "the " + name + " ended on its own:\n" + process.lastWords(LOG_LINES));
    }
  }
}
