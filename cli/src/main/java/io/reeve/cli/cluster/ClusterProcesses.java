package io.reeve.cli.cluster;

import io.reeve.bench.process.ProcessFailed;
import io.reeve.bench.process.ReeveProcess;
import io.reeve.bench.process.ReeveProcesses;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The nodes and workers of a demonstration. Nodes keep their names and ports over restarts. */
final class ClusterProcesses {

  /** How long a node may take until it serves, and a worker until it may be given work. */
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);

  private static final String NODE_READY = "reeve node ready";
  private static final String WORKER_READY = "registered";
  private static final int SLOTS = 16;

  /** Read by every JVM. */
  private static final String JVM_FLAGS = "JAVA_TOOL_OPTIONS";

  /**
   * Processes that live for a minute compile little: on two cores the thorough compiler would take
   * most of the time of a start and of the minute after it.
   */
  private static final String COMPILE_LITTLE = "-XX:TieredStopAtLevel=1";

  private static final int LOG_LINES = 20;

  /** One node as it runs now. */
  record Node(String name, int port, int starts, ReeveProcess process) {

    String endpoint() {
      return "127.0.0.1:" + port;
    }
  }

  private final ReeveProcesses processes;
  private final Path directory;
  private final Map<String, String> store;
  private final List<String> settings;
  private final List<Node> nodes = new ArrayList<>();
  private final List<ReeveProcess> workers = new ArrayList<>();

  /**
   * @param directory where each node gets a data directory of its own
   * @param store variables that name the store; not on the command line, which everybody can read
   * @param settings arguments for all nodes
   */
  ClusterProcesses(
      ReeveProcesses processes, Path directory, Map<String, String> store, List<String> settings) {
    this.processes = processes;
    this.directory = directory;
    this.store = Map.copyOf(store);
    this.settings = List.copyOf(settings);
  }

  /** Starts everything; returns once all nodes serve and all workers are known. */
  void start(int nodeCount, int workerCount) {
    IntStream.rangeClosed(1, nodeCount)
        .forEach(n -> nodes.add(start("node-" + n, ReeveProcesses.freePort(), 1)));
    nodes.forEach(ClusterProcesses::awaitReady);
    IntStream.rangeClosed(1, workerCount).forEach(n -> workers.add(startWorker("worker-" + n)));
    workers.forEach(worker -> worker.awaitLine(WORKER_READY, READY_WITHIN.toMillis()));
  }

  private Node start(String name, int port, int starts) {
    var arguments = new ArrayList<>(List.of("node", "--port", Integer.toString(port)));
    arguments.addAll(List.of("--http-port", "0", "--data-dir", directory.resolve(name).toString()));
    arguments.addAll(List.of("--set", "reeve.node.name=" + name));
    settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    var log = starts == 1 ? name : name + "-start-" + starts;
    var environment = new HashMap<>(store);
    environment.put(JVM_FLAGS, COMPILE_LITTLE);
    return new Node(name, port, starts, processes.start(log, environment, arguments));
  }

  private static void awaitReady(Node node) {
    node.process().awaitLine(NODE_READY, READY_WITHIN.toMillis());
  }

  private ReeveProcess startWorker(String id) {
    // Variables for a user's own worker must not reach these.
    var environment = new HashMap<String, String>();
    environment.put(JVM_FLAGS, COMPILE_LITTLE);
    environment.put("ORCHESTRATOR_ENDPOINT", "");
    environment.put("WORKER_POOLS_COUNT", "");
    environment.put("WORKER_POOL_CAPACITY", "");
    environment.put("WORKER_POOL_URGENT_PERCENTAGE", "");
    environment.put("WORKER_HEARTBEAT_SECONDS", "");
    return processes.start(
        id,
        environment,
        List.of(
            "worker",
            "--endpoint",
            String.join(",", endpoints()),
            "--id",
            id,
            "--slots",
            Integer.toString(SLOTS)));
  }

  List<Node> nodes() {
    return List.copyOf(nodes);
  }

  List<ReeveProcess> workers() {
    return List.copyOf(workers);
  }

  List<String> endpoints() {
    return nodes.stream().map(Node::endpoint).toList();
  }

  /** The node of this name; the first one where none has it. */
  Node named(String name) {
    return nodes.stream().filter(n -> n.name().equals(name)).findFirst().orElse(nodes.get(0));
  }

  /** The node of this name, or another one where that would be {@code not}. */
  Node otherThan(Node not, String name) {
    var wanted = named(name);
    return wanted.name().equals(not.name())
        ? nodes.stream().filter(n -> !n.name().equals(not.name())).findFirst().orElseThrow()
        : wanted;
  }

  /** Starts a node that has ended, on its port and its directory; returns once it serves. */
  void startAgain(Node ended) {
    var again = start(ended.name(), ended.port(), ended.starts() + 1);
    nodes.replaceAll(node -> node.name().equals(ended.name()) ? again : node);
    awaitReady(again);
  }

  /**
   * @param down the node that is meant to be
   * @throws IllegalStateException when another process has ended; with its last words
   */
  void requireAlive(String down) {
    for (var node : nodes) {
      if (!node.name().equals(down)) {
        requireAlive(node.name(), node.process());
      }
    }
    workers.forEach(worker -> requireAlive("worker", worker));
  }

  private static void requireAlive(String name, ReeveProcess process) {
    if (!process.isAlive()) {
      throw new ProcessFailed(name + " ended on its own:\n" + process.lastWords(LOG_LINES));
    }
  }
}
